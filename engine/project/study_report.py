"""What a report of a study tells, gathered from the project: its photos, its split, its runs and their table."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from engine.base.fspath import to_path
from engine.base.ids import PhotoId, RunId
from engine.insight.comparison import Comparison
from engine.insight.curve_files import read_curves
from engine.project.pictures import small_picture
from engine.project.run_verdicts import run_verdicts
from engine.project.run_views import MODEL_FILE
from engine.project.study_comparison import done_in_folds, planned_joins
from engine.recipe.difference import differences
from engine.recipe.recipe import Recipe, from_json
from engine.recipe.study_plan import StudyPlan
from engine.report.study_contents import RunMissing, RunTold, SplitTold, StudyContents
from engine.store.rows import RunRow

if TYPE_CHECKING:
    from engine.project.project import Project
    from engine.project.studies import StudyRun


class _Made(msgspec.Struct, frozen=True):
    """The part of every kind's `model.json` that says what was chosen and what made it."""

    strength: float | None = None
    versions: dict[str, str] = {}


def study_contents(
    project: Project, plan: StudyPlan, found: Sequence[StudyRun], compared: Comparison | None
) -> StudyContents:
    """The study as far as it is.

    Args:
        found: of all planned runs. compared: those of one split that are done, None while there are fewer than two.
    Raises:
        StorageError: what was seen of the photos cannot be read.
    """
    done = [(one, one.run) for one in found if one.state == "done" and one.run is not None and one.run.n]
    folds = _fold_runs(plan, found)
    if plan.folds:
        done = [(one, run) for one, run in done if run.id in folds]
    shown = _shown([run for _, run in done], compared)
    names = {run.id: one.planned.row if plan.folds else one.planned.name for one, run in done}
    n_in_rows = sum(len(folds[run.id]) - 1 for run in shown if run.id in folds)
    reference = None if not shown else (shown[0] if compared is None else project.runs.row(compared.reference))
    return StudyContents(
        project=project.name,
        made_on=date.today().isoformat(),
        plan=plan,
        overview=project.explore.overview(),
        split=None if reference is None else _split(project, reference),
        comparison=compared,
        cross_validated=None if compared is None else _cross_validated(project, compared, names),
        runs=tuple(
            _told(project, one, run, reference, compared, folds.get(run.id, ()))
            for one, run in done
            if run in shown and reference is not None
        ),
        missing=tuple(
            RunMissing(name=one.planned.name, state=one.state, why=one.why) for one in found if one.state != "done"
        ),
        unjoined=() if compared is None else planned_joins(project, plan, found, [run.id for run in shown])[1],
        n_elsewhere=sum(one.state == "done" for one in found) - len(shown) - n_in_rows,
        n_in_rows=n_in_rows,
        picture=lambda photo_id: small_picture(project, PhotoId(photo_id)),
        name=lambda photo_id: project.browse.rows([photo_id])[0].shown,
        label=lambda photo_id: _label(project, photo_id),
    )


def _fold_runs(plan: StudyPlan, found: Sequence[StudyRun]) -> dict[RunId, tuple[RunId, ...]]:
    """Of a study in folds: by the first run of each row those of all its folds and repetitions, in their order."""
    rows = done_in_folds(plan, found).values()
    return {row[0][0].id: tuple(run.id for runs in row for run in runs) for row in rows}


def _shown(done: Sequence[RunRow], compared: Comparison | None) -> list[RunRow]:
    """The runs of the table; while there is none, the one that is done."""
    if compared is None:
        return list(done[:1])
    ids = {run.run_id for run in compared.runs}
    return [run for run in done if run.id in ids]


def _named(compared: Comparison, names: dict[RunId, str]) -> Comparison:
    """The same, each run called as in the plan."""
    rows = tuple(dataclasses.replace(run, name=names.get(run.run_id, run.name)) for run in compared.runs)
    return dataclasses.replace(compared, runs=rows)


def _cross_validated(project: Project, compared: Comparison, names: dict[RunId, str]) -> Comparison | None:
    """The runs of the table whose folds are known, on the photos that were folded; None if there are not two."""
    if compared.in_folds:
        return _named(compared, names)
    folded = project.comparisons.folded([run.run_id for run in compared.runs if not run.members])
    if len(folded) < 2:
        return None
    reference = compared.reference if compared.reference in folded else folded[0]
    return _named(project.comparisons.runs(folded, reference, "cv"), names)


def _split(project: Project, reference: RunRow) -> SplitTold | None:
    report = project.splits.report(_recipe(reference).split.whole)
    if report is None:
        return None
    return SplitTold(
        row=report.split,
        plan=report.plan,
        strata=report.strata,
        leaks=report.leaks,
        n_given=0 if report.folders is None else report.folders.n,
        n_tests=report.n_runs,
        n_outside=report.n_outside,
        copies_searched=project.copies.is_searched(),
    )


def _told(
    project: Project,
    one: StudyRun,
    run: RunRow,
    reference: RunRow,
    compared: Comparison | None,
    fold_runs: Sequence[RunId],
) -> RunTold:
    recipe, folder = _recipe(run), to_path(run.folder)
    curves, made = read_curves(folder), _made(folder)
    rows = () if compared is None else compared.runs
    n_folds = 0 if one.planned.fold is None else one.planned.fold.n
    score, calibration = (
        project.comparisons.fold_scores(fold_runs[:n_folds])
        if n_folds
        else (project.runs.report(run.id), project.comparisons.calibration(run.id))
    )
    return RunTold(
        name=one.planned.row if n_folds else one.planned.name,
        n_folds=n_folds,
        recipe=recipe,
        is_reference=run.id == reference.id,
        differences=differences(_recipe(reference), recipe),
        verdicts=run_verdicts(project, run.id),
        epochs=curves.rows(),
        best_epoch=curves.best_epoch(),
        strength=made.strength,
        score=score,
        calibration=calibration,
        minutes=next((row.facts.minutes for row in rows if row.run_id == run.id), one.minutes),
        versions={**project.runs.versions(run.id), **made.versions},
        only_right=tuple(int(i) for row in rows if row.run_id == run.id for i in row.only_right),
    )


def _recipe(run: RunRow) -> Recipe:
    return from_json(run.recipe)


def _made(folder: Path) -> _Made:
    try:
        return msgspec.json.decode((folder / MODEL_FILE).read_bytes(), type=_Made)
    except (OSError, msgspec.DecodeError):
        return _Made()


def _label(project: Project, photo_id: int) -> str:
    class_id = project.browse.rows([photo_id])[0].class_id
    return "" if class_id is None else project.browse.class_names()[class_id]
