"""What the optimiser promises."""

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.insight.lbfgs import minimise

Vector = NDArray[np.float64]


@pytest.mark.parametrize("condition", [1.0, 1e2, 1e4])
def test_the_minimum_of_a_quadratic_is_found_however_stretched_it_is(condition: float) -> None:
    scales = np.geomspace(1.0, condition, 20)
    centre = np.linspace(-1.0, 1.0, 20)

    def objective(x: Vector) -> tuple[float, Vector]:
        return float(scales @ (x - centre) ** 2) / 2, scales * (x - centre)

    found = minimise(objective, np.zeros(20), tolerance=1e-14, max_steps=500)
    assert np.allclose(found, centre, atol=1e-4)


def test_a_start_at_the_minimum_stays_there() -> None:
    start = np.zeros(3)
    assert np.array_equal(minimise(lambda x: (float(x @ x), 2 * x), start, tolerance=1e-9, max_steps=10), start)


def test_a_first_step_that_is_far_too_long_is_shortened() -> None:
    def objective(x: Vector) -> tuple[float, Vector]:
        root = np.sqrt(1.0 + (30.0 * x) ** 2)
        return float(root.sum()), 900.0 * x / root

    found = minimise(objective, np.array([2.0, -1.0]), tolerance=1e-14, max_steps=200)
    assert np.allclose(found, 0.0, atol=1e-3)


def test_no_more_steps_are_made_than_allowed() -> None:
    calls = []

    def objective(x: Vector) -> tuple[float, Vector]:
        calls.append(1)
        return float(np.sum(x**4)), 4 * x**3

    minimise(objective, np.ones(5), tolerance=1e-300, max_steps=3)
    assert len(calls) <= 1 + 3 * 31
