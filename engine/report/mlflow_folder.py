"""Runs as a folder that MLflow reads: their choices, their measures by epoch and step, and what each stands on.

The layout is that of MLflow's store of files (`mlflow.store.tracking.file_store`), which is no longer changed. MLflow 2
shows it as it is, MLflow 3 where `MLFLOW_ALLOW_FILE_STORE=true` is set, or after `mlflow migrate-filestore`.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.base.errors import UserError

_STATUS = {"finished": 3, "failed": 4}
_KILLED, _LOCAL_SOURCE = 5, 4
# What MLflow refuses in names, and the longest texts it takes.
_REFUSED = re.compile(r"[^\w\-. :/]")
_MOST_PARAM, _MOST_TAG = 6000, 8000


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """`name` with `/` between its parts; `at`: milliseconds since 1970; `step`: of the training, or its epoch."""

    name: str
    value: float
    at: int
    step: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MlflowRun:
    """A run. `key`: 32 hexadecimal digits of its own. `state`: as of `engine.store.rows.RunRow`.

    `began`, `ended`: milliseconds since 1970. `choices`: of its recipe, by place. `tags`: what it stands on.
    """

    key: str
    name: str
    state: str
    began: int
    ended: int
    choices: Mapping[str, str]
    tags: Mapping[str, str]
    measures: tuple[Measure, ...]


def write_mlflow(folder: Path, experiment: str, runs: Iterable[MlflowRun]) -> None:
    """`folder`, which is made, holds an experiment of that name with these runs; those in it are written anew.

    Raises:
        UserError: the folder cannot be written to.
    """
    key = str(int(hashlib.sha256(experiment.encode()).hexdigest()[:15], 16))
    inside = folder.absolute() / key
    try:
        inside.mkdir(parents=True, exist_ok=True)
        facts = {"artifact_location": inside.as_uri(), "experiment_id": key, "lifecycle_stage": "active"}
        _write_meta(inside, {**facts, "name": experiment})
        for run in runs:
            _write_run(inside / run.key, key, run)
    except OSError as error:
        raise UserError(
            f"{folder.name} could not be written.",
            advice="Choose a folder you may write to, on a disk with free space.",
            details=repr(error),
        ) from error


def _write_run(folder: Path, experiment: str, run: MlflowRun) -> None:
    (folder / "artifacts").mkdir(parents=True, exist_ok=True)
    facts: dict[str, str | int | list[str]] = {
        "artifact_uri": (folder / "artifacts").as_uri(),
        "end_time": run.ended,
        "entry_point_name": "",
        "experiment_id": experiment,
        "lifecycle_stage": "active",
        "run_id": run.key,
        "run_name": run.name,
        "source_name": "",
        "source_type": _LOCAL_SOURCE,
        "source_version": "",
        "start_time": run.began,
        "status": _STATUS.get(run.state, _KILLED),
        "tags": [],
        "user_id": "",
    }
    _write_meta(folder, facts)
    for name, text in run.choices.items():
        _write(folder / "params" / _named(name), " ".join(text.split())[:_MOST_PARAM])
    for name, text in {"mlflow.runName": run.name, "mlflow.source.name": "Fieldmark", **run.tags}.items():
        _write(folder / "tags" / _named(name), text[:_MOST_TAG])
    for name in dict.fromkeys(measure.name for measure in run.measures):
        lines = (f"{one.at} {one.value!r} {one.step}\n" for one in run.measures if one.name == name)
        _write(folder / "metrics" / _named(name), "".join(lines))


def _named(name: str) -> str:
    """A place of a recipe as MLflow lets it be called: `training.stages[1].lr` is `training.stages.1.lr`."""
    return _REFUSED.sub("_", name.replace("[", ".").replace("]", ""))


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


def _write_meta(folder: Path, facts: Mapping[str, str | int | list[str]]) -> None:
    """`meta.yaml`: what JSON calls a text, YAML does too."""
    lines = (f"{name}: {json.dumps(value, ensure_ascii=False)}\n" for name, value in facts.items())
    _write(folder / "meta.yaml", "".join(lines))
