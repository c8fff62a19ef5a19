"""How well groups of photos (sites, days, cameras) are recognised by models that learned from the other groups only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from engine.base.errors import StorageError
from engine.base.files import atomic_write
from engine.insight.honesty import share_interval
from engine.insight.metrics import wilson


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupScore:
    """One group: photos answered, how many right, their share with its 95 % interval (Wilson).

    `n_untaught`: photos of classes that no photo outside the group shows, which cannot be right; they count.
    `n_set_aside`: photos of other groups that did not teach, being copies of this group's or of one burst with them.
    """

    name: str
    n: int
    n_right: int
    accuracy: float
    accuracy_ci95: tuple[float, float]
    n_untaught: int
    n_set_aside: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveOneOut:
    """The groups of one relation, each answered by a model that learned from all the others.

    Args:
        relation: as in `engine.data.relation_values`.
        strength: of the models, one for all, chosen by cross-validation with the groups kept together.
        accuracy: share right of all photos answered; its 95 % interval is a percentile bootstrap over groups, because
            photos of one group are right or wrong together. macro: mean of the groups' shares.
        n_unknown: photos that only taught, because it is not known which group they are of.
        n_locked: photos that neither taught nor were asked, because they are the test photos of the split.
        groups: the lowest share first.
    """

    relation: str
    strength: float
    n: int
    n_right: int
    accuracy: float
    accuracy_ci95: tuple[float, float]
    macro: float
    n_untaught: int
    n_unknown: int
    n_locked: int
    groups: tuple[GroupScore, ...]

    @property
    def is_by_class(self) -> bool:
        """Whether every group is all there is of its classes (class folders), so that no answer could be right."""
        return 0 < self.n == self.n_untaught


def group_scores(
    names: Sequence[str],
    left: NDArray[np.int64],
    right: NDArray[np.bool_],
    taught: NDArray[np.bool_],
    n_set_aside: NDArray[np.int64],
) -> tuple[GroupScore, ...]:
    """The groups that have photos, the lowest share first, the larger one first where it is equal.

    Args:
        names: (g,). left: (n,) which group each photo is of; -1 for photos that were not answered.
        right: (n,) whether the answer is its label; taught: (n,) whether the model had seen its class.
        n_set_aside: (g,) see `GroupScore`.
    """
    rows = []
    for number, name in enumerate(names):
        inside = left == number
        n, n_right = int(inside.sum()), int(right[inside].sum())
        if n:
            rows.append(
                GroupScore(
                    name=name,
                    n=n,
                    n_right=n_right,
                    accuracy=n_right / n,
                    accuracy_ci95=wilson(n_right, n),
                    n_untaught=int((~taught[inside]).sum()),
                    n_set_aside=int(n_set_aside[number]),
                )
            )
    return tuple(sorted(rows, key=lambda row: (row.accuracy, -row.n, row.name)))


def leave_one_out_of(
    relation: str, strength: float, groups: tuple[GroupScore, ...], *, n_unknown: int, n_locked: int
) -> LeaveOneOut:
    """The groups summed up; at least one."""
    n_right = np.array([row.n_right for row in groups], dtype=np.int64)
    sizes = np.array([row.n for row in groups], dtype=np.int64)
    return LeaveOneOut(
        relation=relation,
        strength=strength,
        n=int(sizes.sum()),
        n_right=int(n_right.sum()),
        accuracy=float(n_right.sum() / sizes.sum()),
        accuracy_ci95=share_interval(n_right, sizes),
        macro=float(np.mean([row.accuracy for row in groups])),
        n_untaught=sum(row.n_untaught for row in groups),
        n_unknown=n_unknown,
        n_locked=n_locked,
        groups=groups,
    )


def write_leave_one_out(path: Path, found: LeaveOneOut) -> None:
    """The file holds the result as JSON, atomically."""
    atomic_write(path, msgspec.json.encode(found))


def read_leave_one_out(path: Path) -> LeaveOneOut:
    """The result a file holds.

    Raises:
        StorageError: the file is missing or holds none.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=LeaveOneOut)
    except (OSError, msgspec.DecodeError) as error:
        raise StorageError("The scores of the groups could not be read.", details=repr(error)) from error
