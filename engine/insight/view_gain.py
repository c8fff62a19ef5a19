"""What looking at each photo several times brings, paired on the same photos: gain, loss, or nothing beyond chance."""

from __future__ import annotations

from math import sqrt
from pathlib import Path
from typing import Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from engine.base.errors import StorageError
from engine.base.files import atomic_write
from engine.insight.before_after import SIGNIFICANT, p_said
from engine.insight.metrics import Report, report
from engine.insight.paired import difference_interval, grouped_draws, grouped_mcnemar
from engine.recipe.views_cfg import ViewsCfg

# Two-sided 95 % of the normal distribution.
_Z95 = 1.959963984540054

How = Literal["validation", "out_of_fold", "untrained"]
HOW: dict[How, str] = {
    "validation": "photos the network did not learn from, which judged its epochs",
    "out_of_fold": "training photos, each by a model that had not seen it",
    "untrained": "photos outside the test; the network learned from none",
}


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """One way of looking: shares in 0..1."""

    accuracy: float
    accuracy_ci95: tuple[float, float]
    macro_f1: float


class ViewGain(msgspec.Struct, frozen=True, kw_only=True):
    """Looking once against looking in all `views`, on the same `n` photos.

    `gained`, `lost`: photos that became right, and wrong. `difference`: of accuracy, with its paired 95 % interval.
    `p_value`: `paired.grouped_mcnemar`. `cost`: how many times as long classifying takes. `how`: which photos they are.
    `n_groups`: groups that the photos are in, of which each counts as one; 0 where it was tried before groups counted.
    """

    views: ViewsCfg
    n: int
    once: Side
    several: Side
    gained: int
    lost: int
    difference: float
    difference_ci95: tuple[float, float]
    p_value: float
    cost: float
    how: How
    n_groups: int = 0

    @property
    def outcome(self) -> Literal["gain", "loss", "none"]:
        """What the paired test says; a difference is called one only if it says so."""
        if self.p_value >= SIGNIFICANT or self.gained == self.lost:
            return "none"
        return "gain" if self.gained > self.lost else "loss"


def view_gain(
    columns: NDArray[np.int32],
    once: NDArray[np.float32],
    several: NDArray[np.float32],
    *,
    views: ViewsCfg,
    cost: float,
    how: How,
    groups: NDArray[np.int64] | None = None,
) -> ViewGain:
    """The comparison of two sets of (n, k) probabilities of the same photos, n > 0.

    Args:
        columns: (n,) their true columns. once, several: of one view, and the mean of all. groups: (n,) photos of one
            group are one question; None where each photo is by itself.
    """
    together = np.arange(len(columns)) if groups is None else groups
    was_right, now_right = once.argmax(axis=1) == columns, several.argmax(axis=1) == columns
    gained, lost = int(np.count_nonzero(now_right & ~was_right)), int(np.count_nonzero(was_right & ~now_right))
    names = [str(column) for column in range(once.shape[1])]
    return ViewGain(
        views=views,
        n=len(columns),
        once=_side(report(names, columns, once)),
        several=_side(report(names, columns, several)),
        gained=gained,
        lost=lost,
        difference=(gained - lost) / len(columns),
        difference_ci95=_interval(was_right, now_right, together),
        p_value=grouped_mcnemar(now_right, was_right, together),
        cost=cost,
        how=how,
        n_groups=len(np.unique(together)),
    )


def _interval(was: NDArray[np.bool_], now: NDArray[np.bool_], groups: NDArray[np.int64]) -> tuple[float, float]:
    """By samples of whole groups where there are any, which the formula for single photos does not know."""
    if len(np.unique(groups)) < len(groups):
        return difference_interval(now, was, grouped_draws(groups))
    return paired_interval(int((now & ~was).sum()), int((was & ~now).sum()), len(groups))


def paired_interval(gained: int, lost: int, n: int) -> tuple[float, float]:
    """95 % interval of `(gained - lost) / n`, the difference of two shares of the same n photos, within [-1, 1].

    Source: Agresti & Min 2005, "Simple improved confidence intervals for comparing matched proportions": half a photo
    is added to each of the four cells.
    """
    b, c, m = gained + 0.5, lost + 0.5, n + 2.0
    centre = (b - c) / m
    half = _Z95 * sqrt(b + c - (b - c) ** 2 / m) / m
    return max(-1.0, centre - half), min(1.0, centre + half)


def gain_text(found: ViewGain) -> str:
    """The comparison in plain sentences, with its n, its interval and its cost."""
    low, high = (f"{100 * bound:+.1f}" for bound in found.difference_ci95)
    numbers = (
        f"{found.several.accuracy:.1%} right instead of {found.once.accuracy:.1%} on {found.n:,} photos, {found.gained}"
        f" became right and {found.lost} wrong (difference {100 * found.difference:+.1f} points, 95 % interval {low} to"
        f" {high}; {p_said(found.p_value)})"
    )
    said = {
        "gain": f"It is a gain: {numbers}.",
        "loss": f"It is a loss: {numbers}.",
        "none": f"No difference beyond chance: {numbers}.",
    }
    grouped = 0 < found.n_groups < found.n
    groups = f" What belongs together counts as one: these are {found.n_groups:,} questions." if grouped else ""
    return f"{said[found.outcome]}{groups} Classifying takes {found.cost:.1f} times as long."


def write_gain(path: Path, found: ViewGain) -> None:
    """The file holds the comparison, atomically.

    Raises:
        StorageError: the disk refused.
    """
    atomic_write(path, msgspec.json.encode(found))


def read_gain(path: Path) -> ViewGain:
    """The comparison the file holds.

    Raises:
        StorageError: it is missing, or holds something else.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=ViewGain)
    except (OSError, msgspec.DecodeError) as error:
        raise StorageError("What several views bring could not be read.", details=repr(error)) from error


def _side(found: Report) -> Side:
    return Side(accuracy=found.accuracy, accuracy_ci95=found.accuracy_ci95, macro_f1=found.macro_f1)
