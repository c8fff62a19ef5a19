"""What `fieldmark explore` tells of comparing the photos by what a network sees: as values, as lines, on the page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import msgspec

from engine.base.ids import PhotoId
from engine.cli.output import percent
from engine.project.alike import ClassPair, Comparison, LookAlike, OutlierReport
from engine.project.project import Project
from engine.report.alike_part import AlikeOnPage, PairOnPage

_MOST_IN_TEXT = 5
HOW_TO_COMPARE = "Hard pairs of classes and outliers: explore with --alike compares the photos by what a network sees."


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """What the last comparison of the project's photos says today; `like`: by photo, those it looks like."""

    comparison: Comparison
    pairs: tuple[ClassPair, ...]
    outliers: OutlierReport
    like: Mapping[PhotoId, tuple[LookAlike, ...]]


def read_alike(project: Project, ids: Iterable[PhotoId]) -> Alike | None:
    """What was found, with what the photos `ids` look like; None if the photos were never compared."""
    explore = project.explore
    comparison, pairs, outliers = explore.compared(), explore.class_pairs(), explore.outliers()
    if comparison is None or pairs is None or outliers is None:
        return None
    return Alike(comparison=comparison, pairs=pairs, outliers=outliers, like=explore.alike_each(ids) or {})


def alike_values(found: Alike | None) -> dict[str, object]:
    """Fields for JSON; null before a comparison."""
    if found is None:
        return {"compared": None, "class_pairs": None, "outliers": None}
    return {
        "compared": msgspec.to_builtins(found.comparison),
        "class_pairs": msgspec.to_builtins(found.pairs),
        "outliers": msgspec.to_builtins(found.outliers),
    }


def alike_lines(project: Project, found: Alike | None) -> list[str]:
    """Lines of text: the hardest pairs, the easiest, the photos farthest from their class."""
    if found is None:
        return [HOW_TO_COMPARE]
    outliers = found.outliers
    shown = outliers.rows[:_MOST_IN_TEXT]
    rows = {row.id: row for row in project.browse.rows([row.photo_id for row in shown])}
    more = len(outliers.rows) - len(shown)
    unlike = (
        f"Photos unlike the others of their class (score above {outliers.limit:g}), the farthest first: "
        f"{len(outliers.rows):,} of {outliers.n_photos:,}"
    )
    return [
        f"{found.comparison.n_photos:,} photos are compared, {found.comparison.n_new:,} have come or changed since",
        "Classes whose photos look alike, by the share of nearest photos that are of the other, the hardest first:",
        *(_pair_line(pair) for pair in found.pairs[:_MOST_IN_TEXT]),
        *([f"  the easiest:{_pair_line(found.pairs[-1])}"] if len(found.pairs) > _MOST_IN_TEXT else []),
        unlike,
        *(f"  {rows[row.photo_id].shown}: {row.class_name or 'no label'}, score {row.score:.1f}" for row in shown),
        *([f"  and {more:,} more"] if more else []),
    ]


def alike_on_page(found: Alike) -> AlikeOnPage:
    """As the page tells of it."""
    return AlikeOnPage(
        pairs=[
            PairOnPage(
                first=pair.first,
                second=pair.second,
                overlap=pair.overlap,
                first_in_second=pair.first_in_second,
                second_in_first=pair.second_in_first,
                examples=tuple((one.first, one.second) for one in pair.examples),
            )
            for pair in found.pairs
        ],
        outliers=[(row.photo_id, row.class_name, row.score) for row in found.outliers.rows],
        limit=found.outliers.limit,
        n_photos=found.outliers.n_photos,
    )


def _pair_line(pair: ClassPair) -> str:
    return f"  {pair.first} and {pair.second}: {percent(pair.overlap)}"
