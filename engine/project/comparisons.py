"""Verbs of comparing: several runs on the photos all of them were tested on, and what one merged class would change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.base.changes import Changes
from engine.base.errors import UserError
from engine.base.ids import ClassId, PhotoId, RunId
from engine.data.predictions import NO_FOLD, PREDICTIONS_FILE, read_folds
from engine.insight.before_after import Answers, BeforeAfter, before_after
from engine.insight.calibration import Calibration, bin_numbers, calibration
from engine.insight.comparison import Comparison, Judged, compare
from engine.insight.ensemble import Combined
from engine.insight.metrics import Report, report
from engine.insight.nearness import close_and_far
from engine.insight.pooled_folds import pooled, with_repetitions
from engine.jobs.spec import AnswerInViewsSpec
from engine.project.context import Context
from engine.project.joined_runs import (
    InViews,
    check_members,
    forget_views,
    joined_in_folds,
    joined_rows,
    keep_joins,
    kept_joins,
    views_answered,
    views_row,
    views_spec,
)
from engine.project.run_facts import run_facts
from engine.project.run_scaling import run_scaling
from engine.project.splits import Splits
from engine.recipe.recipe import from_json
from engine.recipe.study_plan import PlanEnsemble
from engine.store import listing
from engine.store import runs as stored


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeTrial:
    """The score as it is and as it would be if some classes were one; from stored answers, nothing is trained.

    `merged`: the names, as classes that would be one.
    """

    merged: tuple[str, ...]
    before: Report
    after: Report


class Comparisons:
    """Says which model is better, as far as the photos tell; no run is changed."""

    def __init__(self, context: Context, splits: Splits) -> None:
        self._context = context
        self._splits = splits

    def runs(
        self,
        run_ids: Sequence[RunId],
        reference: RunId,
        part: str = "test",
        *,
        combined: Sequence[Combined] = (),
        in_views: Sequence[InViews] = (),
    ) -> Comparison:
        """The runs on the photos that all of them were tested on (`part` test) or cross-validated on (cv).

        Copies, bursts, equal files, and what the split of the reference keeps together besides count as one question.

        Args:
            combined: rows of runs that answer together, and then of runs that look several times: their numbers are
                -1, -2 and so on.
        Raises:
            UserError: a run is not there or has no answers of that part, or no photo is shared by all; members lack
                what joining them takes.
        """
        judged = [self._judged(run_id, part) for run_id in dict.fromkeys([*run_ids, reference])]
        groups = self._splits.questions(from_json(self._stored(reference).recipe).split.groups)
        judged += joined_rows(combined, part, self._judged, groups, first=-1)
        judged += self._in_views(in_views, part, first=-1 - len(combined))
        try:
            return compare(judged, reference, groups)
        except ValueError as error:
            raise UserError(
                "These runs were not tested on the same photos, so they cannot be compared.",
                advice="Compare runs of one split; `fieldmark runs PROJECT` names the split of each.",
                details=str(error),
            ) from error

    def in_folds(
        self, rows: Mapping[str, Sequence[Sequence[RunId]]], reference: str, joins: Sequence[PlanEnsemble] = ()
    ) -> Comparison:
        """Rows of runs that each tested one fold: photo by photo from the first repetition, fold by fold from all.

        Args:
            rows: by name the repetitions of each row, each with the runs of its folds in order. reference: a name.
            joins: rows of these that answer together; their numbers are -1, -2 and so on.
        Raises:
            UserError: as `runs`; or the runs of a row do not test different photos, or know different classes.
        """
        try:
            judged = {name: [self._pooled(name, runs) for runs in row] for name, row in rows.items()}
            base = judged[reference][0].run_id
            groups = self._splits.questions(from_json(self._stored(base).recipe).split.groups)
            joined = [[joined_in_folds(one, judged, groups, RunId(-1 - at))] for at, one in enumerate(joins)]
            found = compare([row[0] for row in [*judged.values(), *joined]], base, groups)
        except ValueError as error:
            raise UserError(
                "The runs of these folds were not made of the same photos and classes, so they cannot be compared.",
                advice="Go on with the study: what has changed is trained again.",
                details=str(error),
            ) from error
        return with_repetitions(found, [*judged.values(), *joined])

    def fold_scores(self, run_ids: Sequence[RunId]) -> tuple[Report, Calibration]:
        """Score and calibration of what the runs of all folds said, each of its own.

        Raises:
            UserError: as `runs`. ValueError: as of `engine.insight.pooled_folds.pooled`.
        """
        one = self._pooled("", run_ids)
        names = self._answers(run_ids[0], "test").class_names
        column_of = {int(class_id): column for column, class_id in enumerate(one.class_ids)}
        true = np.array([column_of.get(int(class_id), -1) for class_id in one.true_classes], dtype=np.int32)
        return report(names, true, one.probs), calibration(true, one.probs)

    def _pooled(self, name: str, run_ids: Sequence[RunId]) -> Judged:
        return pooled(name, [self._judged(run_id, "test") for run_id in run_ids])

    def folded(self, run_ids: Sequence[RunId]) -> tuple[RunId, ...]:
        """Those of the runs that were cross-validated and said in which fold each photo was, in their order.

        Raises:
            UserError: there is no such run.
        """
        runs = [self._stored(run_id) for run_id in run_ids]
        place = self._context.paths.runs
        return tuple(run.id for run in runs if read_folds(place / run.folder / PREDICTIONS_FILE))

    def before_after(self, old: RunId, new: RunId, part: str = "test") -> BeforeAfter:
        """What changed from one run's model to another's on the photos both were tested, or cross-validated, on.

        What counts as one question is as in `runs`, by the split of the old run.

        Raises:
            UserError: a run is not there.
        """
        groups = self._splits.questions(from_json(self._stored(old).recipe).split.groups)
        return before_after(self._named_answers(old, part), self._named_answers(new, part), groups)

    def in_views_spec(self, seen: InViews) -> AnswerInViewsSpec:
        """The job that asks the run about its test photos in these views; `runs` then has them as a row.

        Which views are worth it is for photos outside the test to say: see `Runs.views_spec`.

        Raises:
            UserError: there is no such run, or it has no model.
        """
        run = self._stored(seen.run_id)
        if run.state != "finished":
            raise UserError(f"The run {run.name} has no model.", advice="Choose a run that has finished.")
        return views_spec(self._context.paths.runs / run.folder, seen.views)

    def in_views(self, run_ids: Iterable[RunId]) -> tuple[InViews, ...]:
        """Which of these runs were asked about their test photos in several views, and in which.

        Raises:
            UserError: a run is not there.
        """
        folders = [(run_id, self._context.paths.runs / self._stored(run_id).folder) for run_id in run_ids]
        return tuple(InViews(run_id=run_id, views=v) for run_id, folder in folders for v in views_answered(folder))

    def forget_in_views(self, seen: InViews) -> Changes:
        """The run's answers in these views are gone; the run itself stays as it is.

        Raises:
            UserError: there is no such run. StorageError: the disk refused, or the project is open for reading only.
        """
        self._context.db.check_writable()
        forget_views(self._context.paths.runs / self._stored(seen.run_id).folder, seen.views)
        return Changes(runs=True)

    def joins(self) -> tuple[Combined, ...]:
        """The joined runs that the project remembers, oldest first; those with a member that is gone are left out."""
        there = {run.id for run in stored.stored_runs(self._context.db)}
        return tuple(one for one in kept_joins(self._context.db) if there.issuperset(one.members))

    def join(self, combined: Combined) -> Changes:
        """The project remembers these runs as joined; one of the same name is replaced.

        Raises:
            UserError: it has no name, or the runs cannot be joined in this way.
        """
        if not combined.name.strip():
            raise UserError("Joined runs need a name.")
        self.check_join(combined)
        return self._keep([*(one for one in self.joins() if one.name != combined.name), combined])

    def check_join(self, combined: Combined) -> None:
        """Nothing, if these runs can be joined in this way.

        Raises:
            UserError: they cannot.
        """
        check_members(combined, self._judged)

    def part_again(self, name: str) -> Changes:
        """The joined runs of that name are forgotten; the runs themselves stay as they are."""
        return self._keep([one for one in self.joins() if one.name != name])

    def calibration(self, run_id: RunId, part: str = "test") -> Calibration:
        """How often answers of a given confidence are right.

        Raises:
            UserError: as `runs`.
        """
        found = self._answers(run_id, part)
        seen = calibration(found.true_columns, found.probs)
        run = self._stored(run_id)
        return replace(seen, scaling=run_scaling(self._context.db, run, self._context.paths.runs / run.folder, part))

    def close_and_far(self, run_id: RunId, part: str = "test") -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The photos of the run's close mistakes, the nearest miss first, and of its far ones, the farthest first.

        Raises:
            UserError: there is no such run.
        """
        found = stored.labelled_predictions(self._context.db, self._stored(run_id), part)
        close, far = close_and_far(found.true_columns, found.probs)
        return found.photo_ids[close], found.photo_ids[far]

    def of_bin(self, run_id: RunId, number: int, part: str = "test") -> tuple[PhotoId, ...]:
        """The photos that bin `number` of `calibration`, from 0, speaks of.

        Raises:
            UserError: as `runs`.
        """
        found = self._answers(run_id, part)
        inside = (found.true_columns >= 0) & (bin_numbers(found.probs.max(axis=1)) == number)
        return tuple(PhotoId(int(i)) for i in found.photo_ids[inside])

    def if_one(self, run_id: RunId, names: Sequence[str], part: str = "test") -> MergeTrial:
        """The score if these classes of the run were one.

        Raises:
            UserError: fewer than two of them are classes of the run, or as `runs`.
        """
        found = self._answers(run_id, part)
        folded = {name.casefold(): at for at, name in enumerate(found.class_names)}
        missing = [name for name in names if name.casefold() not in folded]
        chosen = sorted({folded[name.casefold()] for name in names if name.casefold() in folded})
        if missing or len(chosen) < 2:
            raise UserError(
                f"This run knows no class {missing[0]}." if missing else "Merging needs two different classes.",
                advice=f"Its classes are {', '.join(found.class_names)}.",
            )
        new_column = _merged_columns(len(found.class_names), chosen)
        true = np.where(found.true_columns >= 0, new_column[found.true_columns], -1).astype(np.int32)
        probs = np.zeros((len(found.probs), int(new_column.max()) + 1), dtype=np.float32)
        for old, new in enumerate(new_column):
            probs[:, new] += found.probs[:, old]
        merged = tuple(found.class_names[at] for at in chosen)
        labels = [""] * probs.shape[1]
        for old, new in enumerate(new_column):
            labels[new] = " + ".join(merged) if old in chosen else found.class_names[old]
        before = report(found.class_names, found.true_columns, found.probs)
        return MergeTrial(merged=merged, before=before, after=report(labels, true, probs))

    def _named_answers(self, run_id: RunId, part: str) -> Answers:
        found = stored.labelled_predictions(self._context.db, self._stored(run_id), part)
        names = listing.class_names(self._context.db)
        return Answers(
            photo_ids=found.photo_ids,
            true_names=tuple(names[ClassId(int(i))] for i in found.true_classes),
            answer_names=tuple(found.class_names[column] for column in found.probs.argmax(axis=1)),
            confidences=found.probs.max(axis=1),
            known_classes=found.class_names,
        )

    def _keep(self, joins: Sequence[Combined]) -> Changes:
        with self._context.db.transaction():
            keep_joins(self._context.db, joins)
        return Changes(runs=True)

    def _in_views(self, in_views: Sequence[InViews], part: str, *, first: int) -> Iterator[Judged]:
        if in_views and part != "test":
            raise UserError("Answers in several views are there for test photos alone.", advice="Choose the part test.")
        for at, seen in enumerate(in_views):
            run = self._stored(seen.run_id)
            yield views_row(self._context.db, run, self._context.paths.runs / run.folder, seen, RunId(first - at))

    def _judged(self, run_id: RunId, part: str) -> Judged:
        found, run = self._answers(run_id, part), self._stored(run_id)
        folder = self._context.paths.runs / run.folder
        return Judged(
            run_id=run_id,
            name=run.name,
            photo_ids=found.photo_ids,
            true_classes=found.true_classes,
            class_ids=found.class_ids,
            probs=found.probs,
            folds=_folds(folder, found.photo_ids) if part == "cv" else None,
            recipe=from_json(run.recipe).title,
            facts=run_facts(folder, run.started_at, run.ended_at),
        )

    def _answers(self, run_id: RunId, part: str) -> stored.LabelledPredictions:
        run = self._stored(run_id)
        found = stored.labelled_predictions(self._context.db, run, part)
        if not (found.true_columns >= 0).any():
            kind = "cross-validated answers" if part == "cv" else "answers for held-out test photos"
            raise UserError(
                f"Run {run_id}, {run.name}, has no {kind}.",
                advice="Leave it out, or choose another one to compare with. Networks that are trained whole are not "
                "cross-validated; in a study with folds they are.",
            )
        return found

    def _stored(self, run_id: RunId) -> stored.StoredRun:
        run = stored.stored_run(self._context.db, run_id)
        if run is None:
            raise UserError(f"There is no run {run_id}.", advice="`fieldmark runs PROJECT` lists those there are.")
        return run


def _folds(folder: Path, photo_ids: NDArray[np.int64]) -> NDArray[np.int16] | None:
    """(n,) the fold of each photo; None where the run does not say."""
    fold_of = read_folds(folder / PREDICTIONS_FILE)
    if not fold_of:
        return None
    return np.array([fold_of.get(int(i), NO_FOLD) for i in photo_ids], dtype=np.int16)


def _merged_columns(n: int, chosen: Sequence[int]) -> np.ndarray:
    """(n,) the new column of each old one: the chosen ones share that of the first of them."""
    kept = [column for column in range(n) if column not in chosen[1:]]
    place = {column: at for at, column in enumerate(kept)}
    return np.array([place[chosen[0] if column in chosen else column] for column in range(n)], dtype=np.int64)
