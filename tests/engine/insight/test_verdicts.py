"""Runs that went wrong are called by name, runs that went well are left alone."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.insight.curves import EpochRow
from engine.insight.metrics import Report, report
from engine.insight.verdicts import verdicts


def scored(k: int, answers: list[int], truth: list[int]) -> Report:
    return report(
        [f"class {n}" for n in range(k)], np.array(truth, dtype=np.int32), np.eye(k, dtype=np.float32)[answers]
    )


def epochs(train: list[float], val: list[float]) -> list[EpochRow]:
    return [EpochRow(epoch=n + 1, train_loss=a, val_loss=b) for n, (a, b) in enumerate(zip(train, val, strict=True))]


def good(k: int = 9, n_each: int = 20) -> Report:
    truth = list(range(k)) * n_each
    answers = [t if n % 5 else (t + 1) % k for n, t in enumerate(truth)]
    return scored(k, answers, truth)


def kinds(rows: list[EpochRow], found: Report) -> list[str]:
    return [verdict.kind for verdict in verdicts(rows, found)]


def test_a_run_that_went_well_is_left_alone() -> None:
    assert kinds(epochs([2.0, 1.0, 0.6], [1.9, 1.1, 0.9]), good()) == []
    assert kinds([], good()) == [], "a run without epochs has only its answers"


def test_a_loss_stuck_at_the_logarithm_of_the_classes_never_learned() -> None:
    rows = epochs([2.2] * 5, [math.log(9)] * 5)
    truth = list(range(9)) * 20
    [verdict] = verdicts(rows, scored(9, [0] * 180, truth))
    assert verdict.kind == "never_learned"
    assert "2.20" in verdict.text
    assert "learning rate" in verdict.advice


def test_no_better_than_the_largest_class_never_learned_whatever_its_loss() -> None:
    truth = [0] * 80 + [1] * 10 + [2] * 10
    assert kinds(epochs([1.0, 0.7], [1.0, 0.7]), scored(3, [0] * 100, truth)) == ["never_learned"]


def test_classes_that_swallow_the_rest_are_named() -> None:
    truth = list(range(10)) * 12
    answers = [label if n % 12 == 0 else (3, 7)[n % 2] for n, label in enumerate(truth)]
    found = verdicts(epochs([2.0, 1.5], [2.0, 1.6]), scored(10, answers, truth))
    [verdict] = [verdict for verdict in found if verdict.kind == "collapsed"]
    assert "class 3" in verdict.text
    assert "class 7" in verdict.text
    assert "class 1" not in verdict.text


def test_a_large_class_that_is_named_often_is_no_collapse() -> None:
    truth = [0] * 90 + [1] * 5 + [2] * 5
    answers = [0] * 90 + [1] * 4 + [0] + [2] * 4 + [0]
    assert kinds(epochs([1.0, 0.3], [1.0, 0.3]), scored(3, answers, truth)) == []


def test_overfitting_has_its_epoch() -> None:
    rows = epochs([1.6, 1.0, 0.6, 0.3, 0.1, 0.05], [1.7, 1.2, 1.1, 1.3, 1.5, 1.6])
    [verdict] = verdicts(rows, good())
    assert (verdict.kind, verdict.epoch) == ("overfits", 3)
    assert "From epoch 3 on" in verdict.text


@pytest.mark.parametrize(
    ("train", "val"),
    [
        ([1.6, 1.0, 0.6, 0.5], [1.7, 1.2, 1.1, 1.4]),
        ([1.6, 1.0, 0.6, 0.5, 0.4], [1.7, 1.2, 1.1, 1.12, 1.1]),
        ([1.6, 1.0, 0.6, 0.7, 0.8], [1.7, 1.2, 1.1, 1.6, 1.6]),
        ([1.0], [1.0]),
    ],
    ids=["one epoch is no trend", "a little noise", "training got worse too", "one epoch"],
)
def test_what_is_no_overfitting_is_not_called_so(train: list[float], val: list[float]) -> None:
    assert kinds(epochs(train, val), good()) == []


@given(st.lists(st.tuples(st.floats(0, 10), st.floats(0, 10)), max_size=8), st.integers(2, 6), st.data())
def test_any_run_gets_verdicts_without_an_error(losses: list[tuple[float, float]], k: int, data: st.DataObject) -> None:
    n = data.draw(st.integers(1, 30))
    truth = data.draw(st.lists(st.integers(0, k - 1), min_size=n, max_size=n))
    answers = data.draw(st.lists(st.integers(0, k - 1), min_size=n, max_size=n))
    found = kinds(epochs([a for a, _ in losses], [b for _, b in losses]), scored(k, answers, truth))
    assert len(found) == len(set(found))
