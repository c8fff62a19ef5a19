"""Both sides of P4: epochs of fine-tuning on real files, and the same network learning from tensors in memory."""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tempfile
import time
from pathlib import Path

import msgspec
import numpy as np
import torch

from engine.base.dirs import machine_dir
from engine.base.events import AnyEvent, Epoch
from engine.base.meter import Meter
from engine.base.stop import StopToken
from engine.nets.network import build_network
from engine.predict.features import Photo
from engine.recipe.presets import FINE_TUNE
from engine.recipe.training_cfg import StageCfg, TrainingCfg
from engine.train.data import Labelled, Photos
from engine.train.learner import Learner
from engine.train.loop import Fit
from engine.train.losses import targets_of
from engine.train.pixels import decode_all
from engine.train.record import Record
from engine.train.variant import train_variant

N_CLASSES = 10
N_SYNTHETIC = 12


def main(listing: Path) -> None:
    """Two epochs on the listed photos, then steps on tensors; prints seconds, photos and the variant."""
    assert FINE_TUNE.training is not None
    training = msgspec.structs.replace(FINE_TUNE.training, stages=(StageCfg(epochs=2, lr=1e-4),))
    recipe = msgspec.structs.replace(FINE_TUNE, training=training)
    files = listing.read_text("utf-8").splitlines()
    photos = [Photo(path=os.fsencode(f), sha256=hashlib.sha256(Path(f).read_bytes()).digest()) for f in files]
    with tempfile.TemporaryDirectory() as folder_name:
        folder = Path(folder_name)
        network = build_network(recipe, N_CLASSES, library=None, seed=0)
        variant = train_variant(network, recipe.input.size, "benchmark", machine_dir())
        begin = time.perf_counter()
        pixels = decode_all(folder / "pixels", photos, recipe.input, Meter(lambda e: None, "", 0), StopToken())
        decoding = time.perf_counter() - begin
        rows = np.arange(len(pixels.row_of), dtype=np.int64)
        labelled = Labelled(rows=rows, columns=(rows % N_CLASSES).astype(np.int32))
        judged = Labelled(rows=rows[:8], columns=labelled.columns[:8])
        seconds: list[float] = []

        def hear(event: AnyEvent) -> None:
            if isinstance(event, Epoch) and event.part == "train":
                seconds.append(event.seconds)

        with Record(folder, hear, append=False) as record:
            Fit(
                network,
                recipe,
                Photos(pixels.data, variant.device),
                labelled,
                judged,
                folder=folder,
                variant=variant,
                tell=record.tell,
                stop=StopToken(),
            ).run(resume=False)
        fresh = build_network(recipe, N_CLASSES, library=None, seed=0)
        synthetic = synthetic_rate(
            Learner(fresh, training, variant, weights=None, on_short=lambda n: None), training, recipe.input.size
        )
    print(
        json.dumps(
            {
                "n": len(rows),
                "decoding": decoding,
                "first": seconds[0],
                "second": seconds[1],
                "synthetic": synthetic,
                "variant": variant.name,
            }
        )
    )


def synthetic_rate(learner: Learner, training: TrainingCfg, size: int) -> float:
    """Photos a second of the same steps on tensors that are there already."""
    learner.begin_stage(training.stages[0])
    learner.train_mode(training.stages[0])
    x = torch.rand(training.batch, 3, size, size) * 255
    targets = targets_of(torch.arange(training.batch) % N_CLASSES, N_CLASSES, 0.0)
    x, targets = x.to(next(learner.network.parameters()).device), targets.to(next(learner.network.parameters()).device)
    learner.learn(x, targets, 0)
    begin = time.perf_counter()
    for step in range(N_SYNTHETIC):
        learner.learn(x, targets, step + 1)
    return N_SYNTHETIC * training.batch / (time.perf_counter() - begin)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
