"""Curves, reliability and confusion as inline SVG and tables, in the colours of the page they stand on."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from html import escape

import numpy as np

from engine.insight.calibration import Calibration
from engine.insight.curves import EpochRow
from engine.insight.metrics import Report

# Beyond so many classes a matrix is wider than a page.
MOST_CLASSES = 40

STYLE = """
svg.plot { width: 20rem; max-width: 100%; font-size: 11px; fill: var(--quiet); }
svg.plot .axis { stroke: var(--line); fill: none; }
svg.plot .train { stroke: var(--quiet); fill: none; stroke-width: 1.5; stroke-dasharray: 4 3; }
svg.plot .val { stroke: var(--bar); fill: none; stroke-width: 2; }
svg.plot .box { fill: var(--bar); }
svg.plot .ideal { stroke: var(--quiet); fill: none; stroke-dasharray: 2 3; }
.plots { display: flex; flex-wrap: wrap; gap: 1rem; margin-bottom: 1rem; }
table.matrix { width: auto; font-size: .8rem; }
table.matrix th, table.matrix td { padding: .15rem .35rem; }
table.matrix td.n { min-width: 1.6rem;
  background: color-mix(in srgb, var(--bar) calc(var(--share) * 70%), transparent); }
table.matrix td.wrong { background: color-mix(in srgb, #c4572e calc(var(--share) * 80%), transparent); }
.matrix-box { overflow-x: auto; }
"""
_WIDTH, _HEIGHT = 320, 190
_LEFT, _RIGHT, _TOP, _BOTTOM = 42, 310, 22, 160


def curves(rows: Sequence[EpochRow]) -> str:
    """The plots of `curve_plots` beside one another; empty where there are no epochs."""
    return f'<div class="plots">{"".join(curve_plots(rows))}</div>' if rows else ""


def curve_plots(rows: Sequence[EpochRow]) -> tuple[str, str]:
    """SVG of loss and of share right by epoch, of training and of validation; there is an epoch at least."""
    losses = _lines("Loss", rows, lambda row: (row.train_loss, row.val_loss), top=None)
    shares = _lines("Share right", rows, lambda row: (row.train_accuracy, row.val_accuracy), top=1.0)
    return losses, shares


def reliability(found: Calibration) -> str:
    """For each bin of confidence the share that is right, beside the line on which both are equal."""
    bars = []
    for row in found.bins:
        if row.n:
            left, right = _across(row.low, 0.0, 1.0), _across(row.high, 0.0, 1.0)
            top = _down(row.right, 0.0, 1.0)
            told = f"said {row.confidence:.2f}, right {row.right:.2f}, {row.n:,} photos"
            bars.append(
                f'<rect class="box" x="{left + 1:.1f}" y="{top:.1f}" width="{right - left - 2:.1f}" '
                f'height="{_BOTTOM - top:.1f}"><title>{told}</title></rect>'
            )
    ideal = f'<line class="ideal" x1="{_LEFT}" y1="{_BOTTOM}" x2="{_RIGHT}" y2="{_TOP}"/>'
    words = _word(_LEFT, 12, "share right") + _word(_RIGHT, _HEIGHT - 4, "confidence", anchor="end")
    ticks = _ticks_down(0.0, 1.0) + "".join(
        _word(_across(value, 0.0, 1.0), _BOTTOM + 13, f"{value:g}", anchor="middle") for value in (0.0, 0.5, 1.0)
    )
    return _plot("Confidence and share right", "".join(bars) + ideal + ticks + words)


def confusion(report: Report) -> str:
    """The matrix as a table: a row for each true class, a column for each answer; beyond `MOST_CLASSES` the largest
    confusions alone.
    """
    if len(report.classes) > MOST_CLASSES:
        return _largest(report)
    names = [f"{number} {escape(name)}" for number, name in enumerate(report.classes, start=1)]
    head = "".join(f'<th class="n" title="{escape(name)}">{n}</th>' for n, name in enumerate(report.classes, start=1))
    rows = "".join(
        f"<tr><th>{name}</th>{_cells(report, at)}</tr>" for at, name in enumerate(names) if report.confusion[at].sum()
    )
    return (
        '<div class="matrix-box"><table class="matrix">'
        f"<tr><th>shows, and was called</th>{head}</tr>{rows}</table></div>"
    )


def _cells(report: Report, row: int) -> str:
    counts, total = report.confusion[row], int(report.confusion[row].sum())
    return "".join(
        f'<td class="n{"" if column == row else " wrong"}" style="--share:{n / total:.3f}">{n or ""}</td>'
        for column, n in enumerate(counts.tolist())
    )


def largest_confusions(report: Report, limit: int = 20) -> tuple[tuple[str, str, int], ...]:
    """(what photos show, what they were called, how many), the commonest first, `limit` at most."""
    wrong = report.confusion.copy()
    np.fill_diagonal(wrong, 0)
    order = np.argsort(-wrong, axis=None, kind="stable")[:limit]
    pairs = [divmod(int(at), len(report.classes)) for at in order]
    return tuple(
        (report.classes[true], report.classes[said], int(wrong[true, said]))
        for true, said in pairs
        if wrong[true, said]
    )


def _largest(report: Report) -> str:
    rows = "".join(
        f'<tr><td>{escape(true)}</td><td>{escape(said)}</td><td class="n">{n:,}</td></tr>'
        for true, said, n in largest_confusions(report)
    )
    return f'<table><tr><th>Shows</th><th>was called</th><th class="n">Photos</th></tr>{rows}</table>'


def _lines(
    name: str, rows: Sequence[EpochRow], values: Callable[[EpochRow], tuple[float, float]], top: float | None
) -> str:
    """Two lines over the epochs; `top`: end of the axis, None: the largest value."""
    pairs = [(row.epoch, *values(row)) for row in rows]
    known = [value for _, *two in pairs for value in two if math.isfinite(value)]
    high = top or max(known, default=1.0) or 1.0
    first, last = pairs[0][0], pairs[-1][0]
    body = "".join(
        _line(kind, [(row[0], row[at]) for row in pairs], first, last, high) for at, kind in ((1, "train"), (2, "val"))
    )
    legend = _word(_LEFT, 12, f"{name}: dashed teaches, full tunes")
    ends = _word(_LEFT, _BOTTOM + 13, f"epoch {first}") + _word(_RIGHT, _BOTTOM + 13, str(last), anchor="end")
    return _plot(f"{name} by epoch", body + _ticks_down(0.0, high) + legend + ends)


def _line(kind: str, points: Sequence[tuple[int, float]], first: int, last: int, high: float) -> str:
    places = [
        f"{_across(epoch, first, last):.1f},{_down(value, 0.0, high):.1f}"
        for epoch, value in points
        if math.isfinite(value)
    ]
    if len(places) == 1:
        x, y = places[0].split(",")
        return f'<circle class="{kind}" cx="{x}" cy="{y}" r="2.5"/>'
    return f'<polyline class="{kind}" points="{" ".join(places)}"/>'


def _plot(name: str, body: str) -> str:
    axes = f'<path class="axis" d="M{_LEFT} {_TOP}V{_BOTTOM}H{_RIGHT}"/>'
    return (
        f'<svg class="plot" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{escape(name)}">{axes}{body}</svg>'
    )


def _ticks_down(low: float, high: float) -> str:
    values = (low, (low + high) / 2, high)
    return "".join(_word(_LEFT - 4, _down(value, low, high) + 4, f"{value:.2g}", anchor="end") for value in values)


def _word(x: float, y: float, text: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _across(value: float, low: float, high: float) -> float:
    return _LEFT + (_RIGHT - _LEFT) * ((value - low) / (high - low) if high > low else 0.5)


def _down(value: float, low: float, high: float) -> float:
    return _BOTTOM - (_BOTTOM - _TOP) * min(1.0, max(0.0, (value - low) / (high - low)))
