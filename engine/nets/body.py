"""What every body of a network has in common: it turns pixels into a vector, and knows its stages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from engine.base.errors import UserError

Triple = tuple[float, float, float]


class Body(nn.Module):
    """The part of a network before its head; `forward` takes (n, 3, side, side) float32, normalised, to (n, d).

    `input_mean`, `input_std`: of pixel values 0..255, per channel; the network that holds the body applies them.
    """

    def __init__(self, *, title: str, input_mean: Triple, input_std: Triple) -> None:
        super().__init__()
        self.title = title
        self.input_mean = input_mean
        self.input_std = input_std

    def forward(self, x: Tensor) -> Tensor:
        """See the class."""
        raise NotImplementedError

    def stage_numbers(self) -> dict[str, int]:
        """The stage of every parameter by its name, counted from 0 at the input."""
        raise NotImplementedError


@contextmanager
def looking_at(size: int) -> Iterator[None]:
    """What torch or timm say inside the block of a photo of `size` pixels that does not fit becomes a `UserError`."""
    try:
        yield
    except (RuntimeError, AssertionError) as error:
        raise UserError(
            f"This network cannot look at photos of {size} pixels.",
            safe="Your photos and labels are unchanged.",
            advice="Choose another input size: larger for many layers; a multiple of 14 or 16 for vision transformers.",
            details=str(error),
        ) from error


def width_of(body: Body, size: int) -> int:
    """Length of the vector the body makes of a photo of `size` pixels.

    Raises:
        UserError: the body cannot look at photos of that size.
    """
    some = next(body.parameters(), None)
    photo = torch.zeros(1, 3, size, size, device=None if some is None else some.device)
    was_training = body.training
    with looking_at(size), torch.no_grad():
        width = int(body.eval()(photo).shape[1])
    body.train(was_training)
    return width


def stage_parameters(body: Body) -> list[list[nn.Parameter]]:
    """The parameters of each stage, from input to output; empty for a body that learns nothing."""
    numbers = body.stage_numbers()
    stages: list[list[nn.Parameter]] = [[] for _ in range(_n_stages(numbers))]
    for name, parameter in body.named_parameters():
        stages[numbers[name]].append(parameter)
    return stages


def stage_modules(body: Body) -> list[list[nn.Module]]:
    """The modules of each stage: those whose parameters all lie in it. One without parameters (dropout) belongs to the
    stage of the module before it; one that spans several stages belongs to none.
    """
    numbers = body.stage_numbers()
    stages: list[list[nn.Module]] = [[] for _ in range(_n_stages(numbers))]
    stage = 0
    for prefix, module in body.named_modules():
        within = {numbers[f"{prefix}.{name}"] for name, _ in module.named_parameters()} if prefix else set()
        if len(within) > 1 or not prefix or not stages:
            continue
        stage = within.pop() if within else stage
        stages[stage].append(module)
    return stages


def _n_stages(numbers: dict[str, int]) -> int:
    return max(numbers.values()) + 1 if numbers else 0
