"""Rows of a comparison that are not runs: several runs that answer together, and a run that looks several times."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
import numpy as np

from engine.base.dirs import machine_dir, weights_dir
from engine.base.errors import StorageError, UserError
from engine.base.ids import RunId
from engine.data.predictions import Predictions, read_predictions
from engine.insight.comparison import Judged
from engine.insight.ensemble import Combined, joined, joined_unseen
from engine.jobs.spec import AnswerInViewsSpec
from engine.recipe.joining import LEARNED
from engine.recipe.recipe import from_json
from engine.recipe.study_plan import PlanEnsemble
from engine.recipe.views_cfg import ViewsCfg, views_named
from engine.store import runs as stored
from engine.store.db import Database

Ask = Callable[[RunId, str], Judged]
_SETTING = "joined_runs"
_VIEWS_STEM = "predictions-"


@dataclass(frozen=True, slots=True, kw_only=True)
class InViews:
    """A run that looks at each test photo in all `views` instead of once."""

    run_id: RunId
    views: ViewsCfg


def views_file(folder: Path, views: ViewsCfg) -> Path:
    """Where a run's folder holds its answers to the test photos in these views."""
    return folder / f"{_VIEWS_STEM}{'+'.join(views.names)}.npz"


def views_answered(folder: Path) -> tuple[ViewsCfg, ...]:
    """The views in which a run was asked about its test photos, by its folder; in the order of their names."""
    found = []
    for path in sorted(folder.glob(f"{_VIEWS_STEM}*.npz")):
        # A file of another name was put there by somebody else.
        with contextlib.suppress(ValueError):
            found.append(views_named(path.stem.removeprefix(_VIEWS_STEM).split("+")))
    return tuple(found)


def forget_views(folder: Path, views: ViewsCfg) -> None:
    """The run's folder holds its answers in these views no more.

    Raises:
        StorageError: the disk refused.
    """
    try:
        views_file(folder, views).unlink(missing_ok=True)
    except OSError as error:
        raise StorageError("The answers in several views could not be removed.", details=repr(error)) from error


def views_spec(folder: Path, views: ViewsCfg) -> AnswerInViewsSpec:
    """The job that asks the model in a run's folder about its test photos in these views."""
    return AnswerInViewsSpec(
        run_folder=os.fsencode(folder),
        manifest=os.fsencode(folder / "manifest.msgpack"),
        machine=os.fsencode(machine_dir()),
        library=os.fsencode(weights_dir()),
        views=views,
        out=os.fsencode(views_file(folder, views)),
    )


def joined_rows(
    combined: Sequence[Combined], part: str, ask: Ask, groups: dict[int, int], *, first: int
) -> Iterator[Judged]:
    """A row for each, numbered downwards from `first`.

    Args:
        part: `test`, or `cv`: then weights and stacks answer each photo without having seen its group.
        ask: what a run said of the photos of a part. groups: as in `engine.insight.comparison.compare`.
    Raises:
        UserError: fewer than two members; one is not there or lacks answers; they share too little.
    """
    for at, one in enumerate(combined):
        _check_number(one)
        number = RunId(first - at)
        learned = _learned(one, ask) if part == "cv" or one.method in LEARNED else []
        try:
            if part == "cv":
                yield joined_unseen(one, number, learned, groups)
            else:
                yield joined(one, number, [ask(run_id, part) for run_id in one.members], learned, groups)
        except ValueError as error:
            raise UserError(
                f"The runs of {one.name} cannot be joined: they share too few photos or classes.",
                advice="Join runs of one split; `fieldmark runs PROJECT` names the split of each.",
                details=str(error),
            ) from error


def joined_in_folds(
    one: PlanEnsemble, rows: Mapping[str, Sequence[Judged]], groups: dict[int, int], number: RunId
) -> Judged:
    """A row of a study in folds whose members are all repetitions of other such rows; it has the folds of the first.

    Every answer there is one of a model that had not seen the photo, so these teach weights and stacks, which in turn
    answer only for groups that they have not seen.

    Args:
        rows: by name the repetitions of each row, each pooled over its folds.
    Raises:
        ValueError: as of `engine.insight.ensemble.joined_unseen`.
    """
    members = [pooled for name in one.rows for pooled in rows[name]]
    combined = Combined(name=one.name, method=one.method, members=tuple(pooled.run_id for pooled in members))
    found, first = joined_unseen(combined, number, members, groups), members[0]
    folds = None if first.folds is None else first.folds[np.searchsorted(first.photo_ids, found.photo_ids)]
    return replace(found, folds=folds)


def check_members(one: Combined, ask: Ask) -> None:
    """Nothing, if these runs can be joined in this way.

    Raises:
        UserError: they cannot.
    """
    _check_number(one)
    for run_id in one.members:
        ask(run_id, "test")
    if one.method in LEARNED:
        _learned(one, ask)


def _check_number(one: Combined) -> None:
    if len(set(one.members)) < max(2, len(one.members)):
        raise UserError("Joining takes two different runs at least.", advice="Name each run once.")


def _learned(one: Combined, ask: Ask) -> list[Judged]:
    """What the members said of photos of their training, cross-validated."""
    found = []
    for run_id in one.members:
        try:
            found.append(ask(run_id, "cv"))
        except UserError as error:
            raise UserError(
                f"Run {run_id} has no cross-validated answers, so it cannot be part of “{one.name}”.",
                safe="No run was changed.",
                advice="Join it by average, or leave it out: networks that are trained whole are not cross-validated.",
            ) from error
    return found


def views_row(db: Database, run: stored.StoredRun, folder: Path, seen: InViews, number: RunId) -> Judged:
    """The run's answers in several views, as a row.

    Raises:
        UserError: it was not asked in these views. StorageError: its answers cannot be read.
    """
    path = views_file(folder, seen.views)
    names = ", ".join(seen.views.names)
    if not path.is_file():
        asking = f"fieldmark views PROJECT --run {run.id} --views {','.join(seen.views.names)} --as-row"
        raise UserError(f"Run {run.id} has not answered in these views: {names}.", advice=f"Ask it first: `{asking}`.")
    found = stored.labelled_answers(db, run, _of_run(run, read_predictions(path)))
    return Judged(
        run_id=number,
        name=f"{run.name}, {names}",
        photo_ids=found.photo_ids,
        true_classes=found.true_classes,
        class_ids=found.class_ids,
        probs=found.probs,
        members=(run.id,),
        method="views",
        recipe=from_json(run.recipe).title,
    )


def _of_run(run: stored.StoredRun, found: Predictions) -> Predictions:
    """The same, in the order of the run's columns."""
    place = {int(class_id): at for at, class_id in enumerate(found.class_ids)}
    order = [place[int(class_id)] for class_id in run.class_ids]
    return replace(found, class_ids=found.class_ids[order], probs=found.probs[:, order])


def kept_joins(db: Database) -> tuple[Combined, ...]:
    """Those that the project remembers, oldest first; none where they cannot be read."""
    try:
        return msgspec.json.decode(stored.get_setting(db, _SETTING) or "[]", type=tuple[Combined, ...])
    except msgspec.DecodeError:
        return ()


def keep_joins(db: Database, joins: Sequence[Combined]) -> None:
    """The project remembers these, inside the open transaction."""
    stored.set_setting(db, _SETTING, msgspec.json.encode(joins).decode())
