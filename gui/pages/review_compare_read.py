"""What the page of two models side by side asks the project; called on the store thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from engine.base.ids import RunId
from engine.insight.before_after import BeforeAfter, TwoAnswers
from engine.store.rows import ClassRow, PhotoRow, RunRow
from gui.core.score_text import Part, percent
from gui.models.photo_model import Caption

if TYPE_CHECKING:
    from engine.project.project import Project

PileKind = Literal["before", "after", "both_wrong", "disagree"]
PILES: tuple[PileKind, ...] = ("before", "after", "both_wrong", "disagree")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pile:
    """Photos, with both answers and their confidences under each."""

    answers: tuple[TwoAnswers, ...]
    ids: tuple[int, ...]
    captions: dict[int, Caption]


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoRuns:
    """Two runs on the photos both were asked about. `runs`: the finished ones, to choose among, newest first."""

    runs: tuple[RunRow, ...]
    old: RunRow
    new: RunRow
    change: BeforeAfter
    piles: tuple[Pile, ...]
    classes: tuple[ClassRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoShares:
    """One photo: its label, and both models' probabilities by class name."""

    photo: PhotoRow
    label: str
    before: tuple[tuple[str, float], ...]
    after: tuple[tuple[str, float], ...]


def two_runs(project: Project, old: RunId, new: RunId, part: Part) -> TwoRuns:
    """The comparison of two finished runs."""
    change = project.comparisons.before_after(old, new, part)
    return TwoRuns(
        runs=tuple(run for run in project.runs.rows() if run.state == "finished"),
        old=project.runs.row(old),
        new=project.runs.row(new),
        change=change,
        piles=tuple(pile_of(_of_kind(change, kind)) for kind in PILES),
        classes=project.browse.classes(),
    )


def usual_pair(project: Project, run_id: RunId | None) -> tuple[RunId, RunId] | None:
    """The run beside the model in use, or beside the newest other run of its split; None where there are not two.

    Runs that test a fold were asked about other photos than all others, so they stand beside their like.
    """
    runs = [run for run in project.runs.rows() if run.state == "finished"]
    if len(runs) < 2:
        return None
    whole = next((run for run in runs if run.fold is None), runs[0])
    new = next((run for run in runs if run.id == run_id), whole)
    others = [run for run in runs if run.id != new.id]
    old = max(others, key=lambda run: (run.fold == new.fold, run.is_current, run.split_id == new.split_id, run.id))
    # Before and after are in the order in which they were made, whichever was asked for.
    return (old.id, new.id) if old.id < new.id else (new.id, old.id)


def pile_of(answers: Sequence[TwoAnswers]) -> Pile:
    """The photos, the surest mistake first."""
    ordered = tuple(sorted(answers, key=lambda photo: (-max(photo.p_before, photo.p_after), photo.photo_id)))
    return Pile(
        answers=ordered,
        ids=tuple(int(photo.photo_id) for photo in ordered),
        captions={int(photo.photo_id): _caption(photo) for photo in ordered},
    )


def of_cell(change: BeforeAfter, true: str, answer: str, side: int | None) -> Pile:
    """Photos of a class in a cell of the first (`side` 0) or second (1) matrix; those that came or went for None."""

    def inside(photo: TwoAnswers) -> bool:
        before, after = photo.before == answer, photo.after == answer
        return photo.true_class == true and (before != after if side is None else (before, after)[side])

    return pile_of([photo for photo in change.shared if inside(photo)])


def shares_of(project: Project, old: RunId, new: RunId, photo_id: int) -> TwoShares | None:
    """What both say of a photo; None if one of them said nothing, or the photo is gone."""
    before, after = _shares(project, old, photo_id), _shares(project, new, photo_id)
    rows = project.browse.rows([photo_id])
    if not rows or not before or not after:
        return None
    class_id = rows[0].class_id
    label = "" if class_id is None else project.browse.class_names()[class_id]
    return TwoShares(photo=rows[0], label=label, before=before, after=after)


def _of_kind(change: BeforeAfter, kind: PileKind) -> tuple[TwoAnswers, ...]:
    if kind == "both_wrong":
        return change.both_wrong
    if kind == "disagree":
        return change.changed
    return tuple(
        photo
        for photo in change.changed
        if (photo.was_right and not photo.now_right if kind == "before" else photo.now_right and not photo.was_right)
    )


def _caption(photo: TwoAnswers) -> Caption:
    token = "success" if photo.now_right else "danger" if photo.was_right else "text_muted"
    return Caption(f"{photo.before} {percent(photo.p_before)} → {photo.after} {percent(photo.p_after)}", token)


def _shares(project: Project, run_id: RunId, photo_id: int) -> tuple[tuple[str, float], ...]:
    said = project.browse.predictions(run_id, [photo_id])[0]
    names = project.browse.class_names()
    shares: dict[str, float] = {}
    if said is not None:
        for class_id, p in zip(project.runs.row(run_id).class_ids, said.probs, strict=True):
            shares[names[class_id]] = shares.get(names[class_id], 0.0) + p
    return tuple(shares.items())
