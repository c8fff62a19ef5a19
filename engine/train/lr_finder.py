"""The learning-rate range test: rates rise with every step, and the loss tells which learn and which break."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from engine.base.stop import StopToken
from engine.data.rate_found import RateFound
from engine.recipe.training_cfg import StageCfg
from engine.train.data import Training
from engine.train.learner import Learner

LOWEST, HIGHEST = 1e-6, 1.0
# Beyond this many times the lowest loss so far, higher rates only break more.
BROKEN = 4.0
SMOOTHING = 0.9
# A rate somewhat below the steepest one is on the safe side (Smith 2017, section 3.3).
SAFETY = 0.3
# Where the loss never falls by so much, chance alone makes slopes.
SMALLEST_FALL = 0.05


def find_rate(
    learner: Learner,
    data: Training,
    stage: StageCfg,
    *,
    n_steps: int,
    stop: StopToken,
    on_step: Callable[[], None] = lambda: None,
) -> RateFound:
    """Learn `n_steps` batches at rates that rise evenly by factors from 1e-6 to 1; the weights are spoilt afterwards.

    Args:
        stage: which layers learn; its own rate is not looked at.
    Raises:
        Stopped: between two steps.
    Source: Smith 2017, "Cyclical learning rates for training neural networks", section 3.3.
    """
    learner.begin_stage(StageCfg(epochs=1, layers=stage.layers, n_last=stage.n_last, lr=1.0))
    learner.train_mode(stage)
    rates: list[float] = []
    losses: list[float] = []
    mean, epoch = 0.0, 0
    batches = data.batches(0, 0)
    for step in range(n_steps):
        stop.raise_if_set()
        batch = next(batches, None)
        if batch is None:
            epoch += 1
            batches = data.batches(epoch, 0)
            batch = next(batches)
        rate = LOWEST * (HIGHEST / LOWEST) ** (step / max(1, n_steps - 1))
        learner.set_rate(rate)
        loss, _ = learner.learn(*batch, step)
        on_step()
        if not math.isfinite(loss):
            break
        mean = SMOOTHING * mean + (1 - SMOOTHING) * loss
        rates.append(rate)
        losses.append(mean / (1 - SMOOTHING ** (step + 1)))
        if losses[-1] > BROKEN * min(losses):
            break
    return RateFound(rates=tuple(rates), losses=tuple(losses), suggested=suggestion(rates, losses))


def suggestion(rates: Sequence[float], losses: Sequence[float]) -> float | None:
    """A rate below the one at which the loss falls most steeply per factor; None where it falls too little to tell.

    Slopes are taken over a tenth of the test to either side, because neighbouring batches differ by chance.
    """
    n = len(rates)
    if n < 3 or min(losses) > (1 - SMALLEST_FALL) * losses[0]:
        return None
    reach = max(1, n // 10)
    slopes = {
        at: (losses[at + reach] - losses[at - reach]) / math.log(rates[at + reach] / rates[at - reach])
        for at in range(reach, n - reach)
    }
    return SAFETY * rates[min(slopes, key=slopes.__getitem__)]
