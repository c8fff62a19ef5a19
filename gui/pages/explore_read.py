"""What the Explore page asks the project; called on the store thread."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.insight.chosen import Choice, chosen
from engine.insight.date_bins import DateBins, date_bins
from engine.insight.overview import OddLimits, Overview, PhotoFacts, SizeCount
from engine.insight.overview import overview as overview_of
from engine.store.rows import ClassRow

if TYPE_CHECKING:
    from engine.project.project import Project

# Of so many sizes each, the commonest and the unusual, a table tells; a chart shows them all.
MOST_SIZES = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What is known of all photos, what follows from it, and the classes of today.

    `unseen`: photos that nothing has looked at yet, or that could not be looked at. `listed_sizes`: the commonest sizes
    and the most of the unusual ones, of `n_odd_sizes`.
    """

    facts: tuple[PhotoFacts, ...]
    overview: Overview
    classes: tuple[ClassRow, ...]
    unseen: tuple[int, ...]
    listed_sizes: tuple[SizeCount, ...]
    n_odd_sizes: int
    dates: DateBins


def seen(project: Project, limits: OddLimits) -> Seen:
    """Everything the tabs about the photos themselves show."""
    return seen_of(project.explore.facts(), project.browse.classes(), limits)


def seen_of(facts: tuple[PhotoFacts, ...], classes: tuple[ClassRow, ...], limits: OddLimits) -> Seen:
    """What follows from the facts."""
    found = overview_of(facts, limits)
    odd = [size for size in found.sizes if size.is_outlier]
    common = found.sizes[:MOST_SIZES]
    return Seen(
        facts=facts,
        overview=found,
        classes=classes,
        unseen=tuple(photo.photo_id for photo in facts if photo.look is None),
        listed_sizes=tuple(dict.fromkeys((*common, *odd[:MOST_SIZES]))),
        n_odd_sizes=len(odd),
        dates=date_bins(found.days),
    )


def samples(facts: Sequence[PhotoFacts], class_name: str, n: int, draw: int) -> tuple[int, ...]:
    """Up to `n` photos of a class, drawn at random, in their order; the same for the same `draw`."""
    ids = chosen(facts, Choice(class_name=class_name))
    return tuple(sorted(random.Random(draw).sample(ids, min(n, len(ids)))))
