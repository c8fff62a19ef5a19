"""Job: get ready to look at photos, so that the first real job need not wait."""

from __future__ import annotations

from engine.base.events import Emit
from engine.base.fspath import to_path
from engine.base.stop import StopToken
from engine.jobs.library import library_of
from engine.jobs.spec import MeasureSpec
from engine.nets.source import source_of
from engine.predict.gather import ready_extractor


def run(spec: MeasureSpec, emit: Emit, stop: StopToken) -> None:
    """The fastest way to run the recipe's backbone here is known, and what it needs is loaded in this process.

    Nothing is done for a recipe that trains a network: its answers come from that.

    Raises:
        UserError: the recipe's network cannot be had; StorageError: the cache of measurements cannot be written.
        Stopped: before anything was measured.
    """
    if spec.recipe.training is not None:
        return
    source = source_of(spec.recipe, library_of(spec.library))
    stop.raise_if_set()
    ready_extractor(source, spec.recipe.input.size, to_path(spec.machine), emit)
