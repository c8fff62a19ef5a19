"""Job: get ready to look at photos, so that the first real job need not wait."""

from __future__ import annotations

from engine.base.events import Emit
from engine.base.fspath import to_path
from engine.base.stop import StopToken
from engine.jobs.spec import MeasureSpec
from engine.nets.source import installed
from engine.predict.gather import ready_extractor
from engine.recipe.recipe import backbone_name


def run(spec: MeasureSpec, emit: Emit, stop: StopToken) -> None:
    """The fastest way to run the recipe's backbone here is known, and what it needs is loaded in this process.

    Raises:
        UserError: the backbone is not installed; StorageError: the cache of measurements cannot be written.
        Stopped: before anything was measured.
    """
    name = backbone_name(spec.recipe)
    if name is None:
        return
    source = installed(name)
    stop.raise_if_set()
    ready_extractor(source, spec.recipe.input.size, to_path(spec.machine), emit)
