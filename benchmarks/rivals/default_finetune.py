"""The rival of P2 and P3: fastai's default fine-tuning, 1 epoch frozen and 3 unfrozen, of the same backbone."""

from __future__ import annotations

import json
import sys
import time
import warnings
from pathlib import Path

import torch
from fastai.vision.all import (
    CrossEntropyLossFlat,
    ImageDataLoaders,
    Learner,
    Resize,
    accuracy,
    aug_transforms,
)
from torch import nn

from engine.nets.backbones import load_classifier


def main(folder: Path) -> None:
    """Fine-tune on the class folders below `folder` and print seconds and accuracy on the random fifth held out."""
    warnings.filterwarnings("ignore")
    begin = time.perf_counter()
    loaders = ImageDataLoaders.from_folder(
        folder,
        valid_pct=0.2,
        seed=0,
        bs=64,
        num_workers=2,
        item_tfms=Resize(460),
        batch_tfms=aug_transforms(size=224),
    )
    network = load_classifier("efficientnet_lite0").net
    network.reset_classifier(loaders.c)
    learner = Learner(
        loaders,
        network,
        loss_func=CrossEntropyLossFlat(),
        metrics=accuracy,
        splitter=_body_and_head,
    )
    learner.freeze()
    with learner.no_bar(), learner.no_logging():
        learner.fine_tune(3)
    _loss, score = learner.validate()
    n = len(loaders.valid_ds)
    print(json.dumps({"seconds": time.perf_counter() - begin, "accuracy": float(score), "n": n}))


def _body_and_head(network: nn.Module) -> list[list[torch.nn.Parameter]]:
    head = list(network.get_classifier().parameters())
    known = {id(p) for p in head}
    return [[p for p in network.parameters() if id(p) not in known], head]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
