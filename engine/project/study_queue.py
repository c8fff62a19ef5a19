"""Which run is trained next, where one or several studies are carried out: by priority, within their budgets."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from engine.recipe.study_plan import PlannedRun, StudyPlan

if TYPE_CHECKING:
    from engine.project.project import Project
    from engine.project.studies import StudyRun


@dataclass(frozen=True, slots=True, kw_only=True)
class NextRun:
    """The run to train now. `number`: its place among the `n` runs of its study, from 1."""

    study: str
    one: StudyRun
    number: int
    n: int


@dataclass(slots=True, kw_only=True)
class _Entry:
    plan: StudyPlan
    planned: tuple[PlannedRun, ...]
    begun_at: float
    tried: set[str] = field(default_factory=set)


class StudyQueue:
    """Hands out runs one at a time; what failed is tried once, what waits for weights is passed over."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock`: seconds, for budgets in minutes."""
        self._clock = clock
        self._entries: list[_Entry] = []
        self._cut_short: set[str] = set()

    def add(self, plan: StudyPlan, planned: Sequence[PlannedRun]) -> None:
        """The study is carried out too; one of that name that is here already begins anew, with a new budget."""
        self.take_off(plan.name)
        self._cut_short.discard(plan.name)
        self._entries.append(_Entry(plan=plan, planned=tuple(planned), begun_at=self._clock()))
        # A stable sort: of equal priorities, the one that came first goes first.
        self._entries.sort(key=lambda entry: -entry.plan.priority)

    def take_off(self, study: str) -> None:
        """Nothing of that study is handed out any more."""
        self._entries = [entry for entry in self._entries if entry.plan.name != study]

    def studies(self) -> tuple[str, ...]:
        """The studies that are being carried out, in their order."""
        return tuple(entry.plan.name for entry in self._entries)

    def next(self, project: Project) -> NextRun | None:
        """The run to train now, which counts as begun; None if there is none. Studies without one are taken off."""
        while self._entries:
            entry = self._entries[0]
            found = self._open(project, entry)
            if found is not None and not self._is_spent(entry):
                entry.tried.add(found.one.planned.name)
                return found
            if found is not None:
                self._cut_short.add(entry.plan.name)
            self._entries.pop(0)
        return None

    def cut_short(self) -> frozenset[str]:
        """The studies that were taken off because their budget was used up, with runs left to train."""
        return frozenset(self._cut_short)

    def _is_spent(self, entry: _Entry) -> bool:
        plan = entry.plan
        if plan.max_runs and len(entry.tried) >= plan.max_runs:
            return True
        return bool(plan.max_minutes) and (self._clock() - entry.begun_at) / 60 >= plan.max_minutes

    def _open(self, project: Project, entry: _Entry) -> NextRun | None:
        left = [one for one in entry.planned if one.name not in entry.tried]
        for one in project.studies.progress(entry.plan.name, left):
            if one.state not in ("done", "waits"):
                number = 1 + entry.planned.index(one.planned)
                return NextRun(study=entry.plan.name, one=one, number=number, n=len(entry.planned))
        return None
