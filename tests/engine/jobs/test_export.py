"""Saving a model as a file."""

from pathlib import Path

import numpy as np
import pytest

from engine.base.errors import StorageError
from engine.base.events import ResultReady
from engine.base.fspath import to_bytes
from engine.base.stop import StopToken
from engine.jobs import export, measure
from engine.jobs.spec import ExportSpec, MeasureSpec
from engine.nets.bundle import read_bundle
from engine.nets.model_file import read_model
from tests.helpers.learning import TINY, Heard


def test_the_file_holds_the_model_of_the_run(trained: Path, tmp_path: Path) -> None:
    heard = Heard()
    out = tmp_path / "a.fieldmark-model"
    export.run(
        ExportSpec(run_folder=to_bytes(trained / "run"), out=to_bytes(out), card="# Drawings"), heard, StopToken()
    )
    saved, run = read_bundle(out), read_model(trained / "run")
    assert saved.info == run.info
    assert np.array_equal(saved.head.weights, run.head.weights)
    assert heard[-1] == ResultReady(kind="bundle", path=to_bytes(out))


def test_a_run_without_a_model_is_told_and_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(StorageError):
        export.run(ExportSpec(run_folder=to_bytes(tmp_path), out=to_bytes(tmp_path / "out")), Heard(), StopToken())
    assert list(tmp_path.iterdir()) == []


def test_getting_ready_where_all_is_known_says_nothing(machine: Path) -> None:
    heard = Heard()
    measure.run(MeasureSpec(recipe=TINY, machine=to_bytes(machine)), heard, StopToken())
    assert heard == []
