"""What the command line prints: progress on stderr, results on stdout, either for people or as one JSON object."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from typing import TextIO

from engine.base.events import AnyEvent, Ended, Notice, Phase

_BAR_WIDTH = 28


class Progress:
    """Shows a job's events on stderr: a moving bar on a terminal, one line a phase elsewhere."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._is_terminal = self._stream.isatty()
        self._phase = ""

    def show(self, event: AnyEvent) -> None:
        """Tell the user about the event, if it is news."""
        if isinstance(event, Phase):
            self._show_phase(event)
        elif isinstance(event, Notice):
            self._line(f"{event.text} {event.advice}".strip())
        elif isinstance(event, Ended):
            self._clear()

    def _show_phase(self, phase: Phase) -> None:
        if self._is_terminal:
            self._stream.write("\r\033[K" + _bar(phase))
            self._stream.flush()
        elif phase.name != self._phase:
            self._stream.write(phase.name + "\n")
        self._phase = phase.name

    def _line(self, text: str) -> None:
        self._clear()
        self._stream.write(text + "\n")

    def _clear(self) -> None:
        if self._is_terminal:
            self._stream.write("\r\033[K")
            self._stream.flush()


def _bar(phase: Phase) -> str:
    if not phase.total:
        return f"{phase.name}  {phase.done:,}"
    share = min(1.0, phase.done / phase.total)
    filled = round(share * _BAR_WIDTH)
    left = "" if phase.seconds_left is None else f"  {_seconds(phase.seconds_left)} left"
    return f"{phase.name}  [{'#' * filled}{'.' * (_BAR_WIDTH - filled)}] {phase.done:,} of {phase.total:,}{left}"


def _seconds(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def print_result(values: Mapping[str, object], text: str, *, as_json: bool) -> None:
    """One JSON object, or the text for people, on stdout."""
    print(json.dumps(values, ensure_ascii=True, allow_nan=False) if as_json else text)


def percent(share: float, digits: int = 1) -> str:
    """A share of 0..1 as people read it: `78.4 %`."""
    return f"{100 * share:.{digits}f} %"


def table(headings: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """Columns in line: the first to the left, the others to the right."""
    widths = [max(len(row[n]) for row in [headings, *rows]) for n in range(len(headings))]
    lines = []
    for row in [headings, *rows]:
        cells = [
            row[0].ljust(widths[0]),
            *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)),
        ]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)
