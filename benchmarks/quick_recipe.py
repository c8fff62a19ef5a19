"""`python -m benchmarks.quick_recipe FOLDER`: how good each way of looking at photos is, by the product's own engine.

For every input size, fit and view: 5-fold cross-validated accuracy and log loss at each strength, mean of three draws
of the folds (exact copies always on one side), and photos a second from file to features. The table of
docs/decisions/0006-quick-recipe.md.
"""

from __future__ import annotations

import argparse
import hashlib
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.base.dirs import machine_dir
from engine.base.fspath import to_bytes
from engine.base.stop import StopToken
from engine.nets.source import installed
from engine.predict.features import Photo, features_of
from engine.predict.variants import fastest
from engine.recipe.head_cfg import LogisticCfg
from engine.recipe.recipe import InputCfg
from engine.train.quick import train_quick

SEEDS = (0, 1, 2)
STRENGTHS = LogisticCfg().strengths


@dataclass(frozen=True)
class Labelled:
    """Photos of class folders: `labels` (n,) indices into `names`; `groups` (n,) equal for exact copies."""

    files: list[Path]
    names: list[str]
    labels: NDArray[np.int32]
    groups: NDArray[np.int64]


def labelled_files(folder: Path) -> Labelled:
    """All files of the class folders below `folder`."""
    files = sorted(path for path in folder.glob("*/*") if path.is_file())
    names = sorted({path.parent.name for path in files})
    digests = [hashlib.sha256(path.read_bytes()).digest() for path in files]
    return Labelled(
        files=files,
        names=names,
        labels=np.array([names.index(path.parent.name) for path in files], dtype=np.int32),
        groups=np.unique(digests, return_inverse=True)[1].astype(np.int64),
    )


def main() -> int:
    """Print one row for each way; returns 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="folder of class folders")
    parser.add_argument("--sizes", type=int, nargs="+", default=[224, 256, 288, 320, 352])
    parser.add_argument("--backbone", default="efficientnet_lite0")
    args = parser.parse_args()
    photos = labelled_files(args.folder)
    print(f"| size | fit | views | photos/s | {' | '.join(f'C {c:g}' for c in STRENGTHS)} |")
    print("| --- " * (4 + len(STRENGTHS)) + "|")
    for size in args.sizes:
        for fit in ("whole", "crop"):
            for views in ("one", "flip"):
                cfg = InputCfg(size=size, fit=fit, views=views)
                features, rate = features_of_files(photos.files, cfg, args.backbone)
                cells = [f"{a:.3f} / {loss:.2f}" for a, loss in _scores(features, photos)]
                print(f"| {size} | {fit} | {views} | {rate:.0f} | {' | '.join(cells)} |", flush=True)
    return 0


def features_of_files(files: list[Path], cfg: InputCfg, backbone: str) -> tuple[NDArray[np.float32], float]:
    """(n, d) features of all files, and photos a second; photos that cannot be read get zeros."""
    source = installed(backbone)
    extractor = fastest(source, cfg.size, machine_dir())
    begin = time.perf_counter()
    seen = list(features_of([Photo(path=to_bytes(path)) for path in files], extractor, cfg, StopToken()))
    seconds = time.perf_counter() - begin
    nothing = np.zeros(source.facts.n_features, dtype=np.float32)
    return np.stack([nothing if one.features is None else one.features for one in seen]), len(files) / seconds


def _scores(features: NDArray[np.float32], photos: Labelled) -> list[tuple[float, float]]:
    """(accuracy, log loss) at each strength, means over the seeds."""
    tried = [
        train_quick(
            features,
            photos.labels,
            photos.groups,
            len(photos.names),
            cfg=LogisticCfg(),
            seed=seed,
            stop=StopToken(),
        ).cv.tried
        for seed in SEEDS
    ]
    return [
        (float(np.mean([row.accuracy for row in rows])), float(np.mean([row.log_loss for row in rows])))
        for rows in zip(*tried, strict=True)
    ]


if __name__ == "__main__":
    raise SystemExit(main())
