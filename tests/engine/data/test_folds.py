"""Folds keep groups together and spread classes evenly."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.data.folds import ALWAYS_TRAIN, stratified_group_folds


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 30)), min_size=1, max_size=120), st.integers(2, 6))
def test_a_group_is_never_split_and_every_photo_has_its_place(photos: list[tuple[int, int]], n_folds: int) -> None:
    labels = np.array([label for label, _ in photos], dtype=np.int32)
    groups = np.array([group for _, group in photos], dtype=np.int64)
    folds = stratified_group_folds(labels, groups, n_folds=n_folds, seed=3)
    assert all(len(set(folds[groups == group])) == 1 for group in groups)
    assert set(folds) <= {ALWAYS_TRAIN, *range(n_folds)}


@given(st.lists(st.integers(0, 3), min_size=1, max_size=150), st.integers(2, 6))
def test_photos_of_a_class_are_spread_to_within_one(labels_drawn: list[int], n_folds: int) -> None:
    labels = np.array(labels_drawn, dtype=np.int32)
    folds = stratified_group_folds(labels, np.arange(len(labels)), n_folds=n_folds, seed=0)
    for label in np.unique(labels):
        counts = np.bincount(folds[(labels == label) & (folds >= 0)], minlength=n_folds)
        assert counts.max() - counts.min() <= 1


def test_a_class_of_one_group_is_always_trained_on() -> None:
    labels = np.array([0, 0, 0, 1, 1, 1], dtype=np.int32)
    groups = np.array([1, 2, 3, 9, 9, 9])
    folds = stratified_group_folds(labels, groups, n_folds=3, seed=0)
    assert set(folds[labels == 1]) == {ALWAYS_TRAIN}
    assert set(folds[labels == 0]) == {0, 1, 2}


def test_folds_depend_on_the_seed_alone() -> None:
    labels = np.zeros(40, dtype=np.int32)
    first, again, other = (
        stratified_group_folds(labels, np.arange(40), n_folds=4, seed=seed).tolist() for seed in (1, 1, 2)
    )
    assert first == again != other
