"""Verbs on runs: beginning one, taking in what it left, scoring it with the labels of the day, choosing the model."""

from __future__ import annotations

import os
import platform
from pathlib import Path
from typing import cast

import msgspec

from engine import __version__
from engine.base.changes import Changes
from engine.base.clock import iso_ms
from engine.base.dirs import machine_dir, weights_dir
from engine.base.errors import UserError
from engine.base.events import Ended
from engine.base.files import atomic_write
from engine.base.ids import ClassId, RunId
from engine.data.manifest import write_manifest
from engine.data.predictions import read_predictions
from engine.insight.curve_files import trained_in
from engine.insight.metrics import Report, report
from engine.insight.view_gain import ViewGain
from engine.jobs.spec import CompareSplitsSpec, ExportSpec, FindRateSpec, LeaveOneOutSpec, ScoreViewsSpec, TrainSpec
from engine.project.comparing_only import compare_only, is_compared_only
from engine.project.context import Context
from engine.project.dividing import divided, listed
from engine.project.leave_out import known_relation, leave_out_spec
from engine.project.run_views import GAIN_FILE, choose_views, chosen_views, last_gain, used_views
from engine.project.splits import Splits
from engine.project.teaching import Trainability, enough, refuse_what_was_taught, trainability
from engine.recipe.recipe import Recipe, from_json, to_json
from engine.recipe.views_cfg import ViewsCfg
from engine.report.card import model_card
from engine.store import history
from engine.store import runs as stored
from engine.store.rows import RunRow, RunState
from engine.weights.needed import check_needed

CURRENT_RUN = "current_run"
# What a training that can be resumed keeps in its run folder.
CHECKPOINT_FILE = "last.json"


class Runs:
    """Training runs and the model the project uses."""

    def __init__(self, context: Context, splits: Splits) -> None:
        self._context = context
        self._splits = splits

    def trainability(self) -> Trainability:
        """Whether the labelled photos are enough: two classes with two different photos each."""
        return trainability(self._context.db)

    def begin(
        self, recipe: Recipe, *, name: str = "", start_from: RunId | None = None, takes_over: bool = True
    ) -> tuple[RunId, TrainSpec]:
        """A queued run with its list of photos, and the job that carries it out.

        A recipe that says nothing of how to divide is carried out by the split of `start_from`, or else of the project.
        `takes_over`: False for runs that are trained to be compared, see `finish`; that holds wherever they go on.

        Raises:
            UserError: there is too little to learn from, or the weights of the recipe's network are not here.
        """
        able = enough(self._context.db)
        check_needed(recipe, weights_dir())
        db = self._context.db
        earlier = None if start_from is None else from_json(self._stored(start_from).recipe)
        recipe = self._splits.planned(recipe, after=earlier)
        with db.transaction():
            split_id, manifest = divided(self._context, self._splits, recipe, able)
            if start_from is not None and recipe.training is not None:
                refuse_what_was_taught(db, start_from, manifest)
            run_id, folder_name = stored.add_run(
                db,
                name=name or recipe.title,
                recipe=recipe,
                split_id=split_id,
                as_of_op=history.last_op(db),
                parent_id=start_from,
                versions={"fieldmark": __version__, "python": platform.python_version()},
                at=iso_ms(self._context.clock()),
                class_ids=[entry.class_id for entry in manifest.classes],
            )
            if not takes_over:
                compare_only(db, folder_name)
            folder = self._context.paths.runs / folder_name
            folder.mkdir(parents=True)
            write_manifest(folder / "manifest.msgpack", manifest)
            atomic_write(folder / "recipe.json", to_json(recipe).encode())
        return run_id, self._spec(run_id, recipe, start_from=start_from, resume=False)

    def rate_spec(self, recipe: Recipe, out: Path) -> FindRateSpec:
        """The job that finds a learning rate for the recipe on the photos it would be trained on.

        Raises:
            UserError: there is too little to learn from.
        """
        recipe = self._splits.planned(recipe)
        paths = self._context.paths
        return FindRateSpec(
            recipe=recipe,
            manifest=os.fsencode(listed(self._context, self._splits, recipe, "rates")),
            pixels=os.fsencode(paths.pixels),
            machine=os.fsencode(machine_dir()),
            library=os.fsencode(weights_dir()),
            out=os.fsencode(out),
        )

    def compare_spec(self, recipe: Recipe, out: Path) -> CompareSplitsSpec:
        """The job that scores the recipe honestly and naively on the photos it would be trained on.

        Raises:
            UserError: there is too little to learn from.
        """
        recipe = self._splits.planned(recipe)
        return CompareSplitsSpec(
            recipe=recipe,
            manifest=os.fsencode(listed(self._context, self._splits, recipe, "compare")),
            features=os.fsencode(self._context.paths.features),
            machine=os.fsencode(machine_dir()),
            library=os.fsencode(weights_dir()),
            out=os.fsencode(out),
        )

    def leave_out_spec(self, recipe: Recipe, relation: str, out: Path) -> LeaveOneOutSpec:
        """The job that tests each group of photos by the recipe learned from all the others, but for the test photos.

        Args:
            relation: folders, days, cameras, sites, or a heading of tables.
            out: where it leaves an `engine.insight.leave_one_out.LeaveOneOut`.
        Raises:
            UserError: there is no such relation, or too little to learn from.
        """
        relation = known_relation(self._context, relation)
        recipe = self._splits.planned(recipe)
        values = self._splits.values(relation)
        return leave_out_spec(
            self._context, recipe, listed(self._context, self._splits, recipe, "leave-out"), relation, values, out
        )

    def resumable(self) -> tuple[RunRow, ...]:
        """Runs that ended before their time and left a checkpoint to go on from, newest first."""
        return tuple(row for row in self.rows() if self.can_resume(row.id))

    def resume(self, run_id: RunId) -> TrainSpec:
        """The job that goes on with a run from its checkpoint, on the photos and labels it began with.

        Raises:
            UserError: there is no such run, it has not been interrupted, or it left no checkpoint.
            StorageError: the project is open for reading only.
        """
        self._context.db.check_writable()
        run = self._stored(run_id)
        if not self.can_resume(run_id):
            raise UserError(
                f"The run {run.name} cannot go on.",
                safe="It is unchanged.",
                advice="Only a run that was interrupted and had saved its state can; train again instead.",
            )
        return self._spec(run_id, from_json(run.recipe), start_from=run.parent_id, resume=True)

    def can_resume(self, run_id: RunId) -> bool:
        """Whether the run ended before its time and left a checkpoint to go on from."""
        run = self._stored(run_id)
        ended_early = run.state in ("cancelled", "failed", "crashed")
        return ended_early and (self._context.paths.runs / run.folder / CHECKPOINT_FILE).is_file()

    def _spec(self, run_id: RunId, recipe: Recipe, *, start_from: RunId | None, resume: bool) -> TrainSpec:
        folder = self._context.paths.runs / self._stored(run_id).folder
        parent = None if start_from is None else self._stored(start_from)
        return TrainSpec(
            recipe=recipe,
            manifest=os.fsencode(folder / "manifest.msgpack"),
            run_folder=os.fsencode(folder),
            features=os.fsencode(self._context.paths.features),
            machine=os.fsencode(machine_dir()),
            pixels=os.fsencode(self._context.paths.pixels),
            library=os.fsencode(weights_dir()),
            start_from=None if parent is None else os.fsencode(self._context.paths.runs / parent.folder),
            resume=resume,
            # Another way of computing rounds otherwise: it would not go on to the numbers it was going to.
            variant=trained_in(folder) if resume else "",
        )

    def mark_running(self, run_id: RunId) -> Changes:
        """The run's job has begun."""
        return self._set_state(run_id, "running")

    def finish(self, run_id: RunId, ended: Ended, *, takes_over: bool = True) -> Changes:
        """What the job left is taken in. A finished run becomes the project's model unless it extends another run:
        then `promote` decides. One that tests a fold never does: it has not learned from all there is.

        Args:
            takes_over: False for runs that were trained to be compared; they are used only where there is no model yet.
        """
        run = self._stored(run_id)
        takes_over = takes_over and not is_compared_only(self._context.db, run.uuid)
        at = iso_ms(self._context.clock())
        with self._context.db.transaction():
            if ended.reason == "finished":
                found = read_predictions(self._context.paths.runs / run.folder / "predictions.npz")
                stored.add_predictions(self._context.db, run_id, found)
                is_whole = from_json(run.recipe).split.fold is msgspec.UNSET
                if is_whole and ((takes_over and run.parent_id is None) or self.current() is None):
                    stored.set_setting(self._context.db, CURRENT_RUN, run.uuid)
            problem = " ".join(part for part in (ended.user_text, ended.advice) if part)
            stored.set_run_state(self._context.db, run_id, ended.reason, ended_at=at, problem=problem)
        return Changes(runs=True)

    def mark_interrupted(self) -> int:
        """Runs that were under way when the project was last closed are marked as crashed; returns how many."""
        open_runs = [run for run in stored.stored_runs(self._context.db) if run.state in ("queued", "running")]
        with self._context.db.transaction():
            for run in open_runs:
                problem = "Fieldmark was closed before this run had ended. Train again to repeat it."
                stored.set_run_state(self._context.db, run.id, "crashed", problem=problem)
        return len(open_runs)

    def rows(self) -> tuple[RunRow, ...]:
        """All runs, newest first."""
        return tuple(self._row(run) for run in stored.stored_runs(self._context.db))

    def row(self, run_id: RunId) -> RunRow:
        """One run.

        Raises:
            UserError: there is no such run.
        """
        return self._row(self._stored(run_id))

    def current(self) -> RunRow | None:
        """The run whose model the project uses."""
        uid = stored.get_setting(self._context.db, CURRENT_RUN)
        return next(
            (self._row(run) for run in stored.stored_runs(self._context.db) if uid and run.uuid == uid),
            None,
        )

    def promote(self, run_id: RunId) -> Changes:
        """The project uses this run's model from now on; the earlier one stays and can be promoted again."""
        run = self._stored(run_id)
        if run.state != "finished":
            raise UserError(
                "Only a finished run can be used as the model.",
                safe="The present model stays in use.",
            )
        with self._context.db.transaction():
            stored.set_setting(self._context.db, CURRENT_RUN, run.uuid)
        return Changes(runs=True)

    def rename(self, run_id: RunId, name: str) -> Changes:
        """The run is called `name`."""
        with self._context.db.transaction():
            stored.rename_run(self._context.db, run_id, name.strip() or self._stored(run_id).name)
        return Changes(runs=True)

    def delete(self, run_id: RunId) -> Changes:
        """The run is listed no more; the model in use cannot be deleted."""
        current = self.current()
        if current is not None and current.id == run_id:
            raise UserError(
                "The model in use cannot be deleted.",
                advice="Use another run's model first.",
            )
        with self._context.db.transaction():
            stored.hide_run(self._context.db, run_id)
        return Changes(runs=True)

    def report(self, run_id: RunId, part: str = "test") -> Report:
        """The run's score by the labels the photos have now; `part` is `test` or `cv`.

        Raises:
            UserError: the run has no predictions of that part.
        """
        found = stored.labelled_predictions(self._context.db, self._stored(run_id), part)
        if not len(found.photo_ids):
            raise UserError(
                "This run has no scored photos of that kind.",
                advice="Train again with more photos.",
            )
        return report(found.class_names, found.true_columns, found.probs)

    def report_classes(self, run_id: RunId) -> tuple[ClassId, ...]:
        """The class of each row and column of `report`; merged classes are one, removed ones are still there."""
        return stored.standing_classes(self._context.db, self._stored(run_id))

    def export_spec(self, run_id: RunId, out: Path) -> ExportSpec:
        """The job that writes the run's model as one file."""
        run = self._stored(run_id)
        folder = os.fsencode(self._context.paths.runs / run.folder)
        library = os.fsencode(weights_dir())
        return ExportSpec(run_folder=folder, out=os.fsencode(out), card=self._card(run), library=library)

    def views(self, run_id: RunId) -> ViewsCfg:
        """How often the run's model looks at each photo when it classifies.

        Raises:
            UserError: the run has no model. StorageError: it cannot be read.
        """
        return chosen_views(self._model_folder(run_id))

    def views_spec(self, run_id: RunId, views: ViewsCfg, *, n_most: int = 1000) -> ScoreViewsSpec:
        """The job that finds out what these views bring; `view_gain` then gives its result.

        Raises:
            UserError: the run has no model.
        """
        folder = self._model_folder(run_id)
        return ScoreViewsSpec(
            run_folder=os.fsencode(folder),
            manifest=os.fsencode(folder / "manifest.msgpack"),
            features=os.fsencode(self._context.paths.features),
            machine=os.fsencode(machine_dir()),
            library=os.fsencode(weights_dir()),
            views=views,
            out=os.fsencode(folder / GAIN_FILE),
            n_most=n_most,
        )

    def view_gain(self, run_id: RunId) -> ViewGain | None:
        """What the last try of several views came to; None if there was none."""
        return last_gain(self.folder(run_id))

    def adopt_views(self, run_id: RunId, views: ViewsCfg) -> Changes:
        """The run's model looks at photos so from now on, here and where it is saved to; `ONCE` takes it back.

        The scores of the run stay those of looking once.

        Raises:
            UserError: the run has no model. StorageError: it cannot be read or written.
        """
        self._context.db.check_writable()
        choose_views(self._model_folder(run_id), views)
        return Changes(runs=True)

    def _model_folder(self, run_id: RunId) -> Path:
        run = self._stored(run_id)
        if run.state != "finished":
            raise UserError(f"The run {run.name} has no model.", advice="Choose a run that has finished.")
        return self._context.paths.runs / run.folder

    def versions(self, run_id: RunId) -> dict[str, str]:
        """Versions of what the run was begun with, by name.

        Raises:
            UserError: there is no such run.
        """
        return stored.run_versions(self._context.db, self._stored(run_id).id)

    def folder(self, run_id: RunId) -> Path:
        """Where the run's files are."""
        return self._context.paths.runs / self._stored(run_id).folder

    def _card(self, run: stored.StoredRun) -> str:
        views = used_views(self._context.paths.runs / run.folder)
        return model_card(self._row(run), self.report(run.id, "test"), from_json(run.recipe), views)

    def _stored(self, run_id: RunId) -> stored.StoredRun:
        run = stored.stored_run(self._context.db, run_id)
        if run is None:
            raise UserError(f"There is no run {run_id}.", advice="`fieldmark runs PROJECT` lists those there are.")
        return run

    def _set_state(self, run_id: RunId, state: RunState) -> Changes:
        with self._context.db.transaction():
            stored.set_run_state(self._context.db, run_id, state)
        return Changes(runs=True)

    def _row(self, run: stored.StoredRun) -> RunRow:
        found = stored.labelled_predictions(self._context.db, run, "test") if run.state == "finished" else None
        score = None
        if found is not None and (found.true_columns >= 0).any():
            score = report(found.class_names, found.true_columns, found.probs)
        return RunRow(
            id=run.id,
            uuid=run.uuid,
            name=run.name,
            recipe=run.recipe,
            state=cast("RunState", run.state),
            seed=run.seed,
            split_id=run.split_id,
            as_of_op=run.as_of_op,
            parent_id=run.parent_id,
            started_at=run.started_at,
            ended_at=run.ended_at,
            problem=run.problem,
            folder=os.fsencode(self._context.paths.runs / run.folder),
            class_ids=run.class_ids,
            n_label_changes=stored.n_label_changes(self._context.db, run.id),
            is_current=run.uuid == stored.get_setting(self._context.db, CURRENT_RUN),
            n=0 if score is None else score.n,
            accuracy=None if score is None else score.accuracy,
            ci95=None if score is None else score.accuracy_ci95,
        )
