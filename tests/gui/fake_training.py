"""A training job that leaves what a real one leaves, with mistakes where the test wants them."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
from pytestqt.qtbot import QtBot

from engine.base.events import AnyEvent, Checkpointed, Epoch, NetworkReady, Step, encode
from engine.base.ids import RunId
from engine.data.manifest import ManifestPhoto, read_manifest
from engine.data.predictions import NO_FOLD, Predictions, write_predictions
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
                folds=np.array(
                    [NO_FOLD if photo.part == "test" else at % 3 for at, photo in enumerate(manifest.photos)], np.int16
                ),
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
    epochs: int = 0,
    recipe: Recipe | None = None,
) -> RunId:
    """A finished run of such a model; with epochs it left curves."""
    leave = model(wrong)

    def script(spec: AnySpec) -> list[AnyEvent]:
        if epochs and isinstance(spec, TrainSpec):
            leave_history(spec.run_folder, history(epochs, best=epochs))
        return leave(spec)

    runners.scripted.script = script
    run = TrainingRun(application.session, recipe or Recipe(), name=name, start_from=start_from)
    with qtbot.waitSignal(run.ended, timeout=10_000) as caught:
        pass
    wait_quiet(qtbot, application)
    run_id: RunId = caught.args[0]
    return run_id


def network_ready(*, n_epochs: int = 10, n_steps: int = 10) -> NetworkReady:
    """A network of the studies' size."""
    return NetworkReady(
        title="Small network",
        n_parameters=184_004,
        n_buffers=12,
        device="cpu",
        variant="float32",
        n_epochs=n_epochs,
        n_steps_per_epoch=n_steps,
    )


def step(number: int, *, n_steps: int = 10, loss: float = 1.0, seconds_left: float | None = 90.0) -> Step:
    """A step of training, told at once."""
    return Step(
        step=number,
        epoch=number / n_steps,
        loss=loss,
        lr=0.001,
        images_per_s=142.0,
        memory_bytes=1_200_000_000,
        seconds_left=seconds_left,
    )


def epoch(number: int, *, loss: float, accuracy: float, stage: int = 1) -> list[AnyEvent]:
    """What is told when an epoch is over: its training, then its validation."""
    train = Epoch(
        epoch=number, stage=stage, part="train", n=80, loss=loss + 0.1, accuracy=accuracy, macro_f1=None,
        seconds=20.0, lr=0.001,
    )  # fmt: skip
    val = Epoch(
        epoch=number, stage=stage, part="val", n=20, loss=loss, accuracy=accuracy, macro_f1=accuracy, seconds=4.0,
        lr=0.001,
    )  # fmt: skip
    return [train, val]


def history(n_epochs: int = 4, *, best: int = 3, n_steps: int = 10) -> list[AnyEvent]:
    """All a training of a network tells; it learns until `best`, then gets worse on the validation photos."""
    events: list[AnyEvent] = [network_ready(n_epochs=n_epochs, n_steps=n_steps)]
    for number in range(1, n_epochs + 1):
        first = (number - 1) * n_steps
        events += [step(first + k, n_steps=n_steps, loss=2.0 / number) for k in range(1, n_steps + 1)]
        events += epoch(number, loss=1.0 + abs(number - best) / 10, accuracy=0.5 + number / 20)
        events.append(Checkpointed(epoch=number, step=number * n_steps, is_best=number <= best))
    return events


def leave_history(folder: bytes, events: list[AnyEvent]) -> None:
    """The file of events that a training leaves."""
    (Path(os.fsdecode(folder)) / "metrics.jsonl").write_bytes(b"".join(encode(event) + b"\n" for event in events))
