"""Processes that train one network together: which one this is, what each looks at, and how they add up and agree."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
from collections.abc import Iterator, Sequence
from typing import Protocol

import torch
from torch import Tensor, distributed, nn

from engine.base.errors import Stopped

# A pause holds all processes in a collective operation, and may last a weekend. One that dies is noticed at once.
PATIENCE = dt.timedelta(days=30)
# Gradients travel together up to so many numbers; many small messages cost more than few large ones.
BUCKET = 8_000_000


class Ranks(Protocol):
    """The processes of a training, seen from one of them: number `rank` (from 0) of `world`."""

    @property
    def rank(self) -> int:
        """Number of this process; 0 writes files and tells what happens."""

    @property
    def world(self) -> int:
        """How many there are."""

    def add_up(self, tensor: Tensor) -> Tensor:
        """The tensor, of the same shape in all, now holds the sum of them all; it is also returned."""

    def hear(self, word: int) -> int:
        """The word that number 0 gave."""


class Alone:
    """One process that does everything."""

    rank = 0
    world = 1

    def add_up(self, tensor: Tensor) -> Tensor:
        """The tensor as it is."""
        return tensor

    def hear(self, word: int) -> int:
        """The word itself."""
        return word


ALONE = Alone()


class Joined:
    """The processes that torch distributed has brought together."""

    def __init__(self) -> None:
        self.rank = distributed.get_rank()
        self.world = distributed.get_world_size()

    def add_up(self, tensor: Tensor) -> Tensor:
        """As `Ranks.add_up`; tensors on a CPU and on a GPU each go their own way.

        Raises:
            RuntimeError: another process is gone.
        """
        distributed.all_reduce(tensor)
        return tensor

    def hear(self, word: int) -> int:
        """As `Ranks.hear`.

        Raises:
            RuntimeError: another process is gone.
        """
        # On the CPU on purpose: a process that waits on a GPU keeps it and a core busy.
        said = torch.tensor([word])
        distributed.broadcast(said, src=0)
        return int(said)


@contextlib.contextmanager
def joined() -> Iterator[Ranks]:
    """Within the block this process trains with those that torchrun started; each takes the GPU of its local number."""
    with_gpu = torch.cuda.is_available()
    if with_gpu:
        torch.cuda.set_device(int(os.environ["LOCAL_RANK"]))
    distributed.init_process_group("cpu:gloo,cuda:nccl" if with_gpu else "gloo", timeout=PATIENCE)
    try:
        yield Joined()
    finally:
        distributed.destroy_process_group()


def share_of(n: int, ranks: Ranks, rank: int | None = None) -> slice:
    """Which of `n` photos in a row this process looks at (or that of number `rank`); shares differ by one at most."""
    each, more = divmod(n, ranks.world)
    at = ranks.rank if rank is None else rank
    first = at * each + min(at, more)
    return slice(first, first + each + (at < more))


@contextlib.contextmanager
def together(ranks: Ranks) -> Iterator[None]:
    """A block that a stop ends in number 0 ends so in all; the others wait here for it.

    Raises:
        Stopped: number 0 was asked to stop.
    """
    try:
        yield
    except Stopped:
        ranks.hear(1)
        raise
    if ranks.hear(0):
        raise Stopped


def add_up_gradients(parameters: Sequence[nn.Parameter], ranks: Ranks) -> None:
    """Each parameter's gradient is the sum of all processes'; one that no process has a gradient of gets none."""
    if ranks.world == 1:
        return
    learning = [parameter for parameter in parameters if parameter.requires_grad]
    known = torch.tensor([float(parameter.grad is not None) for parameter in learning])
    for parameter, n in zip(learning, ranks.add_up(known).tolist(), strict=True):
        if n and parameter.grad is None:
            parameter.grad = torch.zeros_like(parameter)
    for bucket in _buckets([parameter.grad for parameter in learning if parameter.grad is not None]):
        flat = ranks.add_up(torch.cat([gradient.reshape(-1) for gradient in bucket]))
        parts = torch.split(flat, [gradient.numel() for gradient in bucket])
        for gradient, part in zip(bucket, parts, strict=True):
            gradient.copy_(part.view(gradient.shape))


def _buckets(gradients: Sequence[Tensor]) -> Iterator[list[Tensor]]:
    bucket: list[Tensor] = []
    for gradient in gradients:
        if bucket and (gradient.dtype != bucket[0].dtype or sum(g.numel() for g in bucket) + gradient.numel() > BUCKET):
            yield bucket
            bucket = []
        bucket.append(gradient)
    if bucket:
        yield bucket
