"""What a network says of photos it does not learn from, and how good that is."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from engine.insight.metrics import report
from engine.nets.heads import log_softmax
from engine.train.data import Labelled, Photos
from engine.train.shortage import is_lack_of_memory

JUDGE_BATCH = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Numbers of some photos; the loss is the plain mean cross entropy, whatever training weighs.

    `answered`, `shown`: how many photos were called each class, and how many show it, by column.
    """

    n: int
    loss: float
    accuracy: float
    macro_f1: float
    answered: tuple[int, ...] = ()
    shown: tuple[int, ...] = ()


def logits_of(
    network: nn.Module,
    photos: Photos,
    rows: NDArray[np.int64],
    n_classes: int,
    *,
    mirrored: bool,
    casting: contextlib.AbstractContextManager[object] | None = None,
    heed: Callable[[], object] = lambda: None,
) -> NDArray[np.float32]:
    """(n, k) logits, never augmented; the network is in evaluation mode afterwards.

    Args:
        mirrored: the mean of the photo's and its mirror image's. heed: called before each batch; may raise.
    Raises:
        RuntimeError, MemoryError: a single photo does not fit in memory.
    """
    found = np.zeros((len(rows), n_classes), dtype=np.float32)
    network.eval()
    first, batch = 0, JUDGE_BATCH
    while first < len(rows):
        heed()
        try:
            with torch.inference_mode(), casting or contextlib.nullcontext():
                x = photos.batch(rows[first : first + batch])
                out = network(x)
                if mirrored:
                    out = (out + network(x.flip(3))) / 2
        except (torch.OutOfMemoryError, MemoryError, RuntimeError) as error:
            if batch == 1 or not is_lack_of_memory(error):
                raise
            batch //= 2
            continue
        found[first : first + batch] = out.float().cpu().numpy()
        first += batch
    return found


def judge(logits: NDArray[np.float32], labelled: Labelled) -> Judged:
    """The numbers of (n, k) logits against their labels, n > 0."""
    log_p = log_softmax(logits)
    n, k = logits.shape
    found = report([str(column) for column in range(k)], labelled.columns, np.exp(log_p).astype(np.float32))
    loss = -float(log_p[np.arange(n), labelled.columns].mean())
    return Judged(
        n=n,
        loss=loss,
        accuracy=found.accuracy,
        macro_f1=found.macro_f1,
        answered=tuple(found.confusion.sum(axis=0).tolist()),
        shown=tuple(found.confusion.sum(axis=1).tolist()),
    )
