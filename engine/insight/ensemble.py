"""Finished runs joined into one that answers: by the mean, by weights, or by a stack; test photos teach it nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce

import msgspec
import numpy as np
from numpy.typing import NDArray

from engine.base.ids import RunId
from engine.insight.comparison import Judged, own_groups
from engine.insight.stacking import fit_stack, group_folds
from engine.recipe.joining import LEARNED, Method

# The weights are found when no other ones make the labels likelier by more than this share.
_TOLERANCE, _MAX_STEPS = 1e-6, 5000
_LEAST = 1e-12

Probs = NDArray[np.float64]
Answer = Callable[[Probs], Probs]


class Combined(msgspec.Struct, frozen=True, kw_only=True):
    """Runs that answer together. `members`: two at least.

    `method`: `average` (the mean of their probabilities), `weighted` (a mean with weights) or `stacked` (a small model
    on top, see `engine.insight.stacking`).
    """

    name: str
    method: Method
    members: tuple[RunId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Together:
    """What several runs said of the photos that all were asked about, among the classes that all know.

    `photo_ids`: (n,), rising; `true_classes`: (n,); `class_ids`: (k,); `probs`: (m, n, k), rows sum to 1.
    """

    photo_ids: NDArray[np.int64]
    true_classes: NDArray[np.int64]
    class_ids: NDArray[np.int64]
    probs: Probs


def joined(
    combined: Combined, number: RunId, asked: Sequence[Judged], learned: Sequence[Judged], groups: dict[int, int]
) -> Judged:
    """What the members say together of the photos that all were asked about.

    Args:
        number: of the row, below 0. asked: what each member says of them; their labels are handed on and not used.
        learned: what each member said, cross-validated, of photos of its training; only these teach weights or a stack.
        groups: number of the group of each photo; a photo without one is by itself.
    Raises:
        ValueError: no photo, or fewer than two classes, are shared by all; too few of them to learn from.
    """
    together = _together(asked)
    answer: Answer = _mean
    if combined.method in LEARNED:
        teaching = _known(_together(learned, together.class_ids))
        answer = _fitted(combined.method, teaching, own_groups(teaching.photo_ids, groups))
    return _judged(combined, number, together, answer(together.probs))


def joined_unseen(combined: Combined, number: RunId, learned: Sequence[Judged], groups: dict[int, int]) -> Judged:
    """As `joined`, of the photos of the training themselves, each by weights or a stack that had not seen its group.

    Raises:
        ValueError: as `joined`.
    """
    together = _together(learned)
    if combined.method not in LEARNED:
        return _judged(combined, number, together, _mean(together.probs))
    teaching = _known(together)
    own = own_groups(teaching.photo_ids, groups)
    folds = group_folds(own)
    probs = np.zeros(teaching.probs.shape[1:])
    for fold in np.unique(folds):
        inside, outside = folds != fold, folds == fold
        answer = _fitted(combined.method, _rows(teaching, inside), own[inside])
        probs[outside] = answer(teaching.probs[:, outside])
    return _judged(combined, number, teaching, probs)


def likeliest_weights(likelihoods: NDArray[np.float64]) -> NDArray[np.float64]:
    """(m,) weights, none below 0, that sum to 1 and under which the labels are likeliest.

    Args:
        likelihoods: (m, n) the probability that each member gave to each photo's label.
    Source: that weights be so bounded: Breiman 1996, "Stacked regressions"; that they be found on photos the members
        had not seen: Caruana et al. 2004, "Ensemble selection from libraries of models"; found by expectation
        maximisation, as the shares of a mixture are (Dempster, Laird and Rubin 1977).
    """
    found = np.maximum(likelihoods, _LEAST)
    weights = np.full(len(found), 1 / len(found))
    for _ in range(_MAX_STEPS):
        # By how much more of each member the labels would be likelier: above 1 for none at the optimum.
        worth = (found / (weights @ found)).mean(axis=1)
        if worth.max() <= 1 + _TOLERANCE:
            break
        weights = weights * worth
    return np.asarray(weights / weights.sum(), dtype=np.float64)


def _fitted(method: Method, teaching: _Together, groups: NDArray[np.int64]) -> Answer:
    columns = _columns(teaching)
    if method == "stacked":
        return fit_stack(teaching.probs, columns, groups).probs
    weights = likeliest_weights(teaching.probs[:, np.arange(len(columns)), columns])
    return lambda probs: np.asarray(np.tensordot(weights, probs, axes=1), dtype=np.float64)


def _mean(probs: Probs) -> Probs:
    return np.asarray(probs.mean(axis=0), dtype=np.float64)


def _together(runs: Sequence[Judged], class_ids: NDArray[np.int64] | None = None) -> _Together:
    """In the order of the first one's classes; or of `class_ids`, which all of them know."""
    if class_ids is None:
        class_ids = np.array([i for i in runs[0].class_ids if all(i in run.class_ids for run in runs)], dtype=np.int64)
    shared = reduce(np.intersect1d, (run.photo_ids for run in runs))
    if len(class_ids) < 2 or not len(shared):
        raise ValueError(
            "no photo is shared by all members" if len(class_ids) > 1 else "no two classes are known to all"
        )
    first = runs[0]
    return _Together(
        photo_ids=shared,
        true_classes=first.true_classes[np.searchsorted(first.photo_ids, shared)],
        class_ids=class_ids,
        probs=np.stack([_among(run, shared, class_ids) for run in runs]),
    )


def _among(run: Judged, photo_ids: NDArray[np.int64], class_ids: NDArray[np.int64]) -> Probs:
    """(n, k) probabilities among these classes alone; all alike where the run thinks of others only."""
    columns = [int(np.flatnonzero(run.class_ids == i)[0]) for i in class_ids]
    found = run.probs[np.searchsorted(run.photo_ids, photo_ids)][:, columns].astype(np.float64)
    total = found.sum(axis=1, keepdims=True)
    return np.asarray(np.where(total > 0, found / np.maximum(total, _LEAST), 1 / len(columns)), dtype=np.float64)


def _known(together: _Together) -> _Together:
    """The photos whose label is one of the classes.

    Raises:
        ValueError: there are none.
    """
    known = np.isin(together.true_classes, together.class_ids)
    if not known.any():
        raise ValueError("no cross-validated photo is of a class that all members know")
    return _rows(together, known)


def _rows(together: _Together, which: NDArray[np.bool_]) -> _Together:
    return _Together(
        photo_ids=together.photo_ids[which],
        true_classes=together.true_classes[which],
        class_ids=together.class_ids,
        probs=together.probs[:, which],
    )


def _columns(together: _Together) -> NDArray[np.int64]:
    order = np.argsort(together.class_ids)
    return np.asarray(order[np.searchsorted(together.class_ids[order], together.true_classes)], dtype=np.int64)


def _judged(combined: Combined, number: RunId, together: _Together, probs: Probs) -> Judged:
    return Judged(
        run_id=number,
        name=combined.name,
        photo_ids=together.photo_ids,
        true_classes=together.true_classes,
        class_ids=together.class_ids,
        probs=probs.astype(np.float32),
        members=combined.members,
        method=combined.method,
    )
