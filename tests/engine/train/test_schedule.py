"""Learning rates move as their schedules say, and never beyond their peak or below their floor."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.recipe.training_cfg import ScheduleCfg
from engine.train.schedule import Plateau, factor

KINDS = ("constant", "cosine", "step", "one_cycle", "plateau")


def rates(cfg: ScheduleCfg, n: int = 40, per_epoch: int = 10) -> list[float]:
    return [factor(cfg, step, n, per_epoch) for step in range(n)]


@given(st.sampled_from(KINDS), st.floats(0, 1), st.floats(0.001, 0.5), st.integers(1, 60), st.integers(1, 12))
def test_any_schedule_stays_between_nothing_and_its_peak(
    kind: str, warmup: float, floor: float, n: int, per_epoch: int
) -> None:
    cfg = ScheduleCfg(kind=kind, warmup=warmup, floor=floor, every=2)
    assert all(0 < rate <= 1 + 1e-9 for rate in rates(cfg, n, per_epoch))


def test_cosine_falls_to_its_floor() -> None:
    found = rates(ScheduleCfg(kind="cosine", floor=0.1))
    assert found[0] == 1.0
    assert all(a >= b for a, b in itertools.pairwise(found))
    assert found[-1] == pytest.approx(0.1, abs=0.01)


def test_warming_up_rises_evenly_to_the_peak() -> None:
    found = rates(ScheduleCfg(kind="constant", warmup=0.25))
    assert found[:10] == pytest.approx([(n + 1) / 10 for n in range(10)])
    assert found[10:] == [1.0] * 30


def test_steps_fall_every_so_many_epochs() -> None:
    found = rates(ScheduleCfg(kind="step", every=2, factor=0.5, floor=0.01), n=60)
    assert [found[0], found[19], found[20], found[39], found[40]] == [1, 1, 0.5, 0.5, 0.25]


def test_one_cycle_rises_and_falls() -> None:
    found = rates(ScheduleCfg(kind="one_cycle", floor=0.01), n=100)
    top = found.index(max(found))
    assert found[0] == pytest.approx(0.04)
    assert 25 <= top <= 35
    assert found[-1] == pytest.approx(0.01)


def test_a_plateau_lowers_the_rate_when_nothing_is_gained() -> None:
    plateau = Plateau(ScheduleCfg(kind="plateau", patience=1, factor=0.1, floor=0.05))
    seen = []
    for loss in (1.0, 0.9, 0.95, 0.91, 0.8, 0.9, 0.9, 0.9, 0.9):
        plateau.see(loss)
        seen.append(plateau.rate)
    assert seen == pytest.approx([1, 1, 1, 0.1, 0.1, 0.1, 0.05, 0.05, 0.05])


def test_other_kinds_have_no_plateau() -> None:
    plateau = Plateau(ScheduleCfg(kind="cosine", patience=0))
    for _ in range(5):
        plateau.see(1.0)
    assert plateau.rate == 1.0
