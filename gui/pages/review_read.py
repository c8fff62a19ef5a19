"""What the Review page asks the project; called on the store thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from engine.base.errors import UserError
from engine.base.ids import ClassId, RunId
from engine.insight.metrics import Report
from engine.store.rows import ClassRow, PhotoFilter, RunRow
from gui.core.score_text import percent
from gui.models.photo_model import Caption

if TYPE_CHECKING:
    from engine.project.project import Project

Part = Literal["test", "cv"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The runs that can be reviewed, the chosen one and its report (None where it has no photos of that part)."""

    runs: tuple[RunRow, ...]
    run: RunRow | None
    report: Report | None
    classes: tuple[ClassRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Photos of one question, with a line under each: what it is labelled, what the model answered, how sure."""

    ids: tuple[int, ...]
    captions: dict[int, Caption]


def overview(project: Project, run_id: RunId | None, part: Part) -> Overview:
    """The chosen run, or the model in use, or the newest finished run."""
    runs = tuple(run for run in project.runs.rows() if run.state == "finished")
    wanted = [run for run in runs if run.id == run_id] or [run for run in runs if run.is_current] or list(runs)
    run = wanted[0] if wanted else None
    report = None
    if run is not None:
        try:
            report = project.runs.report(run.id, part)
        except UserError:
            # The run has no scored photos of this part; the page says so.
            report = None
    return Overview(runs=runs, run=run, report=report, classes=project.browse.classes())


def photos(project: Project, query: PhotoFilter) -> Found:
    """The photos of a question about a run's predictions, in the question's order."""
    assert query.run_id is not None
    ids = tuple(int(i) for i in project.browse.ids(query))
    names = {row.id: row.name for row in project.browse.classes()}
    rows = {row.id: row for row in project.browse.rows(ids)}
    captions = {}
    for photo_id, said in zip(ids, project.browse.predictions(query.run_id, ids), strict=True):
        row = rows.get(photo_id)
        if said is None or row is None:
            continue
        right = said.top_class == row.class_id
        answer = names.get(said.top_class, "?")
        captions[photo_id] = Caption(f"→ {answer} {percent(said.top_p)}", "success" if right else "danger")
    return Found(ids=ids, captions=captions)


def shares(project: Project, run_id: RunId, photo_id: int) -> tuple[int, tuple[tuple[str, float], ...], str]:
    """(photo, its probabilities by class name, the name of its label)."""
    run = project.runs.row(run_id)
    names: dict[ClassId, str] = {row.id: row.name for row in project.browse.classes()}
    said = project.browse.predictions(run_id, [photo_id])[0]
    rows = project.browse.rows([photo_id])
    class_id = rows[0].class_id if rows else None
    label = names.get(class_id, "") if class_id is not None else ""
    if said is None:
        return photo_id, (), label
    pairs = tuple((names.get(i, "?"), p) for i, p in zip(run.class_ids, said.probs, strict=True))
    return photo_id, pairs, label
