"""A share of a batch answered as if the whole batch were here: what photos share, they share across processes."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional
from torch.overrides import TorchFunctionMode

from engine.train.ranks import Ranks, share_of


def own_share(n: int, ranks: Ranks) -> tuple[slice, int]:
    """Which of a batch of `n` photos this process looks at, and how many of them count.

    Where there are fewer photos than processes, those without one look at the first and count none: all must take part
    in what is added up.
    """
    own = share_of(n, ranks)
    n_own = own.stop - own.start
    return (own, n_own) if n_own else (slice(0, 1), 0)


def as_one(n: int, ranks: Ranks) -> contextlib.AbstractContextManager[object]:
    """A context in which a network looks at this process's `own_share` of a batch of `n` photos.

    Batch norm takes mean and variance of the whole batch, and dropout draws for the whole batch and takes what falls on
    the share: a step comes to the same with any number of processes. All must look at once.
    """
    return contextlib.nullcontext() if ranks.world == 1 else _AsOne(n, ranks)


class _SumOfAll(torch.autograd.Function):
    """The sum over all processes; its gradient is the sum of theirs."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, ranks: Ranks) -> Tensor:
        """The sum."""
        ctx.ranks = ranks
        return ranks.add_up(x.clone())

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        """The sum of the gradients."""
        return ctx.ranks.add_up(gradients[0].contiguous().clone()), None


class _AsOne(TorchFunctionMode):
    """Answers for batch norm and for random draws in torch's place."""

    def __init__(self, n: int, ranks: Ranks) -> None:
        super().__init__()
        self._n = n
        self._ranks = ranks
        self._own, self._n_own = own_share(n, ranks)

    def __torch_function__(
        self, func: Callable[..., Any], types: Sequence[type], args: Sequence[Any] = (), kwargs: Any = None
    ) -> Any:
        """What `func` answers for this share of the batch."""
        named: Mapping[str, Any] = kwargs or {}
        if func is functional.batch_norm:
            return self._batch_norm(*args, **named)
        if func is functional.dropout:
            return self._dropout(*args, **named)
        if func is Tensor.bernoulli_:
            return self._bernoulli(*args, **named)
        return func(*args, **named)

    def _batch_norm(
        self,
        x: Tensor,
        running_mean: Tensor | None,
        running_var: Tensor | None,
        weight: Tensor | None = None,
        bias: Tensor | None = None,
        training: bool = False,
        momentum: float = 0.1,
        eps: float = 1e-5,
    ) -> Tensor:
        if not training:
            return functional.batch_norm(x, running_mean, running_var, weight, bias, False, momentum, eps)
        mean, var, n = self._moments(x.float())
        if running_mean is not None and running_var is not None:
            with torch.no_grad():
                running_mean.lerp_(mean.detach(), momentum)
                running_var.lerp_(var.detach() * (n / (n - 1)) if n > 1 else var.detach(), momentum)
        scale = torch.rsqrt(var + eps)
        if weight is not None:
            scale = scale * weight
        shift = -mean * scale if bias is None else bias - mean * scale
        shape = (1, -1, *(1 for _ in x.shape[2:]))
        return (x.float() * scale.view(shape) + shift.view(shape)).to(x.dtype)

    def _moments(self, x: Tensor) -> tuple[Tensor, Tensor, int]:
        """(c,) mean and variance of all processes' (n, c, ...) numbers, and how many numbers a channel has.

        Source: Chan, Golub, LeVeque 1979, for parts of different size.
        """
        n_channels, n_places = x.shape[1], x.numel() // (x.shape[0] * x.shape[1])
        dims = [at for at in range(x.dim()) if at != 1]
        own_var, own_mean = torch.var_mean(x, dims, correction=0)
        counts = [(s.stop - s.start) * n_places for s in self._shares()]
        # Each process fills in its line; the sum is the table of all.
        table = torch.zeros(self._ranks.world, 2, n_channels, device=x.device, dtype=x.dtype)
        at = torch.zeros(self._ranks.world, 1, 1, device=x.device, dtype=x.dtype)
        at[self._ranks.rank] = 1.0
        summed = _SumOfAll.apply(table + at * torch.stack([own_mean, own_var]), self._ranks)
        shares = torch.tensor(counts, device=x.device, dtype=x.dtype).view(-1, 1) / sum(counts)
        mean = (shares * summed[:, 0]).sum(dim=0)
        var = (shares * (summed[:, 1] + (summed[:, 0] - mean) ** 2)).sum(dim=0)
        return mean, var, sum(counts)

    def _shares(self) -> list[slice]:
        return [share_of(self._n, self._ranks, rank) for rank in range(self._ranks.world)]

    def _dropout(self, x: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
        per = self._per_photo(x)
        if not training or not 0 < p < 1 or per is None:
            return functional.dropout(x, p, training, inplace)
        kept = torch.empty((self._n * per, *x.shape[1:]), dtype=x.dtype, device=x.device).bernoulli_(1 - p).div_(1 - p)
        return x * kept[self._own.start * per : self._own.stop * per]

    def _bernoulli(self, x: Tensor, p: Any = 0.5, **named: Any) -> Tensor:
        per = self._per_photo(x)
        if per is None or isinstance(p, Tensor):
            return x.bernoulli_(p, **named)
        whole = torch.empty((self._n * per, *x.shape[1:]), dtype=x.dtype, device=x.device).bernoulli_(p, **named)
        return x.copy_(whole[self._own.start * per : self._own.stop * per])

    def _per_photo(self, x: Tensor) -> int | None:
        """Lines of `x` that belong to one photo; None if they belong to none."""
        n_seen = self._own.stop - self._own.start
        return len(x) // n_seen if x.dim() and len(x) and len(x) % n_seen == 0 else None
