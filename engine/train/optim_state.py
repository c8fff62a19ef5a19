"""The state of any optimiser as tensors and plain JSON values, and back, exactly."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

# What an optimiser keeps can nest (lists of tensors, say); these keys mark what JSON cannot hold as it is.
_TENSOR, _FLOAT, _LIST, _DICT = "tensor", "float", "list", "dict"
PREFIX = "optimiser."

Plain = dict[str, Any] | list[Any] | str | int | bool | None


def to_plain(optimiser: torch.optim.Optimizer) -> tuple[dict[str, Tensor], Plain]:
    """The tensors by name, and everything else as JSON that refers to them; the parameters themselves are in neither.

    Raises:
        TypeError: the optimiser keeps something that is no number, text, tensor or collection of such.
    """
    held = optimiser.state_dict()
    tensors: dict[str, Tensor] = {}
    # Some count their steps in the groups; what else stands there are settings, which the recipe gives again.
    groups = [
        {key: value for key, value in group.items() if isinstance(value, Tensor | float | int)}
        for group in held["param_groups"]
    ]
    return tensors, _packed({"state": held["state"], "groups": groups}, tensors)


def from_plain(optimiser: torch.optim.Optimizer, tensors: Mapping[str, Tensor], plain: Plain) -> None:
    """The optimiser, made anew on the same parameters, is as it was.

    Raises:
        ValueError, KeyError, RuntimeError, TypeError: its state is of other parameters, or no state at all.
    """
    held = _unpacked(plain, tensors)
    known = optimiser.state_dict()["param_groups"]
    groups = [{**own, **saved} for saved, own in zip(held["groups"], known, strict=True)]
    parameters = [parameter for group in optimiser.param_groups for parameter in group["params"]]
    state = {at: _in_order_of(parameters[at], entries) for at, entries in held["state"].items()}
    optimiser.load_state_dict({"state": state, "param_groups": groups})


def _in_order_of(parameter: Tensor, entries: dict[str, Any]) -> dict[str, Any]:
    """Tensors shaped like their parameter get its order of memory: sums over them are then equal to the last bit."""
    return {
        key: torch.empty_like(parameter, dtype=value.dtype, device="cpu").copy_(value)
        if isinstance(value, Tensor) and value.shape == parameter.shape
        else value
        for key, value in entries.items()
    }


def _packed(value: object, tensors: dict[str, Tensor]) -> Plain:
    match value:
        case Tensor():
            name = f"{PREFIX}{len(tensors)}"
            tensors[name] = value
            return {_TENSOR: name}
        # JSON has neither infinity nor every float; their hexadecimal text is exact.
        case float():
            return {_FLOAT: value.hex()}
        case list() | tuple():
            return {_LIST: [_packed(one, tensors) for one in value]}
        case dict():
            return {_DICT: [[_packed(key, tensors), _packed(one, tensors)] for key, one in value.items()]}
        case None | bool() | int() | str():
            return value
    raise TypeError(f"an optimiser keeps a {type(value).__name__}")


def _unpacked(plain: Plain, tensors: Mapping[str, Tensor]) -> Any:
    match plain:
        case {"tensor": str(name)}:
            return tensors[name]
        case {"float": str(text)}:
            return float.fromhex(text)
        case {"list": list(values)}:
            return [_unpacked(one, tensors) for one in values]
        case {"dict": list(pairs)}:
            return {_unpacked(key, tensors): _unpacked(one, tensors) for key, one in pairs}
        case None | bool() | int() | str():
            return plain
    raise ValueError("no state of an optimiser")
