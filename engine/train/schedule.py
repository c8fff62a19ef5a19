"""How the learning rate moves within a stage, as a factor on the stage's peak."""

from __future__ import annotations

import math

from engine.recipe.training_cfg import ScheduleCfg

# Where a one-cycle schedule begins, as a share of its peak, and how much of the stage it rises.
# Source: Smith and Topin 2019, "Super-convergence", as in torch's OneCycleLR.
ONE_CYCLE_START = 1 / 25
ONE_CYCLE_RISE = 0.3


def factor(cfg: ScheduleCfg, step: int, n_steps: int, n_steps_per_epoch: int) -> float:
    """The factor at a step of a stage, in (0, 1]; a plateau's own factor comes on top (see `Plateau`).

    Args:
        step: 0 .. n_steps - 1.
    """
    n_warm = round(cfg.warmup * n_steps)
    if step < n_warm and cfg.kind != "one_cycle":
        return (step + 1) / n_warm
    share = (step - n_warm) / max(1, n_steps - n_warm)
    match cfg.kind:
        case "cosine":
            return cfg.floor + (1 - cfg.floor) * (1 + math.cos(math.pi * share)) / 2
        case "step":
            return max(cfg.floor, cfg.factor ** ((step - n_warm) // max(1, cfg.every * n_steps_per_epoch)))
        case "one_cycle":
            return _one_cycle(step / max(1, n_steps - 1), cfg.floor)
        case _:
            return 1.0


def _one_cycle(share: float, floor: float) -> float:
    if share < ONE_CYCLE_RISE:
        return _between(ONE_CYCLE_START, 1.0, share / ONE_CYCLE_RISE)
    return _between(1.0, floor, (share - ONE_CYCLE_RISE) / (1 - ONE_CYCLE_RISE))


def _between(begin: float, end: float, share: float) -> float:
    return end + (begin - end) * (1 + math.cos(math.pi * share)) / 2


class Plateau:
    """Lowers the rate when the validation loss has not fallen for some epochs."""

    def __init__(self, cfg: ScheduleCfg, *, best: float = math.inf, n_bad: int = 0, rate: float = 1.0) -> None:
        self._cfg = cfg
        self.best = best
        self.n_bad = n_bad
        self.rate = rate

    def see(self, loss: float) -> None:
        """An epoch came to this validation loss."""
        if self._cfg.kind != "plateau":
            return
        if loss < self.best:
            self.best, self.n_bad = loss, 0
            return
        self.n_bad += 1
        if self.n_bad > self._cfg.patience:
            self.rate = max(self._cfg.floor, self.rate * self._cfg.factor)
            self.n_bad = 0
