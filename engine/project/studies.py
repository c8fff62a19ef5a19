"""Verbs of studies: which of a plan's runs are there already, which can be trained now, and which wait for weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import msgspec

from engine.base.dirs import weights_dir
from engine.base.errors import UserError
from engine.base.ids import RunId
from engine.project.context import Context
from engine.project.runs import Runs
from engine.project.splits import Splits
from engine.recipe.recipe import Recipe, to_json
from engine.recipe.study_plan import PlannedRun
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
    """Knows how far a study is; a run is part of a study by its name and its recipe."""

    def __init__(self, context: Context, splits: Splits, runs: Runs) -> None:
        self._context = context
        self._splits = splits
        self._runs = runs

    def recipe_of(self, planned: PlannedRun) -> Recipe:
        """The recipe as this project carries it out: every run of a study is divided alike, by the project's plan."""
        return msgspec.structs.replace(planned.recipe, split=self._splits.plan())

    def run_name(self, study: str, planned: PlannedRun) -> str:
        """What its run is called."""
        return f"{study}: {planned.name}"

    def progress(self, study: str, planned: Sequence[PlannedRun]) -> tuple[StudyRun, ...]:
        """How far each of the runs is, in the order of the plan."""
        named: dict[str, list[RunRow]] = {}
        for row in self._runs.rows():
            named.setdefault(row.name, []).append(row)
        resumable = {row.id for row in self._runs.resumable()}
        parts = self._parts_of_today()
        return tuple(self._one(one, named.get(self.run_name(study, one), []), resumable, parts) for one in planned)

    def _one(
        self, planned: PlannedRun, runs: Sequence[RunRow], resumable: set[RunId], parts: dict[int, str]
    ) -> StudyRun:
        wanted = to_json(self.recipe_of(planned))
        same = [row for row in runs if row.recipe == wanted]
        for row in same:
            if row.state == "finished" and self._is_of_today(row, parts):
                return StudyRun(planned=planned, state="done", run=row, minutes=_minutes(row))
        for row in same:
            if row.id in resumable and self._is_of_today(row, parts):
                return StudyRun(planned=planned, state="interrupted", run=row)
        try:
            check_needed(planned.recipe, weights_dir())
        except UserError as error:
            return StudyRun(planned=planned, state="waits", why=error.what)
        if same and same[0].state in ("failed", "crashed"):
            return StudyRun(planned=planned, state="failed", run=same[0], why=same[0].problem)
        return StudyRun(planned=planned, state="open")

    def _parts_of_today(self) -> dict[int, str]:
        """The part of every photo by which the next run is trained; none if the photos have to be divided again."""
        report = self._splits.report(self._splits.plan())
        return {} if report is None or report.is_stale else stored.split_parts(self._context.db, report.split.id)

    def _is_of_today(self, row: RunRow, parts: dict[int, str]) -> bool:
        """Whether it was trained and tested on the photos that the next run would be, with the labels they have now."""
        db = self._context.db
        return stored.split_parts(db, row.split_id) == parts and not stored.n_relabelled(db, row.split_id, row.as_of_op)


def _minutes(row: RunRow) -> float | None:
    try:
        took = datetime.fromisoformat(row.ended_at) - datetime.fromisoformat(row.started_at)
    except ValueError:
        return None
    return took.total_seconds() / 60
