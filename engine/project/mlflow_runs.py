"""What MLflow is told of a run: its recipe's choices, what it told while it trained, its test, what it stands on."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from engine.base.events import Epoch
from engine.base.ids import RunId
from engine.insight.curve_files import read_events
from engine.project.run_log import run_log
from engine.recipe.difference import choices
from engine.recipe.recipe import from_json
from engine.report.mlflow_folder import Measure, MlflowRun
from engine.report.tensorboard_log import scalars

if TYPE_CHECKING:
    from engine.project.project import Project


def mlflow_run(project: Project, run_id: RunId) -> MlflowRun:
    """One run, its test by the labels the photos have now.

    Raises:
        UserError: there is no such run. StorageError: its list of photos cannot be read.
    """
    row, log = project.runs.row(run_id), run_log(project, run_id)
    began = _milliseconds(row.started_at)
    ended = _milliseconds(row.ended_at) if row.ended_at else began
    tags = {
        "fieldmark.run": str(int(row.id)),
        **({} if log.parent is None else {"fieldmark.parent": str(int(log.parent))}),
        "fieldmark.photos": str(log.n_photos),
        "fieldmark.classes": str(log.n_classes),
        "fieldmark.data_digest": log.data_digest,
        "fieldmark.split": str(int(log.split_id)),
        "fieldmark.split_digest": log.split_digest,
        "fieldmark.recipe_digest": log.recipe_digest,
        **{f"fieldmark.version.{name}": version for name, version in log.versions.items()},
    }
    return MlflowRun(
        key=row.uuid.replace("-", ""),
        name=row.name,
        state=row.state,
        began=began,
        ended=ended,
        choices=choices(from_json(row.recipe)),
        tags=tags,
        measures=(*_told(project, run_id, began), *_tested(project, run_id, ended)),
    )


def _told(project: Project, run_id: RunId, began: int) -> list[Measure]:
    """All that the run told; when is reckoned from how long its epochs took."""
    found, at = [], float(began)
    for event in read_events(project.runs.folder(run_id)):
        if isinstance(event, Epoch):
            at += 1000 * event.seconds
        found += [Measure(name=name, value=value, at=int(at), step=step) for name, step, value in scalars(event)]
    return found


def _tested(project: Project, run_id: RunId, ended: int) -> list[Measure]:
    if not project.runs.row(run_id).n:
        return []
    score = project.runs.report(run_id)
    values = {"test/accuracy": score.accuracy, "test/macro_f1": score.macro_f1}
    return [Measure(name=name, value=value, at=ended, step=0) for name, value in values.items()]


def _milliseconds(text: str) -> int:
    return int(1000 * datetime.fromisoformat(text).timestamp())
