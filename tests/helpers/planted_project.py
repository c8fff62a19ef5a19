"""A folder of class folders in which every kind of trouble is planted, and the truth about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import ExifTags, Image, ImageFilter

from engine.data.fish import draw_photo
from engine.data.sample import SPECIES
from tests.helpers.planted import CHANGES, burst

N_CLASSES, N_EACH = 4, 14
# Of each planted original so many copies; the changes are taken in turn.
N_COPIES = 2
N_WRONG_EACH, N_BURSTS_EACH = 2, 2
PLANTED_CHANGES = ("re-encoded", "quarter turn", "mirrored", "cropped", "brightness", "upside down", "half turn")
STRAY = ("__MACOSX", ".thumbnails", "@eaDir", "$RECYCLE.BIN")


@dataclass(slots=True)
class Truth:
    """What was planted, by paths: photos of one number in `origin` are copies, of one number in `shot_in` a burst.

    `wrong`: photos whose folder is not what they show. `odd`: what each piece of junk is.
    """

    classes: tuple[str, ...]
    photos: list[Path] = field(default_factory=list)
    origin: dict[Path, int] = field(default_factory=dict)
    shot_in: dict[Path, int] = field(default_factory=dict)
    wrong: set[Path] = field(default_factory=set)
    odd: dict[str, Path] = field(default_factory=dict)


def plant_project(folder: Path, seed: int, *, trouble: bool) -> Truth:
    """Drawn fish of four species in class folders; with `trouble`, all that fools people is planted among them."""
    rng = np.random.default_rng(seed)
    truth = Truth(classes=tuple(species.name for species in SPECIES[:N_CLASSES]))
    for name in truth.classes:
        (folder / name).mkdir(parents=True)
    for class_no, species in enumerate(SPECIES[:N_CLASSES]):
        for at in range(N_EACH):
            is_wrong = trouble and at < N_WRONG_EACH
            label = truth.classes[(class_no + 1 + at) % N_CLASSES if is_wrong else class_no]
            image = draw_photo(species, rng, 320, 240)
            made = _with_copies(folder / label, image, len(truth.origin), rng, n=N_COPIES if trouble else 0)
            number = len(truth.photos)
            truth.photos += made
            truth.origin |= dict.fromkeys(made, number)
            truth.wrong |= set(made) if is_wrong else set()
    if trouble:
        _plant_bursts(folder, truth, rng)
        _plant_junk(folder, truth, rng)
        _plant_stray(folder, rng)
    return truth


def _with_copies(folder: Path, image: Image.Image, number: int, rng: np.random.Generator, *, n: int) -> list[Path]:
    made = [folder / f"{number:04}.jpg"]
    image.save(made[0], quality=92)
    for copy in range(n):
        name = PLANTED_CHANGES[(number + copy) % len(PLANTED_CHANGES)]
        path = folder / f"{number:04} {copy + 1}.jpg"
        CHANGES[name](image, rng).save(path, quality=int(rng.integers(70, 90)))
        made.append(path)
    return made


def _plant_bursts(folder: Path, truth: Truth, rng: np.random.Generator) -> None:
    for class_no, name in enumerate(truth.classes):
        for at in range(N_BURSTS_EACH):
            number = class_no * N_BURSTS_EACH + at
            for second, shot in enumerate(burst(rng)):
                exif = Image.Exif()
                exif[ExifTags.Base.Model] = "TG-6"
                exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = (
                    f"2026:05:06 {number:02}:00:{second:02}"
                )
                path = folder / name / f"burst {number} {second}.jpg"
                shot.save(path, quality=92, exif=exif)
                truth.photos.append(path)
                truth.shot_in[path] = number


def _plant_junk(folder: Path, truth: Truth, rng: np.random.Generator) -> None:
    fish = draw_photo(SPECIES[0], rng, 320, 240)
    noise = Image.fromarray(rng.integers(0, 30, (240, 320, 3), dtype=np.uint8))
    junk = {
        "dark": noise,
        "bright": noise.point([255 - v // 4 for v in range(256)] * 3),
        "empty": Image.new("RGB", (320, 240), (120, 130, 125)),
        "blurred": draw_photo(SPECIES[1], rng, 320, 240).filter(ImageFilter.GaussianBlur(12)),
        "tiny": draw_photo(SPECIES[2], rng, 320, 240).resize((24, 18)),
        "shape": fish.resize((1600, 60)),
        "size": draw_photo(SPECIES[3], rng, 320, 240).resize((2400, 1800)),
    }
    for number, (kind, image) in enumerate(junk.items()):
        path = folder / truth.classes[number % N_CLASSES] / f"junk {kind}.png"
        image.save(path)
        truth.photos.append(path)
        truth.odd[kind] = path


def _plant_stray(folder: Path, rng: np.random.Generator) -> None:
    """What systems and other programs leave in folders: none of it is a photo of anybody's."""
    for name in STRAY:
        (folder / name).mkdir()
        draw_photo(SPECIES[0], rng, 160, 120).save(folder / name / "0.jpg")
    (folder / SPECIES[0].name / "Thumbs.db").write_bytes(b"no photo")
    (folder / SPECIES[0].name / "._0000.jpg").write_bytes(b"\0" * 100)
