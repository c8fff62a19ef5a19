"""`python -m benchmarks.classic FOLDER`: how good classic classifiers are on frozen features.

5-fold cross-validated accuracy, log loss after the temperature, and seconds of each method with its defaults, exact
copies always on one side. The table of docs/decisions/0007-classic-classifiers.md.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np

from benchmarks.quick_recipe import features_of_files, labelled_files
from engine.base.stop import StopToken
from engine.nets.heads import log_softmax, normalise
from engine.recipe.head_cfg import ClassicCfg
from engine.recipe.presets import CLASSIC
from engine.recipe.recipe import InputCfg
from engine.train.classic import train_classic


def main() -> int:
    """Print one row for each method; returns 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="folder of class folders")
    photos = labelled_files(parser.parse_args().folder)
    features = normalise(features_of_files(photos.files, InputCfg(), "efficientnet_lite0")[0])
    print("| method | accuracy | log loss | seconds |")
    print("| --- | --- | --- | --- |")
    for recipe in CLASSIC:
        assert isinstance(recipe.head, ClassicCfg)
        begin = time.perf_counter()
        model = train_classic(
            features, photos.labels, photos.groups, len(photos.names), cfg=recipe.head, seed=0, stop=StopToken()
        )
        seconds = time.perf_counter() - begin
        truth = photos.labels[model.held_out]
        loss = -log_softmax(model.logits / model.temperature)[np.arange(len(truth)), truth].mean()
        right = np.mean(model.logits.argmax(axis=1) == truth)
        print(f"| {recipe.title} | {right:.3f} | {loss:.2f} | {seconds:.1f} |", flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
