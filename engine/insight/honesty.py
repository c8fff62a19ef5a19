"""What the difference between an honest and a naive score says, in numbers and in a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from engine.base.errors import StorageError
from engine.base.files import atomic_write
from engine.insight.before_after import mcnemar

# Below this the two are called different; chance alone does it once in twenty times.
_LEVEL = 0.05
_RESAMPLES = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Honesty:
    """Two scores on the same `n` photos.

    Args:
        n_groups: groups they are in; a photo without relatives is a group of its own.
        n_grouped: photos that have a relative among the others.
        honest, naive: share right with groups kept together, and with photos drawn singly; each with its 95 % interval
            (percentile bootstrap over groups, because photos of one group are right or wrong together).
        only_naive, only_honest: groups with more photos right in one way than in the other. p_value: exact sign test of
            these two.
        verdict: one sentence for people.
    Source: Efron and Tibshirani 1993, "An introduction to the bootstrap", chapters 8 and 13 (resampling whole units).
    """

    n: int
    n_groups: int
    n_grouped: int
    honest: float
    honest_ci95: tuple[float, float]
    naive: float
    naive_ci95: tuple[float, float]
    only_naive: int
    only_honest: int
    p_value: float
    verdict: str


def honesty(honest: NDArray[np.bool_], naive: NDArray[np.bool_], groups: NDArray[np.int64]) -> Honesty:
    """Compare the two ways of scoring.

    Args:
        honest, naive: (n,) whether each photo was answered right; groups: (n,) its group. n > 0.
    """
    n = len(honest)
    group_of = np.unique(groups, return_inverse=True)[1]
    sizes = np.bincount(group_of)
    n_honest, n_naive = (np.bincount(group_of, weights=right).astype(np.int64) for right in (honest, naive))
    only_naive, only_honest = int((n_naive > n_honest).sum()), int((n_honest > n_naive).sum())
    p_value = mcnemar(only_naive, only_honest)
    n_grouped = int(sizes[sizes > 1].sum())
    return Honesty(
        n=n,
        n_groups=len(sizes),
        n_grouped=n_grouped,
        honest=float(honest.mean()),
        honest_ci95=share_interval(n_honest, sizes),
        naive=float(naive.mean()),
        naive_ci95=share_interval(n_naive, sizes),
        only_naive=only_naive,
        only_honest=only_honest,
        p_value=p_value,
        verdict=_verdict(n_grouped, n, only_naive, only_honest, p_value),
    )


def write_honesty(path: Path, found: Honesty) -> None:
    """The file holds the comparison as JSON, atomically."""
    atomic_write(path, msgspec.json.encode(found))


def read_honesty(path: Path) -> Honesty:
    """The comparison a file holds.

    Raises:
        StorageError: the file is missing or holds none.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=Honesty)
    except (OSError, msgspec.DecodeError) as error:
        raise StorageError("The comparison of the two scores could not be read.", details=repr(error)) from error


def share_interval(n_right: NDArray[np.int64], sizes: NDArray[np.int64]) -> tuple[float, float]:
    """95 % interval of the share right, by a percentile bootstrap over groups; the same for the same numbers.

    Args:
        n_right: (g,) photos right in each group; sizes: (g,) photos in it, at least 1. g > 0.
    """
    random = np.random.default_rng(0)
    shares = np.empty(_RESAMPLES)
    for at in range(_RESAMPLES):
        drawn = random.integers(0, len(sizes), len(sizes))
        shares[at] = n_right[drawn].sum() / sizes[drawn].sum()
    low, high = np.quantile(shares, (0.025, 0.975))
    return float(low), float(high)


def _verdict(n_grouped: int, n: int, only_naive: int, only_honest: int, p_value: float) -> str:
    if not n_grouped:
        return "No photo has relatives among the others, so both ways of drawing are the same in kind."
    share = f"{n_grouped:,} of {n:,} photos have relatives among the others"
    if p_value < _LEVEL and only_naive > only_honest:
        return (
            f"{share}; drawn singly, many are tested by a model that learned from a relative and only has to "
            "remember it: quote the honest score."
        )
    if p_value < _LEVEL:
        return f"{share}, and yet the honest score is the higher one; look whether the groups follow the classes."
    return f"{share}, but the two scores differ no more than chance does: here relatives do not flatter the model."
