"""Which classes a network finds hard to keep apart: how often photos of one have their neighbours in the other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.insight.neighbours import Neighbours

# Of each photo so many nearest labelled ones are looked at.
N_LOOKED = 10
N_EXAMPLES = 6
# The hardest and the easiest half of so many are told where there are more pairs.
MOST_PAIRS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Closest:
    """Two photos of two classes by their rows, and how alike they are (cosine, -1..1)."""

    first: int
    second: int
    similarity: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PairScore:
    """Two classes by their numbers, `first` < `second`.

    Args:
        overlap: 0..1, the mean of the other two. first_in_second: the share, of the nearest labelled photos of a photo
            of `first`, that are of `second`, averaged over the class; second_in_first: the other way round.
        examples: the photos of the two that are closest, closest first, each photo once.
    """

    first: int
    second: int
    overlap: float
    first_in_second: float
    second_in_first: float
    examples: tuple[Closest, ...]


def class_pairs(near: Neighbours, classes: NDArray[np.int64]) -> tuple[PairScore, ...]:
    """Every two classes, the hardest first; of more than `MOST_PAIRS` the hardest and the easiest.

    Two classes of no overlap are ordered by their closest photos.

    Args:
        classes: (n,) number of each photo's class, from 0 without gaps; -1 for photos that do not count.
    Source: the shares: Branchaud-Charron, Achkar and Jodoin 2019, "Spectral metric for dataset complexity assessment"
        (CVPR), section 3.2 (the similarity of classes by the classes of the nearest neighbours).
    """
    k = int(classes.max(initial=-1)) + 1
    shares = neighbour_shares(near.nearest, classes, k)
    overlap = (shares + shares.T) / 2
    links = _links(near, classes)
    best = _best(links, classes, k)
    first, second = np.triu_indices(k, 1)
    order = np.lexsort((-best[first, second], -overlap[first, second]))
    if len(order) > MOST_PAIRS:
        order = np.concatenate([order[: MOST_PAIRS // 2], order[-MOST_PAIRS // 2 :]])
    by_pair = _by_pair(links, classes, k, {int(first[at]) * k + int(second[at]) for at in order})
    return tuple(
        PairScore(
            first=a,
            second=b,
            overlap=float(overlap[a, b]),
            first_in_second=float(shares[a, b]),
            second_in_first=float(shares[b, a]),
            examples=_examples(by_pair.get(a * k + b, ())),
        )
        for a, b in ((int(first[at]), int(second[at])) for at in order)
    )


def neighbour_shares(nearest: NDArray[np.int32], classes: NDArray[np.int64], k: int) -> NDArray[np.float64]:
    """(k, k): row = a class, column = share of its photos' nearest labelled ones that are of that class.

    Args:
        nearest: (n, m) rows, -1 for none; classes: (n,) as for `class_pairs`.
    """
    if not k or not nearest.shape[1]:
        return np.zeros((k, k))
    theirs = np.where(nearest >= 0, classes[nearest], -1)
    theirs[np.cumsum(theirs >= 0, axis=1) > N_LOOKED] = -1
    n_looked = (theirs >= 0).sum(axis=1)
    counted = (theirs >= 0) & (classes >= 0)[:, None]
    weight = np.broadcast_to((1.0 / np.maximum(n_looked, 1))[:, None], theirs.shape)
    place = np.broadcast_to(classes[:, None], theirs.shape)[counted] * k + theirs[counted]
    sums = np.bincount(place, weights=weight[counted], minlength=k * k).reshape(k, k)
    n_of = np.bincount(classes[(classes >= 0) & (n_looked > 0)], minlength=k)
    return np.asarray(sums / np.maximum(n_of, 1)[:, None])


@dataclass(frozen=True, slots=True)
class _Links:
    """(m,) photos of two different classes, that of the smaller class first, the most alike first."""

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    similarity: NDArray[np.float32]


def _links(near: Neighbours, classes: NDArray[np.int64]) -> _Links:
    """Whatever is known of near photos of two classes."""
    n, m = near.nearest.shape
    one = np.concatenate([np.repeat(np.arange(n), m), near.closest[:, 0]])
    other = np.concatenate([near.nearest.ravel(), near.closest[:, 1]]).astype(np.int64)
    similarity = np.concatenate([near.similarity.ravel(), near.closest_similarity])
    ours, theirs = classes[one], np.where(other >= 0, classes[other], -1)
    usable = (ours >= 0) & (theirs >= 0) & (ours != theirs)
    one, other, similarity, turned = one[usable], other[usable], similarity[usable], (ours > theirs)[usable]
    order = np.argsort(-similarity, kind="stable")
    return _Links(
        np.where(turned, other, one)[order],
        np.where(turned, one, other)[order],
        similarity[order],
    )


def _best(links: _Links, classes: NDArray[np.int64], k: int) -> NDArray[np.float32]:
    """(k, k) similarity of the closest photos of two classes; -1 where none are known."""
    best = np.full((k, k), -1, dtype=np.float32)
    np.maximum.at(best, (classes[links.first], classes[links.second]), links.similarity)
    return best


def _by_pair(
    links: _Links, classes: NDArray[np.int64], k: int, wanted: set[int]
) -> dict[int, list[tuple[int, int, float]]]:
    """The links of each wanted pair of classes (first * k + second), the most alike first."""
    pair_of = classes[links.first] * k + classes[links.second]
    order = np.argsort(pair_of, kind="stable")
    pairs, starts = np.unique(pair_of[order], return_index=True)
    found = {}
    for pair, at in zip(pairs.tolist(), np.split(order, starts[1:]), strict=True):
        if pair in wanted:
            found[pair] = [(int(links.first[i]), int(links.second[i]), float(links.similarity[i])) for i in at]
    return found


def _examples(links: Iterable[tuple[int, int, float]]) -> tuple[Closest, ...]:
    seen: set[int] = set()
    chosen: list[Closest] = []
    for first, second, similarity in links:
        if len(chosen) < N_EXAMPLES and first not in seen and second not in seen:
            seen |= {first, second}
            chosen.append(Closest(first=first, second=second, similarity=similarity))
    return tuple(chosen)
