"""What an import says, and when: rows gathered into few events, the first at once, none kept waiting for long."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from engine.base.errors import StorageError
from engine.base.events import (
    Emit,
    FilesRefused,
    FilesSkipped,
    FoundPhoto,
    Notice,
    PhotosFound,
    RefusedFile,
    SkippedFile,
)
from engine.base.meter import Meter
from engine.data.names import UNREAD_SUFFIXES, suffix
from engine.data.scan import Passed, Unreadable

MAX_ROWS = 200
MAX_GAP_SECONDS = 0.25

Outcome = FoundPhoto | RefusedFile


@dataclass
class ImportReport:
    """Collects rows and says them in time: a first one at once, then at least every quarter of a second."""

    emit: Emit
    meter: Meter
    _found: list[FoundPhoto] = field(default_factory=list)
    _refused: list[RefusedFile] = field(default_factory=list)
    _skipped: list[SkippedFile] = field(default_factory=list)
    _unread: Counter[str] = field(default_factory=Counter)
    _n_links: int = 0
    _last: float = float("-inf")

    def outcome(self, outcome: Outcome) -> None:
        """A file was read or refused."""
        if isinstance(outcome, FoundPhoto):
            self._found.append(outcome)
        else:
            self._refused.append(outcome)
        self.meter.add()
        self._flush_if_full()

    def skipped(self, file: SkippedFile) -> None:
        """A file was left alone."""
        self._skipped.append(file)
        self._flush_if_full()

    def left_alone(self, item: Passed | Unreadable) -> None:
        """The search passed something by, or could not look into it."""
        if isinstance(item, Unreadable):
            self._refused.append(RefusedFile(path=item.path, kind=item.kind, text=item.text))
            self._flush_if_full()
            return
        ending = suffix(item.path)
        if item.reason == "link":
            self._n_links += 1
        elif item.reason == "not_photo" and ending in UNREAD_SUFFIXES:
            self._unread[ending.decode().upper()] += 1
        self.skipped(SkippedFile(path=item.path, reason="not_photo" if item.reason == "not_photo" else "system"))

    def flush_if_due(self) -> None:
        """Say what is gathered if it has waited long enough."""
        if time.monotonic() - self._last >= MAX_GAP_SECONDS:
            self._flush()

    def finish(self, thumbs_refused: StorageError | None) -> None:
        """Say the rest, and what the user should know of the whole."""
        self._flush()
        self.meter.finish()
        for notice in self._notices(thumbs_refused):
            self.emit(notice)

    def _flush_if_full(self) -> None:
        if max(len(self._found), len(self._refused), len(self._skipped)) >= MAX_ROWS:
            self._flush()

    def _flush(self) -> None:
        if self._found:
            self.emit(PhotosFound(rows=tuple(self._found)))
        if self._refused:
            self.emit(FilesRefused(rows=tuple(self._refused)))
        if self._skipped:
            self.emit(FilesSkipped(rows=tuple(self._skipped)))
        if self._found or self._refused or self._skipped:
            self._found, self._refused, self._skipped = [], [], []
            self._last = time.monotonic()

    def _notices(self, thumbs_refused: StorageError | None) -> Iterator[Notice]:
        if self._unread:
            kinds = ", ".join(f"{n} {kind}" for kind, n in sorted(self._unread.items()))
            yield Notice(
                level="warning",
                text=f"Photos in formats that cannot be read were left out: {kinds}.",
                advice="Save them as JPEG in another program and import those.",
            )
        if self._n_links:
            yield Notice(
                level="info",
                text=f"{self._n_links} links to other places were not followed.",
                advice="To use what they point to, drop the folder in which it really is.",
            )
        if thumbs_refused is not None:
            yield Notice(level="warning", text=thumbs_refused.what, advice=thumbs_refused.advice)
