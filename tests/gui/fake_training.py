"""A training job that leaves what a real one leaves, with mistakes where the test wants them."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
from pytestqt.qtbot import QtBot

from engine.base.events import AnyEvent
from engine.base.ids import RunId
from engine.data.manifest import ManifestPhoto, read_manifest
from engine.data.predictions import Predictions, write_predictions
from engine.jobs.spec import AnySpec, TrainSpec
from engine.recipe.recipe import Recipe
from gui.app import Application
from gui.core.training import TrainingRun
from tests.gui.fake_runner import TestRunners
from tests.gui.helpers import wait_quiet

Wrong = Callable[[ManifestPhoto], bool]


def nothing_wrong(photo: ManifestPhoto) -> bool:
    return False


def model(wrong: Wrong = nothing_wrong) -> Callable[[AnySpec], list[AnyEvent]]:
    """A script for the fake runner: right with 0.9, or `wrong` with 0.8 for the next class."""

    def leave(spec: AnySpec) -> list[AnyEvent]:
        assert isinstance(spec, TrainSpec)
        manifest = read_manifest(Path(os.fsdecode(spec.manifest)))
        k, n = len(manifest.classes), len(manifest.photos)
        probs = np.empty((n, k), np.float32)
        for at, photo in enumerate(manifest.photos):
            top_p = 0.8 if wrong(photo) else 0.9
            probs[at] = (1 - top_p) / (k - 1)
            probs[at, (photo.class_no + wrong(photo)) % k] = top_p
        write_predictions(
            Path(os.fsdecode(spec.run_folder)) / "predictions.npz",
            Predictions(
                class_ids=np.array([entry.class_id for entry in manifest.classes], np.int64),
                photo_ids=np.array([photo.photo_id for photo in manifest.photos], np.int64),
                parts=np.array([photo.part != "test" for photo in manifest.photos], np.uint8),
                true_columns=np.array([photo.class_no for photo in manifest.photos], np.int32),
                probs=probs,
            ),
        )
        return []

    return leave


def train(
    qtbot: QtBot,
    application: Application,
    runners: TestRunners,
    wrong: Wrong = nothing_wrong,
    *,
    name: str = "",
    start_from: RunId | None = None,
) -> RunId:
    """A finished run of such a model."""
    runners.scripted.script = model(wrong)
    run = TrainingRun(application.session, Recipe(), name=name, start_from=start_from)
    with qtbot.waitSignal(run.ended, timeout=10_000) as caught:
        pass
    wait_quiet(qtbot, application)
    run_id: RunId = caught.args[0]
    return run_id
