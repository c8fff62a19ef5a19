"""What a training's numbers say that a glance can miss: it never learned, it collapsed to few classes, it overfits."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from engine.insight.curves import EpochRow
from engine.insight.metrics import Report, wilson

Kind = Literal["never_learned", "collapsed", "overfits"]

# A network that answers at random among k classes has a loss of ln k; one this close to it has learned nothing.
LOSS_GAP = 0.05
# A few classes take (nearly) every answer ...
SWALLOWED = 0.9
# ... although they are far less of the photos.
FAIR_SHARE = 0.6
# Validation loss this much above its lowest, while training loss still fell, is overfitting and not noise.
OVERFIT_RISE = 0.1
MIN_EPOCHS_AFTER = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One thing that is wrong with a run, with what to do; `epoch`: where it began, if it has a place in time."""

    kind: Kind
    text: str
    advice: str
    epoch: int | None = None


def verdicts(rows: Sequence[EpochRow], report: Report) -> tuple[Verdict, ...]:
    """What is wrong with a run, worst first; nothing for a run that is as it should be.

    Args:
        rows: its epochs, empty for a run without any (Quick, classic classifiers).
        report: its score on photos it had not seen.
    """
    found = (_never_learned(rows, report), _collapsed(report), _overfits(rows))
    told = [verdict for verdict in found if verdict is not None]
    # A run that never learned also answers with few classes, and nothing follows from that any more.
    return tuple(told[:1] if told and told[0].kind == "never_learned" else told)


def _never_learned(rows: Sequence[EpochRow], report: Report) -> Verdict | None:
    k = len(report.classes)
    losses = [row.val_loss for row in rows if math.isfinite(row.val_loss)]
    stuck = bool(losses) and min(losses) > math.log(k) - LOSS_GAP
    low, _ = report.accuracy_ci95
    chance = max(report.baseline, 1 / k)
    if not (stuck or (losses and low <= chance)):
        return None
    why = f"its loss never came below {min(losses):.2f}, and guessing among {k} classes has {math.log(k):.2f}"
    if not stuck:
        why = f"{report.accuracy:.0%} right on {report.n} photos is not more than always naming the largest class"
    return Verdict(
        kind="never_learned",
        text=f"This run never learned: {why}.",
        advice="Try a learning rate ten times lower, batch norm, or a pretrained network.",
    )


def _collapsed(report: Report) -> Verdict | None:
    """Fewest classes that take nearly all answers, if they are far fewer of the photos."""
    answers, truth = report.confusion.sum(axis=0), report.confusion.sum(axis=1)
    order = np.argsort(-answers, kind="stable")
    n_takers = int(np.searchsorted(np.cumsum(answers[order]), SWALLOWED * answers.sum())) + 1
    takers = order[:n_takers]
    n_their_own = int(truth[takers].sum())
    _, high = wilson(n_their_own, report.n)
    if n_takers > len(report.classes) // 2 or high > FAIR_SHARE:
        return None
    names = ", ".join(report.classes[int(column)] for column in takers)
    return Verdict(
        kind="collapsed",
        text=f"Nearly every photo is called {names}: {answers[takers].sum() / report.n:.0%} of the answers, and "
        f"{n_their_own / report.n:.0%} of the photos.",
        advice="Lower the learning rate, weigh the classes alike, and check that each class has enough photos.",
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
        advice="The weights of the best epoch are kept. Stronger augmentation, fewer epochs or more photos help.",
        epoch=best.epoch,
    )
