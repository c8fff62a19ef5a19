"""The state of a training on disk: weights and optimiser as safetensors, the rest as JSON, no program in either.

`last.json` names the file of tensors that belongs to it, which is written before; the older one is deleted after. A
crash at any moment leaves a pair that fits together.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from engine.base.errors import DamagedInput
from engine.base.files import atomic_write
from engine.train.optim_state import PREFIX, Plain, from_plain, to_plain

STATE_FILE = "last.json"
BEST_FILE = "best.safetensors"
_TENSORS = "last-{}.safetensors"
# Of the state; one of another format is not gone on from.
FORMAT = 2


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
    optimiser: Any
    progress: Progress
    infinite: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OptimiserState:
    """What a checkpoint holds of an optimiser; `restore` puts it into one on the same parameters."""

    tensors: Mapping[str, Tensor]
    plain: Plain

    def restore(self, optimiser: torch.optim.Optimizer) -> None:
        """The optimiser, made anew, is as it was when it was saved.

        Raises:
            DamagedInput: its state is of other parameters.
        """
        try:
            from_plain(optimiser, self.tensors, self.plain)
        except (ValueError, KeyError, IndexError, RuntimeError, TypeError) as error:
            raise _damaged(repr(error)) from error


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
    held, plain = ({}, None) if optimiser is None else to_plain(optimiser)
    data = save(_apart({**tensors, **held}))
    digest = hashlib.sha256(data).hexdigest()
    # Named by content: a file that a state on disk refers to is never written over with something else.
    name = _TENSORS.format(digest[:16])
    older = [path for path in folder.glob(_TENSORS.format("*")) if path.name != name]
    atomic_write(folder / name, data)
    # JSON has no infinity; such numbers are named and put back.
    finite, infinite = _finite(progress)
    state = _State(
        format=FORMAT,
        recipe_sha256=recipe_sha256,
        tensors=name,
        tensors_sha256=digest,
        optimiser=plain,
        progress=finite,
        infinite=infinite,
    )
    atomic_write(folder / STATE_FILE, msgspec.json.encode(state))
    for path in older:
        path.unlink(missing_ok=True)


def load_checkpoint(folder: Path, recipe_sha256: str) -> tuple[Progress, dict[str, Tensor], OptimiserState | None]:
    """The state a folder holds: how far, the weights, and the optimiser's state (None before the first stage).

    Raises:
        DamagedInput: there is none, it is damaged, or it belongs to another recipe.
    """
    try:
        state = msgspec.json.decode((folder / STATE_FILE).read_bytes(), type=_State)
        data = (folder / Path(state.tensors).name).read_bytes()
        ours = (state.format, state.recipe_sha256) == (FORMAT, recipe_sha256)
        if not ours or hashlib.sha256(data).hexdigest() != state.tensors_sha256:
            raise _damaged("the tensors, the recipe or the version are others")
        tensors = load(data)
    except (OSError, msgspec.DecodeError, SafetensorError, ValueError) as error:
        raise _damaged(repr(error)) from error
    for name in state.infinite:
        setattr(state.progress, name, -math.inf if name == "best_score" else math.inf)
    optimiser = None if state.optimiser is None else OptimiserState(tensors, state.optimiser)
    return state.progress, {name: t for name, t in tensors.items() if not name.startswith(PREFIX)}, optimiser


def forget_checkpoint(folder: Path) -> None:
    """There is nothing to go on from any more."""
    (folder / STATE_FILE).unlink(missing_ok=True)
    for path in folder.glob(_TENSORS.format("*")):
        path.unlink(missing_ok=True)


def _apart(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The tensors on the CPU; those that share memory with another (tied weights) as copies, as the format wants."""
    found: dict[str, Tensor] = {}
    seen: set[int] = set()
    for name, tensor in tensors.items():
        held = tensor.detach().cpu().contiguous()
        place = held.untyped_storage().data_ptr()
        found[name] = held.clone() if place in seen else held
        seen.add(place)
    return found


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
