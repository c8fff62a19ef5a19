"""Lists of a run's answers to look through: the surest mistakes, close and far ones, a cell of the matrix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from engine.base.errors import UserError
from engine.base.ids import ClassId, PhotoId, RunId
from engine.store.rows import PhotoFilter

if TYPE_CHECKING:
    from engine.project.project import Project

AnswerKind = Literal["confident_wrong", "close", "far", "wrong", "uncertain", "confident_right"]
KINDS: tuple[AnswerKind, ...] = get_args(AnswerKind)
PartName = Literal["test", "cv"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerList:
    """Which answers of a run to list, by the labels of today.

    Args:
        kind: `confident_wrong` and `confident_right`: mistakes and right answers, the surest first; `close` and `far`:
            mistakes as in `engine.insight.nearness`; `wrong`: all mistakes by class; `uncertain`: all answers, those
            first whose two likeliest classes are nearly equal. cell: (label, answer), instead of a kind: the photos
            of a cell of the confusion matrix, the surest first.
    """

    run_id: RunId
    part: PartName
    kind: AnswerKind = "confident_wrong"
    cell: tuple[ClassId, ClassId] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer: `p` is its probability, `p_label` that of the photo's label (None: a class unknown to the run)."""

    photo_id: PhotoId
    path: bytes
    label: str
    answer: str
    p: float
    p_label: float | None


def answer_ids(project: Project, wanted: AnswerList) -> NDArray[np.int64]:
    """The photos of the list, in its order; (n,) int64.

    Raises:
        UserError: there is no such run.
    """
    if wanted.cell is None and wanted.kind in ("close", "far"):
        found = project.comparisons.close_and_far(wanted.run_id, wanted.part)
        return found[0] if wanted.kind == "close" else found[1]
    return project.browse.ids(_filter(wanted))


def answers(project: Project, run_id: RunId, ids: Sequence[int]) -> tuple[Answer, ...]:
    """What the run said of these photos, in their order; photos it said nothing of are left out."""
    names = project.browse.class_names()
    rows = {row.id: row for row in project.browse.rows(ids)}
    found = []
    for photo_id, said in zip(ids, project.browse.predictions(run_id, ids), strict=True):
        row = rows.get(PhotoId(int(photo_id)))
        if said is not None and row is not None:
            label = "" if row.class_id is None else names[row.class_id]
            found.append(
                Answer(
                    photo_id=row.id,
                    path=row.path,
                    label=label,
                    answer=names[said.top_class],
                    p=said.top_p,
                    p_label=said.p_true,
                )
            )
    return tuple(found)


def cell_of(project: Project, run_id: RunId, label: str, answer: str) -> tuple[ClassId, ClassId]:
    """The cell of the run's matrix with these classes, whose names are read without regard to case.

    Raises:
        UserError: the run knows no such class.
    """
    names = project.browse.class_names()
    known = {names[class_id].casefold(): class_id for class_id in project.runs.report_classes(run_id)}
    for name in (label, answer):
        if name.casefold() not in known:
            told = ", ".join(names[class_id] for class_id in known.values())
            raise UserError(f"This run knows no class {name}.", advice=f"Its classes are {told}.")
    return known[label.casefold()], known[answer.casefold()]


def _filter(wanted: AnswerList) -> PhotoFilter:
    if wanted.cell is not None:
        label, answer = wanted.cell
        return PhotoFilter(
            run_id=wanted.run_id,
            part=wanted.part,
            true_class=label,
            predicted_class=answer,
            order="confident_right" if label == answer else "confident_wrong",
        )
    if wanted.kind == "uncertain":
        return PhotoFilter(run_id=wanted.run_id, part=wanted.part, state="labelled", order="least_certain")
    wrong = wanted.kind != "confident_right"
    by_class = wanted.kind == "wrong"
    return PhotoFilter(
        run_id=wanted.run_id,
        part=wanted.part,
        wrong=wrong,
        order="class" if by_class else "confident_wrong" if wrong else "confident_right",
    )
