"""Both sides of P6: ResNet-50 on photos that stay on the GPU, and on tensors there; needs a GPU unless `--small`."""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

import msgspec
import numpy as np
import torch

from benchmarks.ours.finetune import synthetic_rate
from engine.base.dirs import machine_dir
from engine.base.events import AnyEvent, Epoch
from engine.base.stop import StopToken
from engine.nets.network import build_network
from engine.predict.variants import drawn_photos
from engine.recipe.head_cfg import DenseHeadCfg
from engine.recipe.model_cfg import BackboneCfg
from engine.recipe.recipe import InputCfg, Recipe
from engine.recipe.training_cfg import StageCfg, TrainingCfg
from engine.train.data import Labelled, Photos
from engine.train.learner import Learner
from engine.train.loop import Fit
from engine.train.variant import train_variant

N_PHOTOS, N_CLASSES, BATCH, SIZE = 9000, 10, 128, 224
# For the small way: enough for two steps.
N_SMALL, SMALL_BATCH, SMALL_SIZE = 12, 8, 32
N_DRAWN = 60


def main() -> int:
    """Print photos a second of the second epoch and of steps on tensors; returns 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="few small photos and a ResNet-18, on any device")
    small = parser.parse_args().small
    if not (small or torch.cuda.is_available()):
        print(json.dumps({"skipped": "there is no GPU here"}))
        return 0
    n, batch, size = (N_SMALL, SMALL_BATCH, SMALL_SIZE) if small else (N_PHOTOS, BATCH, SIZE)
    training = TrainingCfg(stages=(StageCfg(epochs=2, lr=1e-4),), batch=batch)
    # What the weights are makes no difference to how fast they change.
    body = BackboneCfg(backbone="timm/resnet18" if small else "timm/resnet50", weights="none")
    recipe = Recipe(input=InputCfg(size=size), model=body, head=DenseHeadCfg(), training=training)
    drawn = drawn_photos(min(n, N_DRAWN), size)
    data = np.concatenate([drawn] * -(-n // len(drawn)))[:n]
    rows = np.arange(n, dtype=np.int64)
    labelled = Labelled(rows=rows, columns=(rows % N_CLASSES).astype(np.int32))
    judged = Labelled(rows=rows[:8], columns=labelled.columns[:8])
    network = build_network(recipe, N_CLASSES, library=None, seed=0)
    variant = train_variant(network, size, msgspec.json.encode(body).decode(), machine_dir())
    seconds: list[float] = []

    def hear(event: AnyEvent) -> None:
        if isinstance(event, Epoch) and event.part == "train":
            seconds.append(event.seconds)

    with tempfile.TemporaryDirectory() as name:
        photos = Photos(data, variant.device)
        Fit(
            network,
            recipe,
            photos,
            labelled,
            judged,
            folder=Path(name),
            variant=variant,
            tell=hear,
            stop=StopToken(),
        ).run(resume=False)
    fresh = build_network(recipe, N_CLASSES, library=None, seed=0)
    learner = Learner(fresh, training, variant, weights=None, on_short=lambda micro: None)
    limit = synthetic_rate(learner, training, size)
    print(json.dumps({"n": n, "ours": n / seconds[1], "synthetic": limit, "variant": variant.name}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
