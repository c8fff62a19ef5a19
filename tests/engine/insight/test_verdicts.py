"""Runs that went wrong are called by name, runs that went well are left alone."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.base.events import Answered, AnyEvent, Diverged, Epoch, NetworkReady, Step
from engine.insight.curves import Curves
from engine.insight.metrics import Report, report
from engine.insight.verdicts import Verdict, verdicts

NAMES = [f"class {n}" for n in range(9)]


def scored(k: int, answers: list[int], truth: list[int]) -> Report:
    return report(
        [f"class {n}" for n in range(k)], np.array(truth, dtype=np.int32), np.eye(k, dtype=np.float32)[answers]
    )


def told(*events: AnyEvent) -> Curves:
    curves = Curves()
    for event in events:
        curves.add(event)
    return curves


def epochs(train: list[float], val: list[float]) -> Curves:
    return told(*epoch_events(train, val))


def epoch_events(train: list[float], val: list[float]) -> list[AnyEvent]:
    return [
        Epoch(epoch=n + 1, stage=1, part=part, n=90, loss=loss, accuracy=0.5, macro_f1=None, seconds=1.0, lr=0.001)
        for n, pair in enumerate(zip(train, val, strict=True))
        for part, loss in zip(("train", "val"), pair, strict=True)
    ]


def steps(losses: list[float]) -> list[AnyEvent]:
    return [
        Step(step=n, epoch=n / 20, loss=loss, lr=0.001, images_per_s=1.0, memory_bytes=0)
        for n, loss in enumerate(losses, start=1)
    ]


def good(k: int = 9, n_each: int = 20) -> Report:
    truth = list(range(k)) * n_each
    answers = [t if n % 5 else (t + 1) % k for n, t in enumerate(truth)]
    return scored(k, answers, truth)


def kinds(curves: Curves, found: Report) -> list[str]:
    return [verdict.kind for verdict in verdicts(curves, found.classes, found)]


def live(*events: AnyEvent, k: int = 9) -> tuple[Verdict, ...]:
    """What is said while the run is under way."""
    return verdicts(told(*events), [f"class {n}" for n in range(k)])


def test_a_run_that_went_well_is_left_alone() -> None:
    assert kinds(epochs([2.0, 1.0, 0.6], [1.9, 1.1, 0.9]), good()) == []
    assert kinds(Curves(), good()) == [], "a run without epochs has only its answers"


def test_a_loss_stuck_at_the_logarithm_of_the_classes_never_learned() -> None:
    truth = list(range(9)) * 20
    [verdict] = verdicts(epochs([2.2] * 5, [math.log(9)] * 5), NAMES, scored(9, [0] * 180, truth))
    assert verdict.kind == "never_learned"
    assert "2.20" in verdict.text
    assert "learning rate" in verdict.advice


def test_no_better_than_the_largest_class_never_learned_whatever_its_loss() -> None:
    truth = [0] * 80 + [1] * 10 + [2] * 10
    assert kinds(epochs([1.0, 0.7], [1.0, 0.7]), scored(3, [0] * 100, truth)) == ["never_learned"]


def test_classes_that_swallow_the_rest_are_named() -> None:
    truth = list(range(10)) * 12
    answers = [label if n % 12 == 0 else (3, 7)[n % 2] for n, label in enumerate(truth)]
    found = scored(10, answers, truth)
    told_of = verdicts(epochs([2.0, 1.5], [2.0, 1.6]), found.classes, found)
    [verdict] = [verdict for verdict in told_of if verdict.kind == "collapsed"]
    assert "class 3" in verdict.text
    assert "class 7" in verdict.text
    assert "class 1" not in verdict.text


def test_a_large_class_that_is_named_often_is_no_collapse() -> None:
    truth = [0] * 90 + [1] * 5 + [2] * 5
    answers = [0] * 90 + [1] * 4 + [0] + [2] * 4 + [0]
    assert kinds(epochs([1.0, 0.3], [1.0, 0.3]), scored(3, answers, truth)) == []


def test_overfitting_has_its_epoch() -> None:
    curves = epochs([1.6, 1.0, 0.6, 0.3, 0.1, 0.05], [1.7, 1.2, 1.1, 1.3, 1.5, 1.6])
    [verdict] = verdicts(curves, NAMES, good())
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


# While it is under way


def test_a_training_is_given_three_epochs_before_it_is_said_to_learn_nothing() -> None:
    stuck = epoch_events([2.2] * 3, [math.log(9), 2.2, 2.21])
    assert live(*stuck[:4]) == ()
    [verdict] = live(*stuck)
    assert verdict.kind == "never_learned"
    assert verdict.severity == "severe"


def test_classes_that_swallow_the_rest_are_named_by_the_second_epoch() -> None:
    shown = (10,) * 9
    taken = Answered(epoch=1, answered=(80, 10, *(0,) * 7), shown=shown)
    assert live(taken) == (), "the first epoch is too early to say"
    [verdict] = live(taken, Answered(epoch=2, answered=(86, 4, *(0,) * 7), shown=shown))
    assert verdict.kind == "collapsed"
    assert "class 0:" in verdict.text
    assert live(taken, Answered(epoch=2, answered=shown, shown=shown)) == (), "it has recovered"


def test_a_loss_that_rises_from_where_it_began_is_a_rate_too_high() -> None:
    rising = steps([2.3] * 10 + [3.0] * 10 + [4.0] * 20)
    [verdict] = live(*rising)
    assert verdict.kind == "rate_too_high"
    assert "from 2.30 to 4.00" in verdict.text
    assert live(*rising[:25]) == (), "too few steps to say"


@pytest.mark.parametrize(
    "losses",
    [[2.3] * 20 + [1.0] * 20, [0.1] * 20 + [0.4] * 20, [2.3] * 20 + [3.0] * 20],
    ids=["it falls", "it is small", "it rises a little"],
)
def test_a_loss_that_does_no_harm_is_no_rate_too_high(losses: list[float]) -> None:
    assert live(*steps(losses)) == ()


def test_a_validation_loss_that_jumps_is_a_rate_too_high_and_not_overfitting() -> None:
    val = [1.5, 6.0, 1.2, 5.0, 4.9]
    [verdict] = live(*epoch_events([1.5, 1.4, 1.3, 1.2, 1.1], val))
    assert verdict.kind == "rate_too_high"
    assert "2 times" in verdict.text


def test_a_loss_that_is_no_number_is_told_with_what_came_of_it() -> None:
    [verdict] = live(Diverged(epoch=2, rate=0.3))
    assert (verdict.kind, verdict.epoch) == ("not_a_number", 2)
    assert "once in epoch 2" in verdict.text
    assert "30%" in verdict.text
    [verdict] = live(*(Diverged(epoch=2, rate=rate) for rate in (0.3, 0.09, 0.0)), *steps([1.0] * 20 + [9.0] * 20))
    assert "3 times, first in epoch 2. The training ended" in verdict.text


def test_a_gpu_that_is_left_idle_is_named() -> None:
    facts = {"title": "CNN", "n_parameters": 9, "n_buffers": 0, "variant": "cpu", "n_epochs": 2}
    [verdict] = live(NetworkReady(device="cpu", idle_gpu="NVIDIA T4", n_steps_per_epoch=9, **facts))
    assert verdict.kind == "idle_gpu"
    assert "NVIDIA T4" in verdict.text
    assert live(NetworkReady(device="cuda", n_steps_per_epoch=9, **facts)) == ()


@given(st.lists(st.tuples(st.floats(0, 10), st.floats(0, 10)), max_size=8), st.integers(2, 6), st.data())
def test_any_run_gets_verdicts_without_an_error(losses: list[tuple[float, float]], k: int, data: st.DataObject) -> None:
    n = data.draw(st.integers(1, 30))
    truth = data.draw(st.lists(st.integers(0, k - 1), min_size=n, max_size=n))
    answers = data.draw(st.lists(st.integers(0, k - 1), min_size=n, max_size=n))
    curves = epochs([a for a, _ in losses], [b for _, b in losses])
    found = kinds(curves, scored(k, answers, truth))
    assert len(found) == len(set(found))
    assert len(verdicts(curves, NAMES)) <= 4
