"""Reading a file of weights from anywhere: safetensors, or a checkpoint of torch without running any code in it."""

from __future__ import annotations

import argparse
import pickle
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from engine.base.errors import DamagedInput

# Under which name training programs keep the weights in a checkpoint; averaged weights are the better ones.
_INNER = ("state_dict_ema", "model_ema", "state_dict", "model_state_dict", "model", "teacher", "network", "net")


def read_weights(path: Path) -> dict[str, Tensor]:
    """All tensors of the file by name, on the CPU, without a prefix that all names share.

    Raises:
        DamagedInput: the file is missing, damaged, holds no tensors, or holds more than tensors.
    """
    try:
        found = load_file(path, device="cpu") if path.suffix.lower() == ".safetensors" else _load_checkpoint(path)
    except FileNotFoundError as error:
        raise DamagedInput("missing", "The file of weights is not there any more.", details=str(error)) from error
    except (OSError, SafetensorError, RuntimeError, EOFError, ValueError, KeyError) as error:
        raise _unreadable("The file of weights is damaged.", path, error) from error
    except pickle.UnpicklingError as error:
        raise _unreadable("The file holds more than weights, and is not opened for safety.", path, error) from error
    tensors = _without_shared_prefix(_inner(found))
    if not tensors:
        raise _unreadable("The file holds no weights.", path, None)
    for name, tensor in tensors.items():
        if tensor.is_floating_point() and not bool(torch.isfinite(tensor).all()):
            raise _unreadable("The weights in the file are not all numbers.", path, ValueError(name))
    return tensors


def _load_checkpoint(path: Path) -> object:
    # A Namespace holds the choices of a training program: plain values, no code.
    with torch.serialization.safe_globals([argparse.Namespace]):
        return torch.load(path, map_location="cpu", weights_only=True)


def _inner(found: object) -> dict[str, Tensor]:
    """The table of tensors in a checkpoint, wherever in it."""
    if not isinstance(found, Mapping):
        return {}
    for name in _INNER:
        if isinstance(found.get(name), Mapping):
            return _inner(found[name])
    return {str(name): value for name, value in found.items() if isinstance(value, Tensor)}


def _without_shared_prefix(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Names without what wrappers put before all of them (`module.`, `model.`, ...)."""
    while len(tensors) > 1:
        prefixes = {name.partition(".")[0] for name in tensors}
        if len(prefixes) > 1 or not all("." in name for name in tensors):
            return tensors
        tensors = {name.partition(".")[2]: tensor for name, tensor in tensors.items()}
    return tensors


def _unreadable(what: str, path: Path, error: Exception | None) -> DamagedInput:
    return DamagedInput(
        "damaged",
        what,
        safe="The library is unchanged.",
        advice="Choose another file; best one that ends in .safetensors.",
        details=f"{path.name}: {error!r}",
    )
