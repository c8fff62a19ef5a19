"""L-BFGS: minimises a smooth convex function from values and gradients, in numpy alone."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Objective = Callable[[Vector], tuple[float, Vector]]

MEMORY = 20
# A step must earn this share of the fall its slope promises (Nocedal and Wright, section 3.1).
SUFFICIENT_FALL = 1e-4
MAX_HALVINGS = 30


def minimise(objective: Objective, begin: Vector, *, tolerance: float, max_steps: int) -> Vector:
    """The point where a step lowers the value by less than `tolerance` of it, or the last of `max_steps`.

    Args:
        objective: value and (m,) gradient at an (m,) point; convex, bounded below.
        begin: (m,) where to start.
        tolerance: relative, > 0.
    Source: Nocedal and Wright, "Numerical Optimization", 2nd edition, algorithms 7.4 and 7.5; steps are found by
        backtracking with quadratic interpolation, which is enough where the function is convex.
    """
    point = begin.astype(np.float64)
    value, gradient = objective(point)
    pairs: deque[tuple[Vector, Vector, float]] = deque(maxlen=MEMORY)
    for _ in range(max_steps):
        direction = -_times_inverse_hessian(gradient, pairs)
        found = _step(objective, point, value, gradient, direction)
        if found is None:
            return point
        new_point, new_value, new_gradient = found
        moved, bent = new_point - point, new_gradient - gradient
        curvature = float(moved @ bent)
        if curvature > 0.0:
            pairs.append((moved, bent, 1.0 / curvature))
        fall = value - new_value
        point, value, gradient = new_point, new_value, new_gradient
        if fall <= tolerance * max(abs(value), 1e-12):
            return point
    return point


def _times_inverse_hessian(gradient: Vector, pairs: deque[tuple[Vector, Vector, float]]) -> Vector:
    """The two-loop recursion (algorithm 7.4)."""
    q = gradient.copy()
    shares = []
    for moved, bent, inverse in reversed(pairs):
        share = inverse * float(moved @ q)
        q -= share * bent
        shares.append(share)
    if pairs:
        _, bent, inverse = pairs[-1]
        q /= inverse * float(bent @ bent)
    for (moved, bent, inverse), share in zip(pairs, reversed(shares), strict=True):
        q += (share - inverse * float(bent @ q)) * moved
    return q


def _step(
    objective: Objective, point: Vector, value: float, gradient: Vector, direction: Vector
) -> tuple[Vector, float, Vector] | None:
    """The next point with its value and gradient, or None where nothing lower is found in this direction."""
    slope = float(gradient @ direction)
    if slope >= 0.0:
        return None
    length = 1.0
    for _ in range(MAX_HALVINGS):
        new_point = point + length * direction
        new_value, new_gradient = objective(new_point)
        if new_value <= value + SUFFICIENT_FALL * length * slope:
            return new_point, new_value, new_gradient
        # The minimum of the parabola through what is known, kept away from both ends.
        lowest = -slope * length**2 / (2.0 * (new_value - value - slope * length))
        length = min(max(lowest, 0.1 * length), 0.5 * length)
    return None
