"""What a run was, apart from its answers: size, course, time and speed, as far as it was recorded."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from engine.data.training_facts import TrainingFacts
from engine.insight.curves import Curves, EpochRow


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFacts:
    """None is what was not recorded or does not exist; nothing is guessed.

    Args:
        n_parameters, n_trainable: as of `engine.data.training_facts`.
        train_loss, train_accuracy, val_loss, val_accuracy: of the epoch whose weights are kept; those of training with
            augmentation and dropout, as it was learned.
        minutes: from the run's beginning to its end; of one that went on after an interruption, what its epochs took.
        learn_rate: photos a second while a network learned, median over the steps.
        answer_rate: photos a second while classifying, as of `engine.data.training_facts`.
    """

    n_parameters: int | None = None
    n_trainable: int | None = None
    train_loss: float | None = None
    train_accuracy: float | None = None
    val_loss: float | None = None
    val_accuracy: float | None = None
    minutes: float | None = None
    learn_rate: float | None = None
    answer_rate: float | None = None


NOTHING_KNOWN = RunFacts()


def facts_of(made: TrainingFacts, curves: Curves, minutes: float | None) -> RunFacts:
    """The facts of a run from what its training left."""
    told = None if curves.network is None else curves.network.n_parameters
    kept = _kept_epoch(curves)
    speeds = curves.step_speeds()
    return RunFacts(
        n_parameters=told if made.n_parameters is None else made.n_parameters,
        n_trainable=made.n_trainable,
        train_loss=_known(kept.train_loss),
        train_accuracy=_known(kept.train_accuracy),
        val_loss=_known(kept.val_loss),
        val_accuracy=_known(kept.val_accuracy),
        # Nobody trained while it lay interrupted.
        minutes=minutes if curves.n_begun < 2 else curves.trained_seconds() / 60,
        learn_rate=_known(float(np.median(speeds))) if len(speeds) else None,
        answer_rate=made.answer_rate,
    )


def _kept_epoch(curves: Curves) -> EpochRow:
    best = curves.best_epoch()
    return next((row for row in curves.rows() if row.epoch == best), EpochRow(epoch=0))


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None
