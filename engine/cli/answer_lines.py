"""Answers of a run listed by `fieldmark report`: each photo with its label, the answer, and how sure the model was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.base.fspath import to_text
from engine.base.ids import RunId
from engine.cli.output import percent, table
from engine.insight.nearness import CLOSE_MARGIN, FAR_SHARE
from engine.project.answer_lists import Answer, AnswerKind, AnswerList, PartName, answer_ids, answers, cell_of
from engine.project.project import Project

_CLOSE = f"the right class was second, and behind by {percent(CLOSE_MARGIN, 0)} at most, the nearest first"
_FAR = f"the right class was third or later, or given less than {percent(FAR_SHARE, 0)}, the farthest first"
KIND_WORDS: dict[AnswerKind, str] = {
    "confident_wrong": "Confident but wrong, the surest first",
    "close": f"Close mistakes: {_CLOSE}",
    "far": f"Far mistakes: {_FAR}",
    "wrong": "All mistakes, by class",
    "uncertain": "Least certain: the two likeliest classes are nearly equal",
    "confident_right": "Confident and right, the surest first",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """The first of the answers that were asked for, `n` in all; `title` says which they are."""

    title: str
    n: int
    answers: tuple[Answer, ...]


def listed(
    project: Project, run_id: RunId, part: PartName, *, kind: AnswerKind | None, cell: Sequence[str] | None, most: int
) -> Listed | None:
    """The answers of a kind, or of a cell (label, answer) of the matrix; None if neither is asked for.

    Raises:
        UserError: the run knows no such class.
    """
    if cell is not None:
        title = f"{cell[0]} taken for {cell[1]}" if cell[0] != cell[1] else f"{cell[0]}, recognised"
        wanted = AnswerList(run_id=run_id, part=part, cell=cell_of(project, run_id, cell[0], cell[1]))
    elif kind is not None:
        title, wanted = KIND_WORDS[kind], AnswerList(run_id=run_id, part=part, kind=kind)
    else:
        return None
    ids = answer_ids(project, wanted)
    return Listed(title=title, n=len(ids), answers=answers(project, run_id, ids[:most].tolist()))


def listed_values(found: Listed) -> dict[str, object]:
    """The list as plain JSON values."""
    rows = [
        {"path": to_text(one.path), "class": one.label, "answer": one.answer, "p": one.p, "p_class": one.p_label}
        for one in found.answers
    ]
    return {"n": found.n, "photos": rows}


def listed_text(found: Listed) -> str:
    """The list for people."""
    head = f"{found.title}: {found.n:,} photos"
    if not found.answers:
        return head
    cells = [
        (to_text(one.path), one.label, one.answer, percent(one.p), "-" if one.p_label is None else percent(one.p_label))
        for one in found.answers
    ]
    lines = [head, table(("photo", "class", "answer", "sure", "of its class"), cells)]
    if found.n > len(found.answers):
        lines.append(f"and {found.n - len(found.answers):,} more; --most N names more.")
    return "\n".join(lines)
