"""The state of a training on disk: weights and optimiser as safetensors, the rest as JSON, no program in either.

`last.json` names the file of tensors that belongs to it, which is written before; the older one is deleted after. A
crash at any moment leaves a pair that fits together.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from engine.base.errors import DamagedInput
from engine.base.files import atomic_write

STATE_FILE = "last.json"
BEST_FILE = "best.safetensors"
_TENSORS = "last-{}.safetensors"


class EpochSums(msgspec.Struct, kw_only=True):
    """What the steps of the epoch under way have come to."""

    n: int = 0
    n_right: int = 0
    loss_sum: float = 0.0
    seconds: float = 0.0


class Progress(msgspec.Struct, kw_only=True):
    """How far a training is. Random numbers follow from the recipe's seed and this place, so none are kept.

    `epoch`: epochs that are over; `step_in_epoch`: steps done of the next; `step`: of all. `rate`: factor on all
    learning rates that a plateau or a divergence has brought about. `n_stale`: epochs since the best one.
    `n_diverged`: how often the loss was not a number. `micro`: photos that fit in memory at once, 0 = all of a batch.
    """

    epoch: int = 0
    step_in_epoch: int = 0
    step: int = 0
    rate: float = 1.0
    plateau_best: float = math.inf
    plateau_bad: int = 0
    plateau_rate: float = 1.0
    best_epoch: int = 0
    best_score: float = -math.inf
    n_stale: int = 0
    n_diverged: int = 0
    micro: int = 0
    sums: EpochSums = msgspec.field(default_factory=EpochSums)


class _State(msgspec.Struct, frozen=True, kw_only=True):
    format: int
    recipe_sha256: str
    tensors: str
    tensors_sha256: str
    optimiser: dict[str, dict[str, float]]
    progress: Progress
    infinite: tuple[str, ...]


def save_checkpoint(
    folder: Path,
    recipe_sha256: str,
    progress: Progress,
    tensors: Mapping[str, Tensor],
    optimiser: torch.optim.Optimizer | None,
) -> None:
    """The folder holds the state; before that moment it held the one before.

    Raises:
        StorageError: the disk refused.
    """
    held, numbers = _optimiser_state(optimiser)
    data = save({name: t.detach().cpu().contiguous().clone() for name, t in {**tensors, **held}.items()})
    name = _TENSORS.format(progress.step)
    older = [path for path in folder.glob(_TENSORS.format("*")) if path.name != name]
    atomic_write(folder / name, data)
    # JSON has no infinity; such numbers are named and put back.
    plain, infinite = _finite(progress)
    state = _State(
        format=1,
        recipe_sha256=recipe_sha256,
        tensors=name,
        tensors_sha256=hashlib.sha256(data).hexdigest(),
        optimiser=numbers,
        progress=plain,
        infinite=infinite,
    )
    atomic_write(folder / STATE_FILE, msgspec.json.format(msgspec.json.encode(state)))
    for path in older:
        path.unlink(missing_ok=True)


def load_checkpoint(
    folder: Path, recipe_sha256: str
) -> tuple[Progress, dict[str, Tensor], dict[str, dict[str, float]]]:
    """The state a folder holds: how far, the tensors, and the optimiser's plain numbers (for `restore_optimiser`).

    Raises:
        DamagedInput: there is none, it is damaged, or it belongs to another recipe.
    """
    try:
        state = msgspec.json.decode((folder / STATE_FILE).read_bytes(), type=_State)
        data = (folder / Path(state.tensors).name).read_bytes()
        if hashlib.sha256(data).hexdigest() != state.tensors_sha256 or state.recipe_sha256 != recipe_sha256:
            raise _damaged("the tensors or the recipe are others")
        tensors = load(data)
    except (OSError, msgspec.DecodeError, SafetensorError, ValueError) as error:
        raise _damaged(repr(error)) from error
    for name in state.infinite:
        setattr(state.progress, name, -math.inf if name == "best_score" else math.inf)
    return state.progress, tensors, state.optimiser


def forget_checkpoint(folder: Path) -> None:
    """There is nothing to go on from any more."""
    (folder / STATE_FILE).unlink(missing_ok=True)
    for path in folder.glob(_TENSORS.format("*")):
        path.unlink(missing_ok=True)


def restore_optimiser(
    optimiser: torch.optim.Optimizer, tensors: Mapping[str, Tensor], numbers: Mapping[str, Mapping[str, float]]
) -> None:
    """The optimiser, made anew on the same parameters, is as it was when it was saved.

    Raises:
        DamagedInput: its state is of other parameters.
    """
    known = optimiser.state_dict()
    state: dict[int, dict[str, Any]] = {}
    for name, tensor in tensors.items():
        if name.startswith("optimiser."):
            _, number, key = name.split(".", 2)
            state.setdefault(int(number), {})[key] = tensor
    for number_text, entries in numbers.items():
        state.setdefault(int(number_text), {}).update(
            {key: int(v) if float(v).is_integer() else v for key, v in entries.items()}
        )
    try:
        optimiser.load_state_dict({"state": state, "param_groups": known["param_groups"]})
    except (ValueError, KeyError, RuntimeError) as error:
        raise _damaged(repr(error)) from error


def _optimiser_state(
    optimiser: torch.optim.Optimizer | None,
) -> tuple[dict[str, Tensor], dict[str, dict[str, float]]]:
    tensors: dict[str, Tensor] = {}
    numbers: dict[str, dict[str, float]] = {}
    if optimiser is not None:
        for number, entries in optimiser.state_dict()["state"].items():
            for key, value in entries.items():
                if isinstance(value, Tensor):
                    tensors[f"optimiser.{number}.{key}"] = value
                elif isinstance(value, int | float):
                    numbers.setdefault(str(number), {})[key] = float(value)
    return tensors, numbers


def _finite(progress: Progress) -> tuple[Progress, tuple[str, ...]]:
    infinite = tuple(name for name in ("plateau_best", "best_score") if math.isinf(getattr(progress, name)))
    return msgspec.structs.replace(progress, **dict.fromkeys(infinite, 0.0)), infinite


def _damaged(details: str) -> DamagedInput:
    return DamagedInput(
        "damaged",
        "The saved state of the training is damaged or belongs to another recipe.",
        safe="Your photos and labels are unchanged.",
        advice="Train again from the start.",
        details=details,
    )
