"""Small drawn photos, manifests of them, and a machine whose fastest variant is already known."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from engine.base.events import AnyEvent
from engine.base.fspath import to_bytes
from engine.data.manifest import Manifest, ManifestClass, ManifestPhoto, Part, write_manifest
from engine.jobs.spec import TrainSpec
from engine.recipe.head_cfg import LogisticCfg
from engine.recipe.recipe import InputCfg, Recipe

SIZE = 64
CLASSES = ("stripes", "dots", "plain")
# Two strengths and three folds: enough to choose and to cross-validate.
TINY = Recipe(input=InputCfg(size=SIZE), head=LogisticCfg(strengths=(0.03, 0.3), folds=3))


def drawing(class_no: int, seed: int, side: int = 80) -> Image.Image:
    """A photo of its class: stripes, dots, a plain colour or a lattice, each with its own colours and grain."""
    rng = np.random.default_rng([class_no, seed])
    picture: NDArray[np.float64] = np.ones((side, side, 3)) * rng.uniform(60, 200, 3)
    across, down = np.meshgrid(np.arange(side), np.arange(side))
    if class_no == 0:
        picture[(across + seed) % 12 < 6] = rng.uniform(0, 255, 3)
    elif class_no == 1:
        picture[((across + seed) % 14 - 7) ** 2 + (down % 14 - 7) ** 2 < 16] = rng.uniform(0, 255, 3)
    elif class_no == 3:
        picture[((across + seed) % 16 < 3) | (down % 16 < 3)] = rng.uniform(0, 255, 3)
    picture += rng.normal(0, 8, picture.shape)
    return Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8))


def draw_photos(
    folder: Path, n_each: int, classes: Sequence[str] = CLASSES, *, first: int = 0
) -> list[tuple[Path, int]]:
    """`n_each` PNG files in a folder for each class, and the class of each, counted from `first`."""
    made = []
    for class_no, name in enumerate(classes, start=first):
        (folder / name).mkdir(parents=True, exist_ok=True)
        for seed in range(n_each):
            path = folder / name / f"{seed:03}.png"
            drawing(class_no, seed).save(path)
            made.append((path, class_no))
    return made


def manifest_of(photos: Sequence[tuple[Path, int]], *, n_test: int = 2, names: Sequence[str] = CLASSES) -> Manifest:
    """The photos with ids 1, 2, ...; the first `n_test` of each class are for testing; exact copies share a group."""
    group_of: dict[bytes, int] = {}
    n_of: dict[int, int] = {}
    rows = []
    for photo_id, (path, class_no) in enumerate(photos, start=1):
        digest = hashlib.sha256(path.read_bytes()).digest()
        group = group_of.setdefault(digest, photo_id)
        n_of[class_no] = n_of.get(class_no, 0) + 1
        part: Part = "test" if n_of[class_no] <= n_test else "train"
        rows.append(
            ManifestPhoto(
                photo_id=photo_id, path=to_bytes(path), sha256=digest, class_no=class_no, part=part, group=group
            )
        )
    classes = tuple(ManifestClass(class_id=10 + at, name=name) for at, name in enumerate(names))
    return Manifest(classes=classes, photos=tuple(rows))


def train_spec(
    folder: Path, manifest: Manifest, machine: Path, *, run: str = "run", start_from: str | None = None
) -> TrainSpec:
    """A job on the manifest whose run folder, features and manifest lie in `folder`."""
    run_folder = folder / run
    run_folder.mkdir()
    write_manifest(run_folder / "manifest.msgpack", manifest)
    return TrainSpec(
        recipe=TINY,
        manifest=to_bytes(run_folder / "manifest.msgpack"),
        run_folder=to_bytes(run_folder),
        features=to_bytes(folder / "features"),
        machine=to_bytes(machine),
        start_from=None if start_from is None else to_bytes(folder / start_from),
    )


class Heard(list[AnyEvent]):
    """An `emit` that keeps what it hears."""

    def __call__(self, event: AnyEvent) -> None:
        """Keep the event."""
        self.append(event)

    def of(self, kind: type) -> list[AnyEvent]:
        """The events of one kind."""
        return [event for event in self if isinstance(event, kind)]
