"""What a training's numbers say that a glance can miss: it never learned, collapsed, overfits, its rate is too high."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from engine.insight.curves import Curves, EpochRow
from engine.insight.metrics import Report, wilson

Kind = Literal["not_a_number", "never_learned", "collapsed", "rate_too_high", "overfits", "idle_gpu"]
Severity = Literal["severe", "warning", "info"]

# A network that answers at random among k classes has a loss of ln k; one this close to it has learned nothing.
LOSS_GAP = 0.05
# Epochs after which a training that is still under way can be said to learn nothing, and to answer with few classes.
MIN_EPOCHS_STUCK = 3
MIN_EPOCHS_COLLAPSED = 2
# A few classes take (nearly) every answer ...
SWALLOWED = 0.9
# ... although they are far less of the photos.
FAIR_SHARE = 0.6
# Validation loss this much above its lowest, while training loss still fell, is overfitting and not noise.
OVERFIT_RISE = 0.1
MIN_EPOCHS_AFTER = 2
# The loss of the last steps this many times that of the first ones, medians of so many, is a rate too high.
STEP_RISE = 1.5
N_STEPS = 10
MIN_STEPS = 30
# So is a validation loss that has grown this many times from one epoch to the next, so often.
JUMP = 2.0
MIN_JUMPS = 2

SEVERITY: dict[Kind, Severity] = {
    "not_a_number": "severe",
    "never_learned": "severe",
    "collapsed": "severe",
    "rate_too_high": "warning",
    "overfits": "warning",
    "idle_gpu": "info",
}
# A word for each where there is no room for the sentence.
WORDS: dict[Kind, str] = {
    "not_a_number": "loss not a number",
    "never_learned": "learned nothing",
    "collapsed": "few classes answer",
    "rate_too_high": "learning rate too high",
    "overfits": "overfits",
    "idle_gpu": "GPU not used",
}
# What follows from another verdict says nothing new.
_FOLLOWS: dict[Kind, tuple[Kind, ...]] = {
    "not_a_number": ("rate_too_high",),
    "never_learned": ("collapsed",),
    "rate_too_high": ("overfits",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One thing that is wrong with a run, with what to do; `epoch`: where it began, if it has a place in time."""

    kind: Kind
    text: str
    advice: str
    epoch: int | None = None

    @property
    def severity(self) -> Severity:
        """How much it matters."""
        return SEVERITY[self.kind]

    @property
    def word(self) -> str:
        """The verdict in a few words."""
        return WORDS[self.kind]


def verdicts(curves: Curves, class_names: Sequence[str], report: Report | None = None) -> tuple[Verdict, ...]:
    """What is wrong with a run, worst first; at most one of each kind, nothing for a run that is as it should be.

    Args:
        curves: what it has told; empty for a run that has no epochs (Quick, classic classifiers).
        class_names: of the run's classes, in the order of its columns.
        report: its score on photos it had not seen; None while it is under way, or if it came to none.
    """
    rows = curves.rows()
    collapsed = _collapsed(curves, class_names, report)
    found = (
        _not_a_number(curves),
        # Chance is no more to be said of a run that is known to answer with a few classes alone.
        _stuck(rows, len(class_names), report) or (None if collapsed else _by_chance(rows, report)),
        collapsed,
        _rate_too_high(curves, rows, len(class_names)),
        _overfits(rows),
        _idle_gpu(curves),
    )
    told = [verdict for verdict in found if verdict is not None]
    silent = {kind for verdict in told for kind in _FOLLOWS.get(verdict.kind, ())}
    return tuple(verdict for verdict in told if verdict.kind not in silent)


def _not_a_number(curves: Curves) -> Verdict | None:
    if not curves.diverged:
        return None
    first, last, n = curves.diverged[0], curves.diverged[-1], len(curves.diverged)
    often = "once" if n == 1 else f"{n} times, first"
    then = "The training ended there"
    if last.rate > 0:
        then = f"It went on from what was saved before, with learning rates at {last.rate:.0%} of the recipe's"
    return Verdict(
        kind="not_a_number",
        text=f"The loss was not a number {often} in epoch {first.epoch}. {then}.",
        advice="Choose a learning rate ten times lower, or clip the gradient at 1.",
        epoch=first.epoch,
    )


def _stuck(rows: Sequence[EpochRow], k: int, report: Report | None) -> Verdict | None:
    losses = _val_losses(rows)
    if not losses or k < 2 or (report is None and len(losses) < MIN_EPOCHS_STUCK):
        return None
    if min(losses) <= math.log(k) - LOSS_GAP:
        return None
    return _never_learned(
        f"its loss has not come below {min(losses):.2f}, and guessing among {k} classes has {math.log(k):.2f}"
    )


def _by_chance(rows: Sequence[EpochRow], report: Report | None) -> Verdict | None:
    if report is None or not _val_losses(rows):
        return None
    if report.accuracy_ci95[0] > max(report.baseline, 1 / len(report.classes)):
        return None
    return _never_learned(
        f"{report.accuracy:.0%} right on {report.n} photos is not more than always naming the largest class"
    )


def _never_learned(why: str) -> Verdict:
    return Verdict(
        kind="never_learned",
        text=f"This run has learned nothing: {why}.",
        advice="Try a learning rate ten times lower, batch norm, or a pretrained network.",
    )


def _val_losses(rows: Sequence[EpochRow]) -> list[float]:
    return [row.val_loss for row in rows if math.isfinite(row.val_loss)]


def _collapsed(curves: Curves, class_names: Sequence[str], report: Report | None) -> Verdict | None:
    """By the score's photos, and where there is no score by what the validation photos were called last."""
    if report is not None:
        return _takers(report.classes, report.confusion.sum(axis=0), report.confusion.sum(axis=1))
    told = curves.answered
    if told is None or told.epoch < MIN_EPOCHS_COLLAPSED or len(told.answered) != len(class_names):
        return None
    return _takers(class_names, np.array(told.answered), np.array(told.shown))


def _takers(class_names: Sequence[str], answered: NDArray[np.int64], shown: NDArray[np.int64]) -> Verdict | None:
    """Fewest classes that take nearly all answers, if they are far fewer of the photos; (k,) counts by column."""
    n = int(shown.sum())
    if not n:
        return None
    order = np.argsort(-answered, kind="stable")
    n_takers = int(np.searchsorted(np.cumsum(answered[order]), SWALLOWED * n)) + 1
    takers = order[:n_takers]
    n_their_own = int(shown[takers].sum())
    _, high = wilson(n_their_own, n)
    if n_takers > len(class_names) // 2 or high > FAIR_SHARE:
        return None
    names = ", ".join(class_names[int(column)] for column in takers)
    return Verdict(
        kind="collapsed",
        text=f"Nearly every photo is called {names}: {answered[takers].sum() / n:.0%} of the answers, and "
        f"{n_their_own / n:.0%} of the photos.",
        advice="Lower the learning rate, weigh the classes alike, and check that each class has enough photos.",
    )


def _rate_too_high(curves: Curves, rows: Sequence[EpochRow], k: int) -> Verdict | None:
    why = _rising_steps(curves, k) or _jumping_epochs(rows, k)
    if not why:
        return None
    return Verdict(
        kind="rate_too_high",
        text=f"The learning rate is probably too high: {why}.",
        advice="Choose one three to ten times lower, or let the learning-rate finder suggest one.",
    )


def _rising_steps(curves: Curves, k: int) -> str:
    losses = curves.step_losses()
    losses = losses[np.isfinite(losses)]
    if len(losses) < MIN_STEPS:
        return ""
    first, last = float(np.median(losses[:N_STEPS])), float(np.median(losses[-N_STEPS:]))
    # A loss that is small is no sign of harm, even if it was smaller.
    if last <= STEP_RISE * first or last <= math.log(max(k, 2)):
        return ""
    return f"the training loss has risen from {first:.2f} to {last:.2f}"


def _jumping_epochs(rows: Sequence[EpochRow], k: int) -> str:
    losses = _val_losses(rows)
    guessing = math.log(max(k, 2))
    jumps = [after for before, after in pairwise(losses) if after > JUMP * before and after > guessing]
    if len(jumps) < MIN_JUMPS:
        return ""
    return (
        f"{len(jumps)} times the validation loss has more than doubled from one epoch to the next, to {max(jumps):.2f} "
        f"at worst, and guessing has {guessing:.2f}"
    )


def _overfits(rows: Sequence[EpochRow]) -> Verdict | None:
    seen = [row for row in rows if math.isfinite(row.val_loss) and math.isfinite(row.train_loss)]
    if not seen:
        return None
    best = min(seen, key=lambda row: row.val_loss)
    after = [row for row in seen if row.epoch > best.epoch]
    if len(after) < MIN_EPOCHS_AFTER:
        return None
    # The median of what follows: one bad epoch is not a trend.
    later = float(np.median([row.val_loss for row in after]))
    if later < best.val_loss * (1 + OVERFIT_RISE) or after[-1].train_loss >= best.train_loss:
        return None
    return Verdict(
        kind="overfits",
        text=f"From epoch {best.epoch} on it learned the training photos by heart: their loss fell on to "
        f"{after[-1].train_loss:.2f}, that of validation photos rose from {best.val_loss:.2f} to {later:.2f}.",
        advice="The weights of the best epoch are kept unless the recipe says otherwise. Stronger augmentation, fewer "
        "epochs or more photos help.",
        epoch=best.epoch,
    )


def _idle_gpu(curves: Curves) -> Verdict | None:
    if curves.network is None or not curves.network.idle_gpu:
        return None
    return Verdict(
        kind="idle_gpu",
        text=f"This machine has a GPU ({curves.network.idle_gpu}), and this run does not use it.",
        advice="A GPU is many times faster. The Machine page, and fieldmark doctor, say why it cannot be used.",
    )
