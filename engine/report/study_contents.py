"""All that a report of a study says, as values: gathered from what is stored, before any of it is words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from engine.insight.calibration import Calibration
from engine.insight.comparison import Comparison
from engine.insight.curves import EpochRow
from engine.insight.leaks import LeakReport, Stratum
from engine.insight.metrics import Report
from engine.insight.overview import Overview
from engine.insight.verdicts import Verdict
from engine.recipe.difference import Difference
from engine.recipe.recipe import Recipe, SplitCfg
from engine.recipe.study_plan import StudyPlan
from engine.report.figures import Picture
from engine.store.rows import SplitRow


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitTold:
    """How the photos are divided, and what can be said against it.

    `n_given`: photos whose part folders said. `n_tests`: models scored on test photos of this plan so far.
    `n_outside`: labelled photos that are in no part. `copies_searched`: whether copies that are not equal files were
    looked for.
    """

    row: SplitRow
    plan: SplitCfg
    strata: tuple[Stratum, ...]
    leaks: tuple[LeakReport, ...]
    n_given: int
    n_tests: int
    n_outside: int
    copies_searched: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RunTold:
    """A finished run. `score` and `calibration` are of its test photos.

    `differences`: from the reference to it. `epochs`: none where nothing is trained in epochs. `best_epoch`: whose
    weights are kept. `strength`: the C that was chosen, where one is. `minutes`: None where it is not known.
    `versions`: of what made it. `only_right`: photos that of all runs it alone has right. `n_folds`: of a
    row of runs that each tested a fold, whose first one it is; `score` and `calibration` are then of all their photos.
    """

    name: str
    recipe: Recipe
    is_reference: bool
    differences: tuple[Difference, ...]
    verdicts: tuple[Verdict, ...]
    epochs: tuple[EpochRow, ...]
    best_epoch: int | None
    strength: float | None
    score: Report
    calibration: Calibration
    minutes: float | None
    versions: Mapping[str, str]
    only_right: tuple[int, ...]
    n_folds: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RunMissing:
    """A planned run without results. `state`: as of `engine.project.studies.StudyRun`, or `unjoined`; `why`: if it is
    known.
    """

    name: str
    state: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyContents:
    """A study as far as it is.

    Args:
        project: its name. made_on: a date. comparison: None while fewer than two runs are done. cross_validated: the
            same of its runs that were cross-validated in folds, on those photos; None while fewer than two were.
            n_elsewhere: runs that are done but by another split, so that they are not in the comparison. n_in_rows:
            runs of folds that stand in the row of another one. picture, name: as in
            `engine.report.explore_page.PageContents`. label: the class of a photo. unjoined: ensembles of the plan that
            are not in the comparison.
    """

    project: str
    made_on: str
    plan: StudyPlan
    overview: Overview
    split: SplitTold | None
    comparison: Comparison | None
    runs: tuple[RunTold, ...]
    missing: tuple[RunMissing, ...]
    n_elsewhere: int
    picture: Picture
    name: Callable[[int], str]
    label: Callable[[int], str]
    cross_validated: Comparison | None = None
    n_in_rows: int = 0
    unjoined: tuple[RunMissing, ...] = ()

    @property
    def reference(self) -> RunTold | None:
        """The run that the others are tested against."""
        return next((run for run in self.runs if run.is_reference), None)
