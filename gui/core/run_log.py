"""The log of a training in sentences: which events say something a person would want to read again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QCoreApplication

from engine.base.events import AnyEvent, Checkpointed, Ended, Epoch, NetworkReady, Notice, Paused, Phase
from gui.core.score_text import percent

Level = Literal["plain", "good", "warning"]


def _words(text: str) -> str:
    return QCoreApplication.translate("RunLog", text)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRow:
    """One sentence; `seconds` since the training began."""

    seconds: float
    text: str
    level: Level = "plain"


def network_text(network: NetworkReady) -> str:
    """The network that learns, its size, and where: `Small network: 184,004 parameters, on the GPU (bfloat16)`."""
    places = {"cpu": _words("on the processor"), "cuda": _words("on the GPU"), "mps": _words("on the Apple GPU")}
    place = places.get(network.device, network.device)
    if network.variant not in ("", network.device):
        place = f"{place} ({network.variant})"
    return _words("{0}: {1} parameters, {2}").format(network.title, f"{network.n_parameters:,}", place)


class RunLog:
    """Makes rows of events, given in order; safe on any thread, but on one at a time."""

    def __init__(self) -> None:
        self._phase = ""
        self._stage = 0

    def row_of(self, event: AnyEvent | object, seconds: float) -> LogRow | None:
        """What the log says of the event, or None if that is nothing."""
        if isinstance(event, Phase):
            return self._phase_row(event, seconds)
        if isinstance(event, Epoch):
            return self._epoch_row(event, seconds)
        if isinstance(event, NetworkReady):
            return LogRow(seconds=seconds, text=network_text(event))
        if isinstance(event, Checkpointed):
            text = _words("Epoch {0} is the best so far; its weights are kept").format(event.epoch)
            return LogRow(seconds=seconds, text=text, level="good") if event.is_best else None
        if isinstance(event, Paused):
            return LogRow(seconds=seconds, text=_words("Paused") if event.on else _words("Went on"))
        if isinstance(event, Notice):
            text = f"{event.text} {event.advice}".strip()
            return LogRow(seconds=seconds, text=text, level="warning" if event.level == "warning" else "plain")
        return self._end_row(event, seconds) if isinstance(event, Ended) else None

    def _phase_row(self, event: Phase, seconds: float) -> LogRow | None:
        if event.name == self._phase:
            return None
        self._phase = event.name
        return LogRow(seconds=seconds, text=event.name)

    def _epoch_row(self, event: Epoch, seconds: float) -> LogRow | None:
        if event.part == "val":
            text = _words("Epoch {0}: validation loss {1}, {2} right")
            text = text.format(event.epoch, f"{event.loss:.3g}", percent(event.accuracy))
            return LogRow(seconds=seconds, text=text)
        if event.stage == self._stage:
            return None
        self._stage = event.stage
        return LogRow(seconds=seconds, text=_words("Stage {0}").format(event.stage)) if event.stage > 1 else None

    def _end_row(self, event: Ended, seconds: float) -> LogRow:
        names = {
            "finished": _words("Finished"),
            "cancelled": _words("Stopped"),
            "failed": _words("Failed"),
            "crashed": _words("Interrupted"),
        }
        text = ". ".join(part for part in (names[event.reason], event.user_text) if part)
        return LogRow(seconds=seconds, text=text, level="good" if event.reason == "finished" else "warning")
