"""Folds for cross-validation: every class spread evenly, photos of one group never apart."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

ALWAYS_TRAIN = -1


def stratified_group_folds(
    labels: NDArray[np.int32], groups: NDArray[np.int64], *, n_folds: int, seed: int
) -> NDArray[np.int16]:
    """The fold of each photo in [0, n_folds), or `ALWAYS_TRAIN`.

    A class all of whose photos are one group is never held out: a model that has not seen it cannot be judged by it.

    Args:
        labels: (n,) class numbers; groups: (n,) photos of equal number stay together.
        n_folds: at least 2. With fewer groups than folds, some folds hold no photo of that class, or none at all.
        seed: of the shuffle; equal seeds give equal folds.
    """
    rng = np.random.default_rng(seed)
    group_names, group_of = np.unique(groups, return_inverse=True)
    # A group with several labels (copies labelled differently) is placed by the label of its first photo.
    first = np.full(len(group_names), len(labels))
    np.minimum.at(first, group_of, np.arange(len(labels)))
    class_of_group = labels[first]
    sizes = np.bincount(group_of)
    fold_of_group = np.full(len(group_names), ALWAYS_TRAIN, dtype=np.int16)
    totals = np.zeros(n_folds, dtype=np.int64)
    for class_no in np.unique(class_of_group):
        members = rng.permutation(np.flatnonzero(class_of_group == class_no))
        if len(members) < 2:
            continue
        # Large groups first: small ones can then fill the gaps.
        members = members[np.argsort(-sizes[members], kind="stable")]
        in_class = np.zeros(n_folds, dtype=np.int64)
        for member in members:
            fold = int(np.lexsort((totals, in_class))[0])
            fold_of_group[member] = fold
            in_class[fold] += sizes[member]
            totals[fold] += sizes[member]
    return fold_of_group[group_of]
