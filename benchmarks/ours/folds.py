"""Our side of P12: one pass of features, and everything that is learned from it, by the product's own jobs."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np

from benchmarks.quick_recipe import features_of_files, labelled_files
from engine.base.stop import StopToken
from engine.nets.heads import normalise
from engine.recipe.head_cfg import ClassicCfg, LogisticCfg
from engine.recipe.recipe import InputCfg
from engine.train.classic import train_classic
from engine.train.quick import n_fits, train_quick

STRENGTHS = tuple(float(c) for c in np.geomspace(0.003, 10.0, 12))


def main(folder: Path) -> None:
    """Features once; a sweep of 12 strengths with 5 folds, and three classic classifiers with 5 folds each."""
    photos = labelled_files(folder)
    features_of_files(photos.files[:8], InputCfg(), "efficientnet_lite0")  # measures the machine, once for ever
    begin = time.perf_counter()
    features, _ = features_of_files(photos.files, InputCfg(), "efficientnet_lite0")
    one_pass = time.perf_counter() - begin
    begin = time.perf_counter()
    cfg = LogisticCfg(strengths=STRENGTHS)
    train_quick(features, photos.labels, photos.groups, len(photos.names), cfg=cfg, seed=0, stop=StopToken())
    sweep = time.perf_counter() - begin
    begin = time.perf_counter()
    for c in (0.3, 3.0, 30.0):
        train_classic(
            normalise(features),
            photos.labels,
            photos.groups,
            len(photos.names),
            cfg=ClassicCfg(method="svm", strength=c),
            seed=0,
            stop=StopToken(),
        )
    classic = time.perf_counter() - begin
    n = n_fits(cfg, None) + 18
    print(json.dumps({"n": len(photos.files), "pass": one_pass, "sweep": sweep, "classic": classic, "fits": n}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
