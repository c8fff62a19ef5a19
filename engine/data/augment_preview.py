"""How photos look to a training: the file from the job that draws it to the window that shows it."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.base.errors import StorageError
from engine.base.files import atomic_write


@dataclass(frozen=True, slots=True, kw_only=True)
class AugmentPreview:
    """Photos and some of their changes.

    Args:
        photo_ids: (p,) int64, those that could be read.
        seen: (p, side, side, 3) uint8, as validation sees them.
        drawn: (p, v, side, side, 3) uint8, as training sees them, v times.
        shares: (p, v, p) float32, how much of each photo counts as shown by a drawn one; rows sum to 1, and are 1 for
            the photo itself unless photos are mixed.
    """

    photo_ids: NDArray[np.int64]
    seen: NDArray[np.uint8]
    drawn: NDArray[np.uint8]
    shares: NDArray[np.float32]


def write_preview(path: Path, preview: AugmentPreview) -> None:
    """The file holds the preview, atomically (npz, no pickle)."""
    out = io.BytesIO()
    np.savez(out, photo_ids=preview.photo_ids, seen=preview.seen, drawn=preview.drawn, shares=preview.shares)
    atomic_write(path, out.getvalue())


def read_preview(path: Path) -> AugmentPreview:
    """The preview a file holds.

    Raises:
        StorageError: the file is missing, damaged, or its arrays do not fit together.
    """
    try:
        with np.load(path, allow_pickle=False) as arrays:
            found = AugmentPreview(
                photo_ids=arrays["photo_ids"].astype(np.int64),
                seen=arrays["seen"].astype(np.uint8),
                drawn=arrays["drawn"].astype(np.uint8),
                shares=arrays["shares"].astype(np.float32),
            )
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise _unreadable(repr(error)) from error
    p, v = found.drawn.shape[:2] if found.drawn.ndim == 5 else (0, 0)
    if found.seen.shape != (p, *found.drawn.shape[2:]) or found.shares.shape != (p, v, p) or len(found.photo_ids) != p:
        raise _unreadable(f"seen {found.seen.shape}, drawn {found.drawn.shape}, shares {found.shares.shape}")
    return found


def _unreadable(details: str) -> StorageError:
    return StorageError("The changed photos could not be read.", advice="Draw them again.", details=details)
