"""What runs told while they trained, as event files of TensorBoard: steps and epochs, a folder a run."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from pathlib import Path

from engine.base.errors import UserError
from engine.base.events import AnyEvent, Epoch, Step

EXTRA = "tensorboard"


def scalars(event: AnyEvent) -> Iterator[tuple[str, int, float]]:
    """(name, step or epoch, value) of what the event measured; those that are no number are left out."""
    found: list[tuple[str, int, float | None]] = []
    if isinstance(event, Step):
        found = [
            ("step/loss", event.step, event.loss),
            ("step/learning_rate", event.step, event.lr),
            ("step/images_per_s", event.step, event.images_per_s),
        ]
    elif isinstance(event, Epoch):
        found = [
            (f"{event.part}/loss", event.epoch, event.loss),
            (f"{event.part}/accuracy", event.epoch, event.accuracy),
            (f"{event.part}/macro_f1", event.epoch, event.macro_f1),
        ]
    for name, at, value in found:
        if value is not None and math.isfinite(value):
            yield name, at, value


def write_tensorboard(folder: Path, events: Iterable[AnyEvent]) -> int:
    """`folder`, which is made, holds an event file with every measure of a run; returns how many there are.

    Raises:
        UserError: the package that writes such files is not installed, or the folder cannot be written to.
    """
    try:
        from tensorboardX import SummaryWriter
    except ImportError as error:
        raise UserError(
            "Writing for TensorBoard needs a package that is not installed.",
            safe="Nothing was written.",
            advice=f"Install it with `python3 -m uv sync --extra {EXTRA}`, or write a table instead.",
            details=repr(error),
        ) from error
    try:
        folder.mkdir(parents=True, exist_ok=True)
        n = 0
        with SummaryWriter(str(folder), write_to_disk=True) as writer:
            for event in events:
                for name, at, value in scalars(event):
                    writer.add_scalar(name, value, at)
                    n += 1
    except OSError as error:
        raise UserError(
            f"{folder.name} could not be written.",
            advice="Choose a folder you may write to, on a disk with free space.",
            details=repr(error),
        ) from error
    return n
