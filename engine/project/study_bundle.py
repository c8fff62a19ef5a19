"""A study written down so that it can be repeated elsewhere: what was planned, what was seen, what was said."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from engine.base.errors import StorageError, UserError
from engine.base.fspath import to_path
from engine.data.machine import machine_facts
from engine.data.manifest import Manifest, read_manifest
from engine.data.study_bundle import BundlePhoto, BundleRun, StudyBundle, write_bundle
from engine.insight.comparison import Comparison
from engine.insight.curve_files import trained_in
from engine.recipe.recipe import from_json
from engine.recipe.study_plan import StudyPlan

if TYPE_CHECKING:
    from engine.project.project import Project
    from engine.project.studies import StudyRun

MANIFEST_FILE = "manifest.msgpack"
ANSWERS_FILE = "predictions.npz"


def save_bundle(
    project: Project, plan: StudyPlan, found: Sequence[StudyRun], compared: Comparison | None, out: Path
) -> StudyBundle:
    """`out` holds the study without its photos; what is done is written with its answers.

    Args:
        found: all planned runs. compared: the table, None while fewer than two runs are done.
    Raises:
        UserError: no run is done. StorageError: a file cannot be read or written.
    """
    first = next((one.run for one in found if one.state == "done" and one.run is not None), None)
    if first is None:
        raise UserError(
            "No run of this study is done, so there is nothing to repeat yet.",
            safe="Nothing was written.",
            advice="`fieldmark study run` carries it out.",
        )
    seen = read_manifest(to_path(first.folder) / MANIFEST_FILE)
    runs, answers = [], {}
    for number, one in enumerate(found, start=1):
        # All that are done were divided alike, so that they can be repeated from this one list of photos.
        is_here = one.state == "done" and one.run is not None
        member = f"answers/{number}.npz" if is_here else ""
        if is_here and one.run is not None:
            answers[member] = _read(to_path(one.run.folder) / ANSWERS_FILE)
        runs.append(_run(project, one, member))
    bundle = StudyBundle(
        project=project.name,
        made_on=date.today().isoformat(),
        plan=plan,
        split=from_json(first.recipe).split.whole,
        classes=seen.classes,
        photos=_photos(seen, in_folds=bool(plan.folds)),
        runs=tuple(runs),
        machine=machine_facts(project.folder),
    )
    write_bundle(out, bundle, _results(compared), answers)
    return bundle


def _photos(seen: Manifest, *, in_folds: bool) -> tuple[BundlePhoto, ...]:
    """`in_folds`: each photo teaches in some runs and is tested in another; the locked test photos are not seen."""
    return tuple(
        BundlePhoto(
            photo=photo.photo_id,
            sha256=photo.sha256.hex(),
            class_name=seen.classes[photo.class_no].name,
            part="train" if in_folds else photo.part,
            group=photo.group,
        )
        for photo in seen.photos
    )


def _run(project: Project, one: StudyRun, member: str) -> BundleRun:
    run = one.run
    return BundleRun(
        row=one.planned.row,
        name=one.planned.name,
        recipe=project.studies.recipe_of(one.planned),
        state=one.state,
        why=one.why,
        answers=member,
        n=0 if run is None else run.n,
        accuracy=None if run is None else run.accuracy,
        minutes=one.minutes,
        versions={} if run is None else project.runs.versions(run.id),
        fold=one.planned.fold,
        variant="" if run is None else trained_in(to_path(run.folder)),
    )


def _results(compared: Comparison | None) -> bytes:
    """The table as JSON; `null` where there is none."""
    return msgspec.json.format(msgspec.json.encode(compared), indent=1)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise StorageError(
            "What a run of this study said could not be read.",
            safe="Nothing was written.",
            advice="Train that run again.",
            details=repr(error),
        ) from error
