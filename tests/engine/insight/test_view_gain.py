"""Several views are called a gain only where the paired test says so, and always with n and interval."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.base.errors import StorageError
from engine.insight.view_gain import ViewGain, gain_text, paired_interval, read_gain, view_gain, write_gain
from engine.recipe.views_cfg import ViewsCfg


def compared(n: int, *, gained: int, lost: int, right: int = 50, size: int = 1) -> ViewGain:
    """Of `n` photos, `right` are right both times, and so many become right and wrong; `size` of them are a group."""
    truth = np.zeros(n, dtype=np.int32)
    was, now = np.zeros(n, dtype=bool), np.zeros(n, dtype=bool)
    was[:right] = now[:right] = True
    now[right : right + gained] = True
    was[right + gained : right + gained + lost] = True
    once, several = (np.eye(2, dtype=np.float32)[(~was).astype(int)], np.eye(2, dtype=np.float32)[(~now).astype(int)])
    groups = np.arange(n, dtype=np.int64) // size
    return view_gain(truth, once, several, views=ViewsCfg(flip_h=True), cost=2.0, how="validation", groups=groups)


def test_a_gain_beyond_chance_is_called_one() -> None:
    found = compared(200, gained=20, lost=4)
    assert (found.outcome, found.gained, found.lost) == ("gain", 20, 4)
    assert found.difference == pytest.approx(0.08)
    assert (found.once.accuracy, found.several.accuracy) == (54 / 200, 70 / 200)
    low, high = found.difference_ci95
    assert 0 < low < 0.08 < high
    text = gain_text(found)
    assert text.startswith("It is a gain: 35.0% right instead of 27.0% on 200 photos")
    assert "95 % interval +3" in text
    assert text.endswith("Classifying takes 2.0 times as long.")


def test_a_loss_is_called_one() -> None:
    assert gain_text(compared(200, gained=4, lost=20)).startswith("It is a loss: 27.0% right instead of 35.0%")


@pytest.mark.parametrize(("gained", "lost"), [(0, 0), (5, 0), (12, 8), (8, 12)])
def test_what_chance_can_do_is_called_no_difference(gained: int, lost: int) -> None:
    found = compared(200, gained=gained, lost=lost)
    assert found.outcome == "none"
    assert gain_text(found).startswith("No difference beyond chance")
    low, high = found.difference_ci95
    assert low < 0 < high or (gained, lost) == (5, 0)


def test_copies_are_one_question_and_no_gain_of_their_own() -> None:
    alone, together = compared(200, gained=20, lost=0), compared(200, gained=20, lost=0, size=10)
    assert (alone.outcome, together.outcome) == ("gain", "none"), "two questions may go the same way by chance"
    assert (together.gained, together.n_groups) == (20, 20)
    assert together.difference_ci95[0] == 0.0
    assert "these are 20 questions" in gain_text(together)


def test_the_interval_is_that_of_agresti_and_min() -> None:
    # By hand: b = 20.5, c = 4.5, m = 202; (b - c) / m = 0.0792, s = sqrt(25 - 256 / 202) / 202 = 0.02412.
    assert paired_interval(20, 4, 200) == pytest.approx((0.0319, 0.1265), abs=1e-4)


@given(st.integers(1, 500), st.data())
def test_the_interval_holds_the_difference(n: int, data: st.DataObject) -> None:
    gained = data.draw(st.integers(0, n))
    lost = data.draw(st.integers(0, n - gained))
    low, high = paired_interval(gained, lost, n)
    assert -1 <= low < high <= 1
    assert low - 2 / n <= (gained - lost) / n <= high + 2 / n


def test_it_is_kept_and_read_back(tmp_path: Path) -> None:
    found = compared(200, gained=20, lost=4)
    write_gain(tmp_path / "views.json", found)
    assert read_gain(tmp_path / "views.json") == found
    (tmp_path / "views.json").write_text("{}")
    with pytest.raises(StorageError):
        read_gain(tmp_path / "views.json")
