"""A study as one file from which it can be repeated: a zip with everything but the photos, none of it a program.

| member | what |
| --- | --- |
| `study.json` | plan, classes, photos by content with class, part and group, recipes, scores, versions |
| `plan.toml` | the plan, to read and to change |
| `results.json` | the table of the compared runs, photos by their numbers in `study.json` |
| `answers/1.npz`, ... | what each finished run said, as its `predictions.npz` |
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

import msgspec

from engine.base.errors import DamagedInput, StorageError
from engine.base.files import atomic_open
from engine.data.machine import MachineFacts
from engine.data.manifest import ManifestClass, Part
from engine.data.predictions import Predictions, decode_predictions
from engine.recipe.bounds import out_of_bounds
from engine.recipe.fold_cfg import FoldCfg
from engine.recipe.recipe import Recipe, SplitCfg
from engine.recipe.study_plan import MAX_RUNS, StudyPlan, plan_to_toml

FORMAT = 1
STUDY_FILE, PLAN_FILE, RESULTS_FILE = "study.json", "plan.toml", "results.json"
# A member larger than this is none of ours: ten million photos, or as many answers of a hundred classes.
_MOST_BYTES = 4 << 30
# What zipfile, zlib and the decoders raise for files that are not what they claim.
_UNREADABLE = (
    OSError, KeyError, ValueError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error, msgspec.DecodeError,
    StorageError,
)  # fmt: skip
# Every entry has one date, so that equal studies give equal files.
_DATE = (1980, 1, 1, 0, 0, 0)


class BundlePhoto(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A photo by its content (hex SHA-256), as the runs saw it.

    `photo`: its number in the answers. `group`: photos of equal number stay on one side.
    """

    photo: int
    sha256: str
    class_name: str
    part: Part
    group: int


class BundleRun(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A planned run with its whole recipe, and what came of it.

    `state`, `why`: as of `engine.project.studies.StudyRun`. `answers`: member with what it said, empty unless it is
    done. `n`, `accuracy`: test photos, and the share right. `versions`: of what made it. `fold`: which it tests, in a
    study in folds. `variant`: the way of computing in which its network was trained.
    """

    row: str
    name: str
    recipe: Recipe
    state: str
    why: str = ""
    answers: str = ""
    n: int = 0
    accuracy: float | None = None
    minutes: float | None = None
    versions: dict[str, str] = {}
    fold: FoldCfg | None = None
    variant: str = ""


class StudyBundle(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All that `study.json` says. `photos`: in the order in which the runs saw them; `split`: the plan of the parts."""

    format: int = FORMAT
    project: str
    made_on: str
    plan: StudyPlan
    split: SplitCfg
    classes: tuple[ManifestClass, ...]
    photos: tuple[BundlePhoto, ...]
    runs: tuple[BundleRun, ...]
    machine: MachineFacts


def write_bundle(path: Path, bundle: StudyBundle, results: bytes, answers: Mapping[str, bytes]) -> None:
    """The file holds the study, atomically.

    Args:
        results: JSON of the table. answers: content of each member that `bundle` names.
    Raises:
        StorageError: the disk refused.
    """
    members = {
        STUDY_FILE: msgspec.json.format(msgspec.json.encode(bundle), indent=1),
        PLAN_FILE: plan_to_toml(bundle.plan).encode(),
        RESULTS_FILE: results,
        **answers,
    }
    with atomic_open(path) as out, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name, _DATE), data, zipfile.ZIP_DEFLATED)


def read_bundle(path: Path) -> tuple[StudyBundle, dict[str, Predictions]]:
    """The study a file holds, and the answers by member.

    Raises:
        DamagedInput: the file is missing or holds no study.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            bundle = msgspec.json.decode(_member(archive, STUDY_FILE), type=StudyBundle)
            _check(bundle)
            names = [run.answers for run in bundle.runs if run.answers]
            return bundle, {name: decode_predictions(_member(archive, name)) for name in names}
    except _UNREADABLE as error:
        raise DamagedInput(
            "damaged",
            f"{path.name} could not be read as a study.",
            safe="Nothing was made and nothing was trained.",
            advice="Choose a file that `fieldmark study bundle` wrote, and copy it again if it is one.",
            details=repr(error),
        ) from error


def _member(archive: zipfile.ZipFile, name: str) -> bytes:
    if archive.getinfo(name).file_size > _MOST_BYTES:
        raise ValueError(f"{name} is too large")
    return archive.read(name)


def _check(bundle: StudyBundle) -> None:
    names = {entry.name for entry in bundle.classes}
    wrong = {
        "format": bundle.format != FORMAT,
        "runs": not 0 < len(bundle.runs) <= MAX_RUNS,
        "classes": len(names) != len(bundle.classes),
        "class of a photo": any(photo.class_name not in names for photo in bundle.photos),
        "content of a photo": any(len(bytes.fromhex(photo.sha256)) != 32 for photo in bundle.photos),
        "numbers of photos": len({photo.photo for photo in bundle.photos}) != len(bundle.photos),
        "recipe": any(out_of_bounds(run.recipe) for run in bundle.runs),
    }
    for what, is_wrong in wrong.items():
        if is_wrong:
            raise ValueError(what)
