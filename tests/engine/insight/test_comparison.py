"""Models side by side: on shared photos only, and no difference called one without a test that knows of the others."""

from __future__ import annotations

import numpy as np
import pytest

from engine.base.ids import RunId
from engine.insight.calibration import calibration
from engine.insight.comparison import Comparison, Judged, compare

CLASSES = np.array([10, 20, 30])


def judged(number: int, ids: range, share: float, *, seed: int = 0, classes: np.ndarray = CLASSES) -> Judged:
    """A model that is right on about that share of the photos; photo i shows class i modulo 3."""
    rng = np.random.default_rng([seed, number])
    photo_ids = np.array(ids)
    true = photo_ids % 3
    answer = np.where(rng.random(len(ids)) < share, true, (true + 1) % 3)
    probs = np.full((len(ids), len(classes)), 0.1, dtype=np.float32)
    probs[np.arange(len(ids)), answer % len(classes)] = 1.0 - 0.1 * (len(classes) - 1)
    return Judged(
        run_id=RunId(number),
        name=f"run {number}",
        photo_ids=photo_ids,
        true_classes=CLASSES[true],
        class_ids=classes,
        probs=probs,
    )


def test_only_photos_that_all_were_tested_on_count() -> None:
    found = compare([judged(1, range(90), 0.8), judged(2, range(30, 120), 0.8)], RunId(1), {})
    assert found.n == 60
    assert [run.n_own for run in found.runs] == [90, 90]


def test_photos_of_a_class_that_one_does_not_know_do_not_count() -> None:
    found = compare([judged(1, range(90), 0.8), judged(2, range(90), 0.8, classes=CLASSES[:2])], RunId(1), {})
    assert found.n == 60


def test_a_clear_difference_is_called_one_and_a_slight_one_is_not() -> None:
    found = compare([judged(n, range(300), share, seed=4) for n, share in enumerate((0.6, 0.85, 0.62))], RunId(0), {})
    base, clear, slight = found.runs
    assert base.against is None
    assert clear.against is not None
    assert slight.against is not None
    assert clear.against.verdict == "better"
    assert clear.against.difference_ci95[0] > 0
    assert clear.against.gained - clear.against.lost == round(300 * clear.against.difference)
    assert slight.against.verdict == "no difference beyond chance"
    assert slight.against.difference_ci95[0] < slight.against.difference < slight.against.difference_ci95[1]
    assert base.accuracy_ci95[0] < base.accuracy < base.accuracy_ci95[1]
    assert base.macro_f1_ci95[0] < base.macro_f1 < base.macro_f1_ci95[1]


def sign(value: float) -> int:
    return (value > 0) - (value < 0)


def test_one_lucky_run_among_many_equal_ones_is_no_win() -> None:
    lucky = unsettled = 0
    for seed in range(10):
        found = compare([judged(n, range(120), 0.7, seed=seed) for n in range(12)], RunId(0), {})
        verdicts = [run.against for run in found.runs if run.against is not None]
        lucky += any(against.p_value < 0.05 for against in verdicts)
        assert all(against.p_holm >= against.p_value for against in verdicts)
        assert sum(against.verdict != "no difference beyond chance" for against in verdicts) <= 1
        alone = [run for run in found.runs if run.against and abs(sum(map(sign, run.against.difference_ci95))) / 2 > 0]
        assert found.unsettled == tuple(
            run.name for run in alone if run.against and run.against.verdict == "no difference beyond chance"
        )
        unsettled += len(found.unsettled)
    assert unsettled, "it is said of those that differ by themselves and not among so many"
    assert lucky, "singly, some of them would have been called better or worse"


def test_what_only_one_has_right_or_wrong_is_listed() -> None:
    def answers(number: int, right: list[bool]) -> Judged:
        probs = np.array([[0.9, 0.1] if one else [0.2, 0.8] for one in right], dtype=np.float32)
        ids = np.arange(len(right))
        return Judged(
            run_id=RunId(number),
            name="",
            photo_ids=ids,
            true_classes=np.full(len(right), 10),
            class_ids=CLASSES[:2],
            probs=probs,
        )

    found = compare(
        [answers(1, [True, True, False]), answers(2, [True, False, False]), answers(3, [True, False, True])],
        RunId(1),
        {},
    )
    assert [run.only_right for run in found.runs] == [(1,), (), (2,)]
    assert [run.only_wrong for run in found.runs] == [(), (), ()]
    assert found.disagreed == (1, 2)


def test_photos_of_one_group_widen_the_intervals() -> None:
    def width(groups: dict[int, int]) -> float:
        found: Comparison = compare([judged(1, range(240), 0.7), judged(2, range(240), 0.7)], RunId(1), groups)
        low, high = found.runs[0].accuracy_ci95
        return high - low

    # Every group is right or wrong much alike only by chance, so the effect is small; few groups make it plain.
    assert width({i: i // 60 for i in range(240)}) != width({})
    assert compare([judged(1, range(240), 0.7)], RunId(1), {i: i // 60 for i in range(240)}).n_groups == 4


def test_a_burst_that_one_model_has_right_makes_it_no_better() -> None:
    def answers(number: int, n_right: int) -> Judged:
        probs = np.where(np.arange(60)[:, None] < n_right, [[0.9, 0.1]], [[0.2, 0.8]]).astype(np.float32)
        return Judged(
            run_id=RunId(number),
            name="",
            photo_ids=np.arange(60),
            true_classes=np.full(60, 10),
            class_ids=CLASSES[:2],
            probs=probs,
        )

    runs = [answers(1, 40), answers(2, 50)]
    singly, as_burst = (
        compare(runs, RunId(1), groups).runs[1].against for groups in ({}, dict.fromkeys(range(40, 50), 1))
    )
    assert singly is not None
    assert as_burst is not None
    assert (singly.verdict, as_burst.verdict) == ("better", "no difference beyond chance")
    assert (as_burst.gained, as_burst.p_value) == (10, 1.0)


def test_nothing_shared_is_an_error() -> None:
    with pytest.raises(ValueError, match="shared"):
        compare([judged(1, range(10), 0.5), judged(2, range(20, 30), 0.5)], RunId(1), {})
    with pytest.raises(ValueError, match="reference"):
        compare([judged(1, range(10), 0.5)], RunId(7), {})


def test_confidence_that_is_kept_is_calibrated_and_boasting_is_not() -> None:
    rng = np.random.default_rng(5)
    confidence = rng.uniform(0.5, 1, 20_000)
    true = (rng.random(20_000) > confidence).astype(np.int32)
    probs = np.stack([confidence, 1 - confidence], axis=1).astype(np.float32)
    honest = calibration(true, probs)
    assert honest.ece < 0.02
    boasting = probs**4 / (probs**4).sum(axis=1, keepdims=True)
    assert calibration(true, boasting).ece > 0.1
    assert sum(row.n for row in honest.bins) == honest.n == 20_000


def test_the_calibration_error_is_the_weighted_distance() -> None:
    probs = np.array([[0.95, 0.05], [0.95, 0.05], [0.55, 0.45]], dtype=np.float32)
    found = calibration(np.array([0, 1, 0], dtype=np.int32), probs)
    assert found.ece == pytest.approx((2 * abs(0.5 - 0.95) + abs(1 - 0.55)) / 3, abs=1e-6)
    with pytest.raises(ValueError, match="knows"):
        calibration(np.array([-1], dtype=np.int32), probs[:1])
