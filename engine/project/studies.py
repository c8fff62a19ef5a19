"""Verbs of studies: which of a plan's runs are there already, which can be trained now, and which wait for weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import msgspec

from engine.base.dirs import weights_dir
from engine.base.errors import UserError
from engine.project.context import Context
from engine.project.run_facts import minutes_between, run_facts
from engine.project.runs import Runs
from engine.project.splits import Splits
from engine.recipe.recipe import Recipe, from_json
from engine.recipe.study_plan import PlannedRun, nameless
from engine.store import runs as stored
from engine.store.rows import RunRow
from engine.weights.needed import check_needed

StudyState = Literal["done", "interrupted", "open", "failed", "waits"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyRun:
    """A planned run and how far it is.

    `state`: `done` (by today's photos, labels and split), `interrupted` (the same; can go on), `open`, `failed` (last
    time; can be tried again) or `waits` (its pretrained weights are not here). `run`: the run it speaks of, if there is
    one. `why`: of the last two. `minutes`: what a finished run took.
    """

    planned: PlannedRun
    state: StudyState
    run: RunRow | None = None
    why: str = ""
    minutes: float | None = None


class Studies:
    """Knows how far a study is; a run is part of every study that plans its recipe, whatever it was trained for.

    One that began with what an earlier run had learned is part of none: the rows of a study begin alike.
    """

    def __init__(self, context: Context, splits: Splits, runs: Runs) -> None:
        self._context = context
        self._splits = splits
        self._runs = runs

    def recipe_of(self, planned: PlannedRun) -> Recipe:
        """The recipe as this project carries it out: every run of a study is divided alike, by the project's plan."""
        plan = self._splits.plan()
        if planned.fold is not None:
            plan = msgspec.structs.replace(plan, fold=planned.fold)
        return msgspec.structs.replace(planned.recipe, split=plan)

    def run_name(self, study: str, planned: PlannedRun) -> str:
        """What its run is called."""
        return f"{study}: {planned.name}"

    def progress(self, study: str, planned: Sequence[PlannedRun]) -> tuple[StudyRun, ...]:
        """How far each of the runs is, in the order of the plan; runs of this study go before others of that recipe."""
        by_recipe: dict[Recipe, list[stored.StoredRun]] = {}
        for run in stored.stored_runs(self._context.db):
            if run.parent_id is not None:
                continue
            by_recipe.setdefault(_training_of(run.recipe), []).append(run)
        recipes = [self.recipe_of(one) for one in planned]
        parts = self._splits.parts_of_today({recipe.split for recipe in recipes})
        found = []
        for one, recipe in zip(planned, recipes, strict=True):
            name = self.run_name(study, one)
            alike = by_recipe.get(nameless(recipe), [])
            found.append(self._one(one, sorted(alike, key=lambda run: run.name != name), parts[recipe.split]))
        return tuple(found)

    def minutes_taken(self) -> tuple[tuple[str, float], ...]:
        """(recipe as JSON, minutes) of every finished run of the project, newest first."""
        runs = (run for run in stored.stored_runs(self._context.db) if run.state == "finished")
        timed = ((run.recipe, minutes_between(run.started_at, run.ended_at)) for run in runs)
        return tuple((recipe, minutes) for recipe, minutes in timed if minutes is not None)

    def _one(self, planned: PlannedRun, alike: Sequence[stored.StoredRun], parts: dict[int, str]) -> StudyRun:
        current = [run for run in alike if self._is_of_today(run, parts)]
        for run in current:
            if run.state == "finished":
                facts = run_facts(self._context.paths.runs / run.folder, run.started_at, run.ended_at)
                return self._told(planned, "done", run, minutes=facts.minutes)
        for run in current:
            if self._runs.can_resume(run.id):
                return self._told(planned, "interrupted", run)
        try:
            check_needed(planned.recipe, weights_dir())
        except UserError as error:
            return StudyRun(planned=planned, state="waits", why=error.what)
        if alike and alike[0].state in ("failed", "crashed"):
            return self._told(planned, "failed", alike[0], why=alike[0].problem)
        return StudyRun(planned=planned, state="open")

    def _told(
        self,
        planned: PlannedRun,
        state: StudyState,
        run: stored.StoredRun,
        *,
        why: str = "",
        minutes: float | None = None,
    ) -> StudyRun:
        return StudyRun(planned=planned, state=state, run=self._runs.row(run.id), why=why, minutes=minutes)

    def _is_of_today(self, run: stored.StoredRun, parts: dict[int, str]) -> bool:
        """Whether it was trained and tested on the photos that the next run would be, with the labels they have now."""
        db = self._context.db
        return stored.split_parts(db, run.split_id) == parts and not stored.n_relabelled(db, run.split_id, run.as_of_op)


@lru_cache(maxsize=1024)
def _training_of(recipe: str) -> Recipe:
    """What of a stored recipe makes a difference to a training."""
    return nameless(from_json(recipe))
