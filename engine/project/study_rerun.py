"""A study repeated from a bundle: its photos found by content, its labels and parts given, its answers held against."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import msgspec

from engine.base.errors import UserError
from engine.base.events import FoundPhoto, PhotosFound
from engine.base.fspath import to_path
from engine.base.ids import PhotoId
from engine.data.predictions import Predictions, read_predictions
from engine.data.study_bundle import BundlePhoto, BundleRun, StudyBundle
from engine.insight.repeated import Repeated, repeated
from engine.project.study_bundle import ANSWERS_FILE
from engine.recipe.group_cfg import GroupCfg
from engine.recipe.recipe import SplitCfg
from engine.recipe.study_plan import PlannedRun
from engine.store.rows import PhotoFilter

if TYPE_CHECKING:
    from engine.project.project import Project
    from engine.project.studies import StudyRun

# Heads on frozen features differ between machines by rounding alone; the steps of a network's training add it up.
FROZEN_TOLERANCE, TRAINED_TOLERANCE = 1e-4, 0.05
# The heading under which photos of the project are told which of the study's groups they are in.
GROUPS = "group of the study"
# More than these nobody reads, and they would push what is said of them off the screen.
_MOST_NAMED = 10

Outcome = Literal["identical", "within tolerance", "differs", "not repeated"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatedRun:
    """A run of the bundle and how its repetition came out. `why`: it was not repeated; else `found` is there.

    `tolerance`: largest difference of a probability that counts as the same result.
    """

    name: str
    outcome: Outcome
    tolerance: float
    accuracy_before: float | None
    accuracy_now: float | None
    found: Repeated | None = None
    why: str = ""


def matched(bundle: StudyBundle, found: Sequence[FoundPhoto]) -> tuple[FoundPhoto, ...]:
    """The file of each photo of the bundle, in its order, by content alone.

    Raises:
        UserError: the content of some photos was not found, or not as often as the study had it.
    """
    files: dict[str, list[FoundPhoto]] = defaultdict(list)
    for photo in sorted(found, key=lambda photo: photo.path, reverse=True):
        files[photo.sha256.hex()].append(photo)
    chosen, missing = [], []
    for wanted in bundle.photos:
        here = files[wanted.sha256]
        if here:
            chosen.append(here.pop())
        else:
            missing.append(wanted)
    if missing:
        raise _missing(missing, len(bundle.photos))
    return tuple(chosen)


def take_in(project: Project, bundle: StudyBundle, files: Sequence[FoundPhoto], folder: bytes) -> None:
    """The new project has the bundle's classes, photos, labels and parts, and keeps its groups together.

    Args:
        files: of `matched`, below `folder`. Their order is that of the photos' ids, on which the last bits of the
            numbers depend.
    """
    for entry in bundle.classes:
        project.classes.add(entry.name)
    session = project.photos.begin_import([folder])
    told = tuple(
        msgspec.structs.replace(file, folder_class=photo.class_name, folder_part=None)
        for file, photo in zip(files, bundle.photos, strict=True)
    )
    project.photos.ingest(PhotosFound(rows=told), session)
    project.photos.finish_import(session)
    ids = _ids(project)
    sizes = Counter(photo.group for photo in bundle.photos)
    large = [(i, str(photo.group)) for i, photo in zip(ids, bundle.photos, strict=True) if sizes[photo.group] > 1]
    project.columns.take({i: {GROUPS: group} for i, group in large}, title="Groups of the study")
    parts = {i: photo.part for i, photo in zip(ids, bundle.photos, strict=True)}
    project.splits.adopt_parts(rerun_plan(bundle), parts)


def is_empty(project: Project) -> bool:
    """Whether nothing has been taken into the project yet."""
    return not project.browse.counts().n_photos and not project.browse.classes()


def refuse_another(project: Project, bundle: StudyBundle) -> None:
    """The project is one that `take_in` has filled from this bundle.

    Raises:
        UserError: it has other photos, or divides them otherwise.
    """
    contents = [row.sha256.hex() for row in project.browse.rows(_ids(project))]
    if contents != [photo.sha256 for photo in bundle.photos] or project.splits.plan() != rerun_plan(bundle):
        raise UserError(
            f"The project {project.name} holds other photos than this study, or divides them otherwise.",
            safe="It is unchanged, and nothing was trained.",
            advice="Name a project that is not there yet.",
        )


def rerun_plan(bundle: StudyBundle) -> SplitCfg:
    """The bundle's plan for dividing, its groups by number: why photos belong together was found out once."""
    return msgspec.structs.replace(bundle.split, groups=GroupCfg(copies=False, bursts=False, columns=GROUPS))


def planned_again(bundle: StudyBundle) -> tuple[PlannedRun, ...]:
    """The runs whose answers the bundle has."""
    return tuple(
        PlannedRun(row=run.row, name=run.name, recipe=run.recipe, fold=run.fold, variant=run.variant)
        for run in bundle.runs
        if run.answers
    )


def outcomes(
    project: Project,
    bundle: StudyBundle,
    answers: Mapping[str, Predictions],
    found: Sequence[StudyRun],
    tolerance: float | None = None,
) -> tuple[RepeatedRun, ...]:
    """How each run of the bundle came out, also those that it has no answers of.

    Args:
        found: of `planned_again`, how far they are. tolerance: of all runs; None: that of their kind.
    Raises:
        StorageError: what a run said cannot be read.
    """
    ids = {photo.photo: int(i) for photo, i in zip(bundle.photos, _ids(project), strict=True)}
    states = {one.planned.name: one for one in found}
    return tuple(_outcome(run, states.get(run.name), answers.get(run.answers), ids, tolerance) for run in bundle.runs)


def _outcome(
    run: BundleRun,
    now: StudyRun | None,
    before: Predictions | None,
    ids: Mapping[int, int],
    tolerance: float | None,
) -> RepeatedRun:
    allowed = tolerance
    if allowed is None:
        allowed = FROZEN_TOLERANCE if run.recipe.training is None else TRAINED_TOLERANCE
    if now is None or before is None or now.run is None or now.state != "done":
        why = run.why or f"the study had it as {run.state}" if now is None else now.why or now.state
        return _told(run, "not repeated", allowed, why=why)
    found = repeated(before, read_predictions(to_path(now.run.folder) / ANSWERS_FILE), ids)
    if found is None:
        return _told(run, "differs", allowed, now=now.run.accuracy, why="it answered for other photos or classes")
    near: Outcome = "within tolerance" if found.largest <= allowed else "differs"
    return _told(run, "identical" if found.identical else near, allowed, now=now.run.accuracy, found=found)


def _told(
    run: BundleRun,
    outcome: Outcome,
    tolerance: float,
    *,
    now: float | None = None,
    found: Repeated | None = None,
    why: str = "",
) -> RepeatedRun:
    return RepeatedRun(
        name=run.name,
        outcome=outcome,
        tolerance=tolerance,
        accuracy_before=run.accuracy,
        accuracy_now=now,
        found=found,
        why=why,
    )


def _ids(project: Project) -> list[PhotoId]:
    """In the order in which the photos came in."""
    return [PhotoId(int(i)) for i in sorted(project.browse.ids(PhotoFilter()))]


def _missing(missing: Sequence[BundlePhoto], n: int) -> UserError:
    of_test = sum(photo.part == "test" for photo in missing)
    listed = "\n".join(f"{photo.sha256}  {photo.part}  {photo.class_name}" for photo in missing[:_MOST_NAMED])
    if len(missing) > _MOST_NAMED:
        listed += f"\nand {len(missing) - _MOST_NAMED:,} more"
    return UserError(
        f"{len(missing):,} of the study's {n:,} photos are not in that folder, {of_test:,} of them test photos.",
        safe="Nothing was made and nothing was trained: with fewer photos its numbers would be others.",
        advice="Name the folder with the photos as they were: files that were changed or stored anew have another "
        "content.",
        details=listed,
    )
