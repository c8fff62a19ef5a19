"""What the Studies page asks the project; called on the store thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.base.dirs import recipes_dir
from engine.base.errors import AppError, UserError
from engine.insight.comparison import Comparison
from engine.project.studies import StudyRun
from engine.project.study_comparison import compared_runs
from engine.project.study_cost import StudyCost, study_cost
from engine.recipe.presets import PRESETS
from engine.recipe.recipe import Recipe
from engine.recipe.shelf import shelved
from engine.recipe.study_plan import StudyPlan, expand
from gui.core.study_running import found_recipe

if TYPE_CHECKING:
    from engine.project.project import Project


@dataclass(frozen=True, slots=True, kw_only=True)
class Studies:
    """The studies kept with the project, what was said of files that cannot be read, and the recipes there are.

    `recipes`: those that come with Fieldmark first. `n_classes`: of the project, for networks that are shown.
    """

    plans: tuple[StudyPlan, ...]
    refused: tuple[str, ...]
    recipes: tuple[Recipe, ...]
    own: tuple[Recipe, ...]
    n_classes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyTold:
    """How far a study is. `problem`: why its plan cannot be carried out; then there are no runs."""

    plan: StudyPlan
    runs: tuple[StudyRun, ...] = ()
    cost: StudyCost | None = None
    problem: str = ""

    @property
    def n_done(self) -> int:
        """Runs that are done, by today's photos, labels and split."""
        return sum(one.state == "done" for one in self.runs)


def read_studies(project: Project) -> Studies:
    """What there is to choose from."""
    saved, own = project.saved_studies.all(), shelved(recipes_dir()).recipes
    return Studies(
        plans=saved.plans,
        refused=saved.refused,
        recipes=(*PRESETS.values(), *own),
        own=own,
        n_classes=project.runs.trainability().n_classes,
    )


def read_study(project: Project, plan: StudyPlan) -> StudyTold:
    """The plan's runs as far as they are."""
    try:
        planned = expand(plan, found_recipe)
    except AppError as error:
        return StudyTold(plan=plan, problem=f"{error.what} {error.advice}".strip())
    runs = project.studies.progress(plan.name, planned)
    return StudyTold(plan=plan, runs=runs, cost=study_cost(project, runs))


def read_table(project: Project, told: StudyTold) -> Comparison | None:
    """The finished runs compared; None while there are fewer than two, or none share a photo."""
    try:
        return compared_runs(project, told.plan, told.runs)
    except UserError:
        return None
