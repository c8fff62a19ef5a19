"""What models have right in each fold, as inline SVG in the style of `engine.report.drawings`."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from math import ceil, floor

from engine.insight.comparison import ComparedRun
from engine.insight.fold_spread import FoldSpread

# Models in one drawing, and letters of their names.
IN_ONE, _LETTERS = 7, 19
# A single row would stand alone in the middle.
_LEAST_ROWS = 3
_WIDTH, _HEIGHT = 320, 190
_LEFT, _RIGHT, _TOP, _BOTTOM = 118, 306, 26, 164


def fold_strips(runs: Sequence[ComparedRun]) -> tuple[str, ...]:
    """Drawings of `IN_ONE` models at most, on one scale: a dot a fold, a line at their mean; none without folds."""
    folded = [(run.name, run.folds) for run in runs if run.folds is not None]
    shares = [score.accuracy for _, folds in folded for score in folds.scores]
    if not shares:
        return ()
    # To whole tens of percent, so that the scale can be read.
    low, high = floor(10 * min(shares)) / 10, ceil(10 * max(shares)) / 10
    ends = (low, high) if high > low else (max(0.0, low - 0.1), min(1.0, high + 0.1))
    return tuple(_strip(folded[at : at + IN_ONE], ends) for at in range(0, len(folded), IN_ONE))


def _strip(folded: Sequence[tuple[str, FoldSpread]], ends: tuple[float, float]) -> str:
    step = (_BOTTOM - _TOP) / max(_LEAST_ROWS, len(folded))
    rows = "".join(_row(name, folds, _TOP + (at + 0.5) * step, ends) for at, (name, folds) in enumerate(folded))
    axis = f'<path class="axis" d="M{_LEFT} {_TOP}V{_BOTTOM}H{_RIGHT}"/>'
    words = _word(_LEFT, 14, "share right in each fold") + "".join(
        _word(_across(end, ends), _BOTTOM + 14, f"{end:.1f}", "middle") for end in ends
    )
    return (
        f'<svg class="plot" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="Share right in each fold">'
        f"{axis}{rows}{words}</svg>"
    )


def _row(name: str, folds: FoldSpread, y: float, ends: tuple[float, float]) -> str:
    short = name if len(name) <= _LETTERS else name[: _LETTERS - 1] + "…"
    dots = "".join(
        f'<circle class="box" fill-opacity="0.6" cx="{_across(score.accuracy, ends):.1f}" cy="{y:.1f}" r="3.5">'
        f"<title>fold {score.fold + 1}: {100 * score.accuracy:.1f} % of {score.n:,}</title></circle>"
        for score in folds.scores
    )
    x = _across(folds.accuracy, ends)
    mean = f'<path class="val" d="M{x:.1f} {y - 7:.1f}V{y + 7:.1f}"/>'
    return _word(_LEFT - 6, y + 4, short, "end") + dots + mean


def _word(x: float, y: float, text: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _across(share: float, ends: tuple[float, float]) -> float:
    return _LEFT + (_RIGHT - _LEFT) * (share - ends[0]) / (ends[1] - ends[0])
