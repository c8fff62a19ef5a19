"""Our side of P5: CIFAR-10 from scratch through the product's own engine, some seeds; needs a GPU unless `--small`."""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import tarfile
import tempfile
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
from engine.recipe.head_cfg import DenseHeadCfg
from engine.recipe.model_cfg import BuiltCfg, blocks
from engine.recipe.recipe import InputCfg, Recipe
from engine.recipe.training_cfg import AugmentCfg, OptimCfg, ScheduleCfg, StageCfg, StoppingCfg, TrainingCfg
from engine.train.data import Labelled, Photos
from engine.train.judge import judge, logits_of
from engine.train.loop import Fit
from engine.train.pixels import Pixels, decode_all
from engine.train.variant import TrainVariant, train_variant

RECIPE = Recipe(
    title="CIFAR-10 from scratch",
    input=InputCfg(size=32, views="flip"),
    model=BuiltCfg(layers=blocks((64, 128, 256), convs=2, norm=True)),
    head=DenseHeadCfg(pool="flatten"),
    training=TrainingCfg(
        stages=(StageCfg(epochs=10, lr=0.2),),
        batch=512,
        augment=AugmentCfg(flip_h=0.5, shift=0.06),
        optim=OptimCfg(name="sgd", weight_decay=5e-4),
        schedule=ScheduleCfg(kind="one_cycle", warmup=0.2),
        stopping=StoppingCfg(restore_best=False),
        imbalance="none",
        smoothing=0.1,
        ema=0.99,
    ),
)
N_SEEDS, N_SMALL_SEEDS = 5, 2
# Photos of each class and part that the small way takes.
N_SMALL = 12
# The epochs are judged by so few photos, because judging is no part of what is measured.
N_JUDGED = 10


def main() -> int:
    """Print accuracy and seconds of training of each seed; returns 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("archive", type=Path, help="cifar10.tar.gz: train and test, a folder a class")
    parser.add_argument("--small", action="store_true", help="few photos, one epoch, on any device")
    args = parser.parse_args()
    if not (args.small or torch.cuda.is_available()):
        print(json.dumps({"skipped": "there is no GPU here"}))
        return 0
    recipe = _shortened(RECIPE) if args.small else RECIPE
    with tempfile.TemporaryDirectory() as folder_name:
        folder = Path(folder_name)
        pixels, train, test = _photos(args.archive, folder, recipe, N_SMALL if args.small else 0)
        network = build_network(recipe, 10, library=None, seed=0)
        variant = train_variant(network, recipe.input.size, "P5", machine_dir())
        photos = Photos(pixels.data, variant.device)
        seeds = range(N_SMALL_SEEDS if args.small else N_SEEDS)
        found = [_trained(recipe, seed, photos, train, test, folder, variant) for seed in seeds]
    accuracies, seconds = zip(*found, strict=True)
    print(json.dumps({"n": len(train.rows), "accuracies": accuracies, "seconds": seconds, "variant": variant.name}))
    return 0


def _shortened(recipe: Recipe) -> Recipe:
    training = msgspec.structs.replace(recipe.training, stages=(StageCfg(epochs=1, lr=0.01),), batch=32)
    return msgspec.structs.replace(recipe, training=training)


def _photos(archive: Path, folder: Path, recipe: Recipe, n_most: int) -> tuple[Pixels, Labelled, Labelled]:
    """All photos decoded, those to learn from and those to test; `n_most` of each class and part, 0 = all."""
    with tarfile.open(archive) as tar:
        tar.extractall(folder / "photos", filter="data")
    sets = []
    for part in ("train", "test"):
        classes = sorted(path for path in (folder / "photos" / part).iterdir() if path.is_dir())
        files = [(f, at) for at, path in enumerate(classes) for f in sorted(path.iterdir())[: n_most or None]]
        sets.append(
            [(Photo(path=os.fsencode(f), sha256=hashlib.sha256(f.read_bytes()).digest()), at) for f, at in files]
        )
    wanted = [photo for one in sets for photo, _ in one]
    pixels = decode_all(folder / "pixels", wanted, recipe.input, Meter(lambda e: None, "", 0), StopToken())
    train, test = (
        Labelled(
            rows=np.array([pixels.row_of[photo.sha256] for photo, _ in one if photo.sha256], dtype=np.int64),
            columns=np.array([at for _, at in one], dtype=np.int32),
        )
        for one in sets
    )
    return pixels, train, test


def _trained(
    recipe: Recipe, seed: int, photos: Photos, train: Labelled, test: Labelled, folder: Path, variant: TrainVariant
) -> tuple[float, float]:
    """Accuracy on the test photos, and seconds of training."""
    recipe = msgspec.structs.replace(recipe, seed=seed)
    own = folder / str(seed)
    own.mkdir()
    seconds = []

    def hear(event: AnyEvent) -> None:
        if isinstance(event, Epoch) and event.part == "train":
            seconds.append(event.seconds)

    judged = Labelled(rows=train.rows[:N_JUDGED], columns=train.columns[:N_JUDGED])
    network = build_network(recipe, 10, library=None, seed=seed)
    fit = Fit(network, recipe, photos, train, judged, folder=own, variant=variant, tell=hear, stop=StopToken())
    trained = variant.place(fit.run(resume=False))
    logits = logits_of(trained, photos, test.rows, 10, mirrored=True)
    return judge(logits, test).accuracy, sum(seconds)


if __name__ == "__main__":
    raise SystemExit(main())
