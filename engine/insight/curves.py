"""How a training went, as numbers to draw: steps and epochs gathered from its events in bounded room."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from engine.base.events import Answered, Checkpointed, Diverged, Epoch, NetworkReady, Step

# A screen is a few thousand points wide; more steps than this are kept as means of neighbours.
CAPACITY = 16_384

EpochPart = Literal["train", "val"]
Column = NDArray[np.float64]


class Trace:
    """Rows of numbers in arrays made once. When they are full, neighbours are averaged: a row is then twice as many.

    The first column rises; a row that does not is the beginning of a repetition and replaces what it repeats.
    """

    def __init__(self, n_columns: int, capacity: int = CAPACITY) -> None:
        self._values = np.empty((n_columns, capacity), dtype=np.float64)
        self._n = 0
        self._per_row = 1
        self._sum = np.zeros(n_columns)
        self._n_in_sum = 0

    def __len__(self) -> int:
        """Rows that can be drawn."""
        return self._n

    def append(self, row: Sequence[float]) -> None:
        """The row is the newest; it is seen at once, or as part of a mean when its neighbours have come."""
        self._forget_from(row[0])
        self._sum += row
        self._n_in_sum += 1
        if self._n_in_sum < self._per_row:
            return
        self._values[:, self._n] = self._sum / self._n_in_sum
        self._n += 1
        self._sum[:] = 0.0
        self._n_in_sum = 0
        if self._n == self._values.shape[1]:
            self._halve()

    def column(self, number: int) -> Column:
        """(n,) values of one column, a view that is valid until the next `append`."""
        return self._values[number, : self._n]

    def _forget_from(self, first: float) -> None:
        if self._n and first <= self._values[0, self._n - 1]:
            self._n = int(np.searchsorted(self._values[0, : self._n], first))
            self._sum[:] = 0.0
            self._n_in_sum = 0

    def _halve(self) -> None:
        half = self._n // 2
        pairs = self._values[:, : 2 * half].reshape(len(self._values), half, 2)
        self._values[:, :half] = pairs.mean(axis=2)
        self._n = half
        self._per_row *= 2


@dataclass(frozen=True, slots=True, kw_only=True)
class EpochRow:
    """An epoch's numbers, those of training and of validation side by side; NaN where there are none."""

    epoch: int
    train_loss: float = math.nan
    train_accuracy: float = math.nan
    val_loss: float = math.nan
    val_accuracy: float = math.nan
    val_macro_f1: float = math.nan
    lr: float = math.nan
    seconds: float = math.nan


class Curves:
    """Everything that can be drawn of one run; `add` takes its events in order and passes over those of other kinds.

    `network`, `answered`: what was told last of either; `diverged`: every time the loss was not a number. `n_begun`:
    how often the training began or went on.
    """

    def __init__(self) -> None:
        self._steps = Trace(6)
        self._epochs: dict[EpochPart, Trace] = {"train": Trace(6, 4096), "val": Trace(6, 4096)}
        self._best: int | None = None
        self.network: NetworkReady | None = None
        self.n_begun = 0
        self.answered: Answered | None = None
        self.diverged: list[Diverged] = []

    def add(self, event: object) -> bool:
        """Whether the event changed what is drawn."""
        if isinstance(event, Step):
            epoch, rate, memory = event.epoch, event.images_per_s, float(event.memory_bytes)
            self._steps.append((event.step, epoch, event.loss, event.lr, rate, memory))
        elif isinstance(event, Epoch):
            f1 = math.nan if event.macro_f1 is None else event.macro_f1
            self._epochs[event.part].append((event.epoch, event.loss, event.accuracy, f1, event.lr, event.seconds))
        elif isinstance(event, Checkpointed) and event.is_best:
            self._best = event.epoch
        elif isinstance(event, NetworkReady):
            self.network = event
            self.n_begun += 1
        elif isinstance(event, Answered):
            self.answered = event
        elif isinstance(event, Diverged):
            self.diverged.append(event)
        else:
            return False
        return True

    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not len(self._steps) and not any(len(trace) for trace in self._epochs.values())

    def step_epochs(self) -> Column:
        """(n,) epochs done at each step, with the fraction, rising; the horizontal place of the steps."""
        return self._steps.column(1)

    def step_losses(self) -> Column:
        """(n,) loss of the training photos since the row before."""
        return self._steps.column(2)

    def step_rates(self) -> Column:
        """(n,) learning rates."""
        return self._steps.column(3)

    def step_speeds(self) -> Column:
        """(n,) photos a second."""
        return self._steps.column(4)

    def epochs(self, part: EpochPart) -> Column:
        """(m,) numbers of the epochs that are over, from 1; those on which `losses` and `accuracies` stand."""
        return self._epochs[part].column(0)

    def losses(self, part: EpochPart) -> Column:
        """(m,) mean loss of each epoch."""
        return self._epochs[part].column(1)

    def accuracies(self, part: EpochPart) -> Column:
        """(m,) share that was right, 0..1."""
        return self._epochs[part].column(2)

    def macro_f1s(self) -> Column:
        """(m,) macro F1 on the validation photos, 0..1; NaN where it was not told."""
        return self._epochs["val"].column(3)

    def epoch_rates(self) -> Column:
        """(m,) learning rate of each epoch of training."""
        return self._epochs["train"].column(4)

    def trained_seconds(self) -> float:
        """What the epochs took, validation included."""
        return float(sum(trace.column(5).sum() for trace in self._epochs.values()))

    def best_epoch(self) -> int | None:
        """The epoch whose weights are kept; where that was not told, the one of lowest validation loss."""
        if self._best is not None:
            return self._best
        losses = self.losses("val")
        if not len(losses) or np.isnan(losses).all():
            return None
        return int(self.epochs("val")[np.nanargmin(losses)])

    def rows(self) -> tuple[EpochRow, ...]:
        """One row an epoch, as a table has them."""
        numbers = sorted({int(n) for part in self._epochs for n in self.epochs(part)})
        train = {int(row[0]): row for row in zip(*(self._epochs["train"].column(n) for n in range(6)), strict=True)}
        val = {int(row[0]): row for row in zip(*(self._epochs["val"].column(n) for n in range(6)), strict=True)}
        nothing = (math.nan,) * 6
        found = []
        for number in numbers:
            taught, judged = train.get(number, nothing), val.get(number, nothing)
            found.append(
                EpochRow(
                    epoch=number,
                    train_loss=float(taught[1]),
                    train_accuracy=float(taught[2]),
                    val_loss=float(judged[1]),
                    val_accuracy=float(judged[2]),
                    val_macro_f1=float(judged[3]),
                    lr=float(taught[4]),
                    seconds=float(taught[5]),
                )
            )
        return tuple(found)


def smoothed(values: Column, weight: float) -> Column:
    """Exponential moving average of (n,) values, corrected for its start so that the first value stays.

    `weight`, 0 to below 1, is how much of each value is the past; 0 gives the values themselves. NaN counts as the
    value before it. Source: Kingma & Ba 2015, bias correction of section 3.
    """
    if weight <= 0.0 or not len(values):
        return values.copy()
    filled = _filled(values)
    out = np.empty_like(filled)
    # In blocks: the powers of the weight must not reach the smallest float.
    block = max(1, min(len(filled), int(300.0 / -math.log(weight))))
    powers = weight ** np.arange(1, block + 1)
    past = 0.0
    for start in range(0, len(filled), block):
        part = filled[start : start + block]
        decay = powers[: len(part)]
        out[start : start + len(part)] = decay * (past + (1.0 - weight) * np.cumsum(part / decay))
        past = float(out[start + len(part) - 1])
    counts = np.arange(1, len(filled) + 1)
    result: Column = out / (1.0 - weight**counts)
    return result


def _filled(values: Column) -> Column:
    missing = np.isnan(values)
    if not missing.any():
        return values
    last = np.maximum.accumulate(np.where(missing, 0, np.arange(len(values))))
    return np.nan_to_num(values[last])


def thinned(x: Column, y: Column, low: float, high: float, n: int) -> tuple[Column, Column]:
    """At most `n` points of the curve between `low` and `high`, with one neighbour on either side.

    Args:
        x: (m,) rising.
        y: (m,) values; groups of neighbours become their mean.
    """
    start = max(0, int(np.searchsorted(x, low)) - 1)
    end = min(len(x), int(np.searchsorted(x, high, side="right")) + 1)
    x, y = x[start:end], y[start:end]
    if len(x) <= n:
        return x, y
    starts = np.linspace(0, len(x), n, endpoint=False).astype(np.int64)
    sizes = np.diff(np.append(starts, len(x)))
    return np.add.reduceat(x, starts) / sizes, np.add.reduceat(y, starts) / sizes
