"""Copies of photos inside a project, named by their content, so that the same photo is never kept twice."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from engine.base.errors import StorageError
from engine.base.files import PART_SUFFIX, fsync_dir

_ENDINGS = {"JPEG": ".jpg", "MPO": ".jpg", "PNG": ".png", "TIFF": ".tif", "BMP": ".bmp", "GIF": ".gif", "WEBP": ".webp"}


def keep_copy(original: Path, folder: Path, sha256: bytes, image_format: str) -> Path:
    """A byte-for-byte copy of the photo lies in `folder`; returns where. The original is only read.

    Args:
        sha256: of the original's content; the copy is checked by its size only, the bytes are the same file's.
        image_format: Pillow's name of the true format, which gives the ending.
    Raises:
        StorageError: the disk refused; no half copy is left.
    """
    name = sha256.hex()
    target = folder / name[:2] / f"{name}{_ENDINGS.get(image_format, '.img')}"
    if target.exists():
        return target
    part = target.with_name(f".{name[:16]}-{os.getpid()}{PART_SUFFIX}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with open(original, "rb") as source, open(part, "wb") as out:
            shutil.copyfileobj(source, out)
            out.flush()
            os.fsync(out.fileno())
        os.replace(part, target)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise StorageError(
            f"{original.name} could not be copied into the project.",
            safe="The photo itself is unchanged.",
            advice="Check that there is free space where the project is, then import again.",
            details=repr(error),
        ) from error
    fsync_dir(target.parent)
    return target
