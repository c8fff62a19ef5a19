"""Close and far mistakes: which is which, in which order, and that no mistake is both."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.insight.nearness import CLOSE_MARGIN, FAR_SHARE, close_and_far


def found(true: list[int], probs: list[list[float]]) -> tuple[list[int], list[int]]:
    close, far = close_and_far(np.array(true, np.int32), np.array(probs, np.float32))
    return close.tolist(), far.tolist()


def test_a_close_mistake_has_the_right_class_second_and_little_behind() -> None:
    probs = [[0.5, 0.4, 0.1], [0.45, 0.42, 0.13], [0.6, 0.3, 0.1], [0.9, 0.05, 0.05]]
    assert found([1, 1, 1, 0], probs) == ([1, 0], []), "the nearest first; right by a lot, or behind by a lot, is not"


def test_a_far_mistake_has_the_right_class_third_or_all_but_ruled_out() -> None:
    probs = [[0.5, 0.3, 0.2], [0.97, 0.02, 0.01], [0.34, 0.33, 0.33]]
    assert found([2, 1, 2], probs) == ([2], [1, 0]), "of two that are given the same, both are second"


def test_photos_whose_class_the_model_does_not_know_are_left_out() -> None:
    assert found([-1], [[0.5, 0.4, 0.1]]) == ([], [])


@given(st.integers(2, 9), st.integers(0, 10_000))
def test_no_mistake_is_both_and_no_right_answer_is_either(k: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    true, probs = rng.integers(0, k, 60).astype(np.int32), rng.dirichlet(np.full(k, 0.5), 60).astype(np.float32)
    close, far = close_and_far(true, probs)
    assert not set(close.tolist()) & set(far.tolist())
    for at in (*close.tolist(), *far.tolist()):
        assert probs[at].argmax() != true[at]
    for at in close.tolist():
        assert probs[at].max() - probs[at, true[at]] <= CLOSE_MARGIN
    for at in far.tolist():
        assert probs[at, true[at]] < FAR_SHARE or (probs[at] > probs[at, true[at]]).sum() >= 2
