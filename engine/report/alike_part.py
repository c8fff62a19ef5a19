"""The part of the exploring page on what a network sees: classes side by side, photos unlike their class."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from engine.report.figures import Picture, figures, sheet

# Of the hardest pairs, and of the easiest, so many are shown in pictures.
N_SHOWN = 3
_MOST_ROWS = 30
_MOST_OUTLIERS = 24

STYLE = """
.twos { display: flex; flex-wrap: wrap; gap: .8rem; }
.two { display: flex; gap: .3rem; padding: .4rem; border: 1px solid var(--line); border-radius: 6px; }
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairOnPage:
    """Two classes: shares (0..1) of nearest photos that are of the other one, and photo ids that are most alike."""

    first: str
    second: str
    overlap: float
    first_in_second: float
    second_in_first: float
    examples: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlikeOnPage:
    """What a comparison of the photos found: pairs, the hardest first; (photo id, class, score) of outliers."""

    pairs: Sequence[PairOnPage]
    outliers: Sequence[tuple[int, str, float]]
    limit: float
    n_photos: int


def alike_part(found: AlikeOnPage, picture: Picture, name: Callable[[int], str]) -> str:
    """Two sections; every text from outside is escaped."""
    return "\n".join(
        [
            "<h2>Classes that are hard and easy to keep apart</h2>",
            _pairs(found.pairs, picture, name),
            "<h2>Photos unlike their class</h2>",
            _outliers(found, picture, name),
        ]
    )


def _pairs(pairs: Sequence[PairOnPage], picture: Picture, name: Callable[[int], str]) -> str:
    if not pairs:
        return '<p class="quiet">There are no two classes to compare.</p>'
    shown = [*pairs[:N_SHOWN], *pairs[N_SHOWN:][-N_SHOWN:]]
    return "\n".join([_table(pairs), *(_side_by_side(pair, picture, name) for pair in shown)])


def _table(pairs: Sequence[PairOnPage]) -> str:
    rows = "".join(
        f'<tr><td>{escape(pair.first)}</td><td>{escape(pair.second)}</td><td class="n">{_percent(pair.overlap)}</td>'
        f'<td class="n">{_percent(pair.first_in_second)}</td><td class="n">{_percent(pair.second_in_first)}</td></tr>'
        for pair in pairs[:_MOST_ROWS]
    )
    more = len(pairs) - _MOST_ROWS
    rest = f'<p class="quiet">And {more:,} easier pairs.</p>' if more > 0 else ""
    head = "".join(f'<th class="n">{text}</th>' for text in ("Overlap", "First near second", "Second near first"))
    return (
        '<p class="quiet">To the network of the Quick recipe: of the ten labelled photos most like a photo of one '
        "class, the share that are of the other; the overlap is the mean of both ways. Copies are not compared.</p>"
        f"<table><tr><th>Class</th><th>and class</th>{head}</tr>{rows}</table>{rest}"
    )


def _side_by_side(pair: PairOnPage, picture: Picture, name: Callable[[int], str]) -> str:
    heading = f"<h3>{escape(pair.first)} and {escape(pair.second)}: overlap {_percent(pair.overlap)}</h3>"
    twos = [
        figures([(one, _of(name(one), pair.first)), (other, _of(name(other), pair.second))], picture)
        for one, other in pair.examples
    ]
    boxes = "".join(f'<div class="two">{two}</div>' for two in twos)
    return heading + f'<div class="twos">{boxes}</div>'


def _outliers(found: AlikeOnPage, picture: Picture, name: Callable[[int], str]) -> str:
    text = (
        f'<p class="quiet">{len(found.outliers):,} of {found.n_photos:,} photos are farther from the nearest of their '
        f"class than is usual there, by a score above {found.limit:g}; the farthest first.</p>"
    )
    shown = [
        (photo_id, _of(f"{name(photo_id)}: {score:.1f}", class_name or "no label"))
        for photo_id, class_name, score in found.outliers[:_MOST_OUTLIERS]
    ]
    more = len(found.outliers) - len(shown)
    return text + sheet(shown, picture) + (f'<p class="quiet">And {more:,} more.</p>' if more > 0 else "")


def _of(name: str, class_name: str) -> str:
    return f"{name} ({class_name})"


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
