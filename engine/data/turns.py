"""The eight ways to lay a picture down (four quarter turns, each plain or mirrored), on pixels, cosines and points.

A turn is: first exchange rows and columns (or not), then reverse the rows (or not), then reverse the columns (or not).
Points are (x, y) in -1..1, x to the right, y down, as the rows of a picture run.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Turn:
    """One of the eight."""

    swap: bool
    rows: bool
    columns: bool

    @property
    def mirrored(self) -> bool:
        """Whether left and right are exchanged, beyond turning."""
        return (self.swap + self.rows + self.columns) % 2 == 1

    def pixels(self, pictures: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The (..., h, w) pictures laid down this way; a view."""
        out = pictures.swapaxes(-1, -2) if self.swap else pictures
        out = out[..., ::-1, :] if self.rows else out
        return out[..., ::-1] if self.columns else out

    def cosines(self, coefficients: NDArray[np.float32]) -> NDArray[np.float32]:
        """The (..., k, k) cosine coefficients of the turned pictures: reversing changes the sign of the odd ones."""
        k = coefficients.shape[-1]
        sign = np.where(np.arange(k) % 2, np.float32(-1), np.float32(1))
        out = coefficients.swapaxes(-1, -2) if self.swap else coefficients
        out = out * sign[:, None] if self.rows else out
        return out * sign if self.columns else out

    def matrix(self) -> NDArray[np.float32]:
        """(2, 2): where a point of the picture is in the turned picture."""
        plain = np.array([[0, 1], [1, 0]] if self.swap else [[1, 0], [0, 1]], dtype=np.float32)
        sign = np.array([-1 if self.columns else 1, -1 if self.rows else 1], dtype=np.float32)
        return sign[:, None] * plain


TURNS: tuple[Turn, ...] = tuple(
    Turn(swap, rows, columns) for swap in (False, True) for rows in (False, True) for columns in (False, True)
)
MATRICES: NDArray[np.float32] = np.stack([turn.matrix() for turn in TURNS])  # (8, 2, 2)


def nearest_turn(matrices: NDArray[np.float32]) -> NDArray[np.int64]:
    """(n,) index into `TURNS` of the turn most like each of the (n, 2, 2) linear maps."""
    return np.asarray(np.einsum("nij,tij->nt", matrices, MATRICES).argmax(axis=1), dtype=np.int64)
