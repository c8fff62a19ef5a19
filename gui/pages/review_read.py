"""What the Review page asks the project; called on the store thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.base.errors import UserError
from engine.base.ids import ClassId, RunId
from engine.insight.calibration import Calibration
from engine.insight.metrics import Report
from engine.insight.verdicts import Verdict
from engine.project.answer_lists import Answer, AnswerList, answers
from engine.store.rows import ClassRow, PhotoFilter, PhotoRow, RunRow
from gui.core.score_text import Part, percent
from gui.models.photo_model import Caption

if TYPE_CHECKING:
    from engine.project.project import Project

N_TYPICAL = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The runs that can be reviewed, the chosen one, its report and calibration (None: it has no photos of that part).

    `report_classes`: the class of each row and column of the report. `classes`: the project's classes of today.
    `verdicts`: what is wrong with the run, worst first.
    """

    runs: tuple[RunRow, ...]
    run: RunRow | None
    report: Report | None
    calibration: Calibration | None
    report_classes: tuple[ClassId, ...]
    classes: tuple[ClassRow, ...]
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredRows:
    """Photos in sight, with a line under each: what the model answered and how sure it was."""

    rows: tuple[PhotoRow, ...]
    captions: dict[int, Caption]


@dataclass(frozen=True, slots=True, kw_only=True)
class Typical:
    """Photos of a class that the model is surest of, to compare with."""

    name: str
    rows: tuple[PhotoRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """One photo: its label, the model's probabilities by class name, and typical photos of the classes in question."""

    photo: PhotoRow
    label: str
    answer: str
    shares: tuple[tuple[str, float], ...]
    typical: tuple[Typical, ...]


def overview(project: Project, run_id: RunId | None, part: Part) -> Overview:
    """The chosen run, or the model in use, or the newest finished run."""
    from engine.project.run_verdicts import run_verdicts

    runs = tuple(run for run in project.runs.rows() if run.state == "finished")
    wanted = [run for run in runs if run.id == run_id] or [run for run in runs if run.is_current] or list(runs)
    run = wanted[0] if wanted else None
    report, calibration = None, None
    if run is not None:
        try:
            report = project.runs.report(run.id, part)
            calibration = project.comparisons.calibration(run.id, part)
        except UserError:
            # The run has no scored photos of this part; the page says so.
            report = None
    return Overview(
        runs=runs,
        run=run,
        report=report,
        calibration=calibration,
        report_classes=() if run is None else project.runs.report_classes(run.id),
        classes=project.browse.classes(),
        verdicts=() if run is None else run_verdicts(project, run.id),
    )


def most_confused(report: Report, class_ids: Sequence[ClassId], classes: Sequence[ClassRow]) -> tuple[ClassId, ...]:
    """The two classes that are most often taken for each other, of those that the project still has; empty for none."""
    here = {row.id for row in classes}
    taken = report.confusion + report.confusion.T
    pairs = [
        (int(taken[one, other]), -one, -other)
        for one in range(len(class_ids))
        for other in range(one)
        if taken[one, other] and class_ids[one] in here and class_ids[other] in here
    ]
    if not pairs:
        return ()
    _, one, other = max(pairs)
    return class_ids[-one], class_ids[-other]


def answered_rows(project: Project, wanted: AnswerList, ids: Sequence[int]) -> AnsweredRows:
    """These photos of a list; only those in sight are asked for, however long it is."""
    told = {int(one.photo_id): one for one in answers(project, wanted.run_id, ids)}
    nearness = wanted.cell is None and wanted.kind in ("close", "far")
    return AnsweredRows(
        rows=project.browse.rows(ids),
        captions={photo_id: _caption(one, nearness=nearness) for photo_id, one in told.items()},
    )


def _caption(one: Answer, *, nearness: bool) -> Caption:
    """`nearness`: what its own class was given is told too."""
    token = "success" if one.answer == one.label else "danger"
    said = f"{percent(one.p)} → {one.answer}"
    return Caption(f"{said}, {percent(one.p_label)} own" if nearness and one.p_label is not None else said, token)


def detail(project: Project, run_id: RunId, part: Part, photo_id: int) -> Detail | None:
    """What there is to see about one photo; None if the run said nothing of it."""
    run = project.runs.row(run_id)
    names = project.browse.class_names()
    said = project.browse.predictions(run_id, [photo_id])[0]
    rows = project.browse.rows([photo_id])
    if said is None or not rows:
        return None
    photo = rows[0]
    shares: dict[str, float] = {}
    for class_id, p in zip(run.class_ids, said.probs, strict=True):
        shares[names[class_id]] = shares.get(names[class_id], 0.0) + p
    asked = [said.top_class, *([photo.class_id] if photo.class_id not in (None, said.top_class) else [])]
    return Detail(
        photo=photo,
        label=names[photo.class_id] if photo.class_id is not None else "",
        answer=names[said.top_class],
        shares=tuple(shares.items()),
        typical=tuple(_typical(project, run_id, part, class_id, names[class_id], photo_id) for class_id in asked),
    )


def _typical(project: Project, run_id: RunId, part: Part, class_id: ClassId, name: str, photo_id: int) -> Typical:
    query = PhotoFilter(
        run_id=run_id,
        part=part,
        true_class=class_id,
        predicted_class=class_id,
        order="confident_right",
        limit=N_TYPICAL + 1,
    )
    ids = [int(i) for i in project.browse.ids(query) if int(i) != photo_id][:N_TYPICAL]
    return Typical(name=name, rows=project.browse.rows(ids))
