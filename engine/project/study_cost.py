"""How long what is left of a study will take, from what trainings in this project took; nothing is guessed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from statistics import median
from typing import TYPE_CHECKING

import msgspec

from engine.recipe.recipe import Recipe, from_json
from engine.recipe.study_plan import nameless

if TYPE_CHECKING:
    from engine.project.project import Project
    from engine.project.studies import StudyRun


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyCost:
    """What is still to be trained: `n_open` runs, of which `n_known` together take about `minutes`.

    Of the others nothing of the kind was trained in this project yet.
    """

    n_open: int
    n_known: int
    minutes: float


def study_cost(project: Project, found: Sequence[StudyRun]) -> StudyCost:
    """The cost of the runs that are neither done nor wait for weights.

    A run takes what runs of the same recipe took (median; seeds and splits apart), or else what runs of the same
    network on photos of the same size took, by the number of epochs.

    Args:
        found: all planned runs of the study.
    """
    known = [(_recipe(text), minutes) for text, minutes in project.studies.minutes_taken()]
    left = [one.planned.recipe for one in found if one.state not in ("done", "waits")]
    minutes = [cost for recipe in left if (cost := _minutes(recipe, known)) is not None]
    return StudyCost(n_open=len(left), n_known=len(minutes), minutes=sum(minutes))


@lru_cache(maxsize=1024)
def _recipe(text: str) -> Recipe:
    """The recipe of a stored run."""
    return from_json(text)


def _minutes(recipe: Recipe, known: Sequence[tuple[Recipe, float]]) -> float | None:
    same = [took for other, took in known if _work(other) == _work(recipe)]
    if same:
        return median(same)
    if recipe.training is None:
        return None
    kind = _network(recipe)
    rates = [
        took / other.training.n_epochs
        for other, took in known
        if other.training is not None and other.training.n_epochs and _network(other) == kind
    ]
    return median(rates) * recipe.training.n_epochs if rates else None


def _work(recipe: Recipe) -> Recipe:
    """What of a recipe tells how much there is to do."""
    usual = Recipe()
    return msgspec.structs.replace(nameless(recipe), seed=usual.seed, split=usual.split)


def _network(recipe: Recipe) -> tuple[object, ...]:
    """A step of trainings alike in this takes about as long."""
    first = () if recipe.training is None else tuple(stage.layers for stage in recipe.training.stages)
    return (recipe.model, recipe.head, recipe.input, first)
