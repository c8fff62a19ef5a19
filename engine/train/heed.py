"""Where a training may be held or ended: a pause waits there, a stop leaves from there."""

from __future__ import annotations

from collections.abc import Callable

from engine.base.errors import Stopped
from engine.base.events import Emit, Paused
from engine.base.stop import StopToken


def heed(stop: StopToken, tell: Emit, save: Callable[[], None] = lambda: None) -> bool:
    """Wait while a pause is wished for, and say whether that was so.

    Args:
        tell: told of the beginning and the end of a pause. save: called before waiting and before leaving, so that
            nothing is lost if the process does not come back.
    Raises:
        Stopped: a stop is wished for.
    """
    paused = stop.is_paused()
    if paused:
        save()
        tell(Paused(on=True))
        stop.wait_while_paused()
        tell(Paused(on=False))
    if stop.is_set():
        save()
        raise Stopped
    return paused
