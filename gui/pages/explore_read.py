"""What the Explore page asks the project; called on the store thread."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.insight.chosen import Choice, chosen
from engine.insight.overview import OddLimits, Overview, PhotoFacts
from engine.insight.overview import overview as overview_of
from engine.store.rows import ClassRow

if TYPE_CHECKING:
    from engine.project.project import Project


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What is known of all photos, what follows from it, and the classes of today.

    `unseen`: photos that nothing has looked at yet, or that could not be looked at.
    """

    facts: tuple[PhotoFacts, ...]
    overview: Overview
    classes: tuple[ClassRow, ...]
    unseen: tuple[int, ...]


def seen(project: Project, limits: OddLimits) -> Seen:
    """Everything the tabs about the photos themselves show."""
    facts = project.explore.facts()
    return Seen(
        facts=facts,
        overview=overview_of(facts, limits),
        classes=project.browse.classes(),
        unseen=tuple(photo.photo_id for photo in facts if photo.look is None),
    )


def samples(facts: Sequence[PhotoFacts], class_name: str, n: int, draw: int) -> tuple[int, ...]:
    """Up to `n` photos of a class, drawn at random, in their order; the same for the same `draw`."""
    ids = chosen(facts, Choice(class_name=class_name))
    return tuple(sorted(random.Random(draw).sample(ids, min(n, len(ids)))))
