"""The photos of a benchmark run: real ones where the folder is given or found, else the drawn sample."""

from __future__ import annotations

import shutil
from pathlib import Path

from engine.data.sample import make_sample

SUFFIXES = {".jpg", ".jpeg", ".png", ".webp"}


def photo_folder(given: Path | None, scratch: Path) -> Path:
    """A folder of class folders."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "data" / "fish14"
    if given is not None:
        return given
    if beside.is_dir():
        return beside
    return make_sample(scratch / "sample").photos


def photo_files(folder: Path) -> list[Path]:
    """All photos below the folder, in a fixed order."""
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)


def without_class(folder: Path, scratch: Path) -> tuple[Path, Path]:
    """(copy of the folder lacking its last class, the last class's folder)."""
    classes = sorted(path for path in folder.iterdir() if path.is_dir())
    rest = scratch / "without-last"
    for path in classes[:-1]:
        shutil.copytree(path, rest / path.name)
    return rest, classes[-1]


def listing_of(files: list[Path], scratch: Path, n: int | None = None) -> Path:
    """A text file with one path a line; repeated from the start until there are `n`, if that is more."""
    wanted = files if n is None else [files[i % len(files)] for i in range(n)]
    out = scratch / "listing.txt"
    out.write_text("\n".join(str(path) for path in wanted), "utf-8")
    return out


def copied_folder(files: list[Path], scratch: Path, n: int) -> Path:
    """A folder of `n` photos, copies of the files, repeated from the start if there are fewer."""
    out = scratch / "many"
    out.mkdir(parents=True, exist_ok=True)
    for i in range(n):
        source = files[i % len(files)]
        shutil.copyfile(source, out / f"{i:06d}{source.suffix.lower()}")
    return out
