"""Job: find the photos below some folders, read each one completely, and report it with its thumbnail made.

One thread walks the folders and speaks; the others read. Nothing is kept of a photo once it is reported, so memory does
not grow with their number. Photos are reported in the order of their paths, whichever thread was first.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import signal
import threading
import time
from collections import Counter, deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import msgspec

from engine.base.errors import DamagedInput, Stopped, StorageError
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
from engine.base.fspath import to_path
from engine.base.meter import Meter
from engine.base.stop import StopToken
from engine.data.scan import UNREAD_SUFFIXES, Candidate, Passed, Unreadable, count_candidates, scan, suffix
from engine.image.flight import MAX_STRIKES, FlightLog
from engine.image.opening import OpenedImage, open_image
from engine.image.source import open_regular, read_regular
from engine.image.thumbs import LONG_SIDE, needs_thumb, write_thumb
from engine.jobs.spec import ImportSpec, KnownFile

PHASE = "Reading photos"
MAX_ROWS = 200
MAX_GAP_SECONDS = 0.25
# One task is many small files or one large one: handing over a task costs as much as reading a small file.
CHUNK_FILES = 64
CHUNK_BYTES = 512 * 1024
# Larger files are hashed in pieces and decoded from disk instead of being held in memory.
MAX_IN_MEMORY = 64 * 1024 * 1024
MAX_THREADS = 16
_POLL_SECONDS = 0.05

# For tests only: decoding a file whose name contains this text kills the process, as a broken decoder would.
CRASH_VARIABLE = "FIELDMARK_TEST_CRASH_ON"

_log = logging.getLogger(__name__)

Outcome = FoundPhoto | RefusedFile


def run(spec: ImportSpec, emit: Emit, stop: StopToken) -> None:
    """Carry out an import; see `ImportSpec`.

    Raises:
        Stopped: soon (well below a second) after `stop` was requested; what was reported until then is right.
        StorageError: the list of known files cannot be read.
    """
    known = _read_known(spec.known_file)
    n_threads = min(MAX_THREADS, _cores())
    flight = FlightLog(to_path(spec.flight_file) if spec.flight_file is not None else None, n_threads)
    reader = _Reader(
        thumbs=to_path(spec.thumbs) if spec.thumbs is not None else None,
        flight=flight,
        stop=stop,
        crash_on=os.environb.get(CRASH_VARIABLE.encode(), b""),
    )
    report = _Report(emit, Meter(emit, PHASE, 0))
    pool = ThreadPoolExecutor(n_threads, thread_name_prefix="read-photo")
    try:
        _count_aside(spec.roots, report, stop)
        suspects = _read_all(spec, known, reader, pool, report, n_threads)
        _read_alone(suspects, reader, pool, report)
        report.finish(reader.thumbs_refused)
    finally:
        # A photo that is just being decoded is not waited for: its result has no reader any more.
        reader.abandoned = True
        pool.shutdown(wait=False, cancel_futures=True)
        flight.close()


def _read_all(
    spec: ImportSpec,
    known: dict[bytes, tuple[int, int]],
    reader: _Reader,
    pool: ThreadPoolExecutor,
    report: _Report,
    n_threads: int,
) -> list[Candidate]:
    """Report everything below the roots but the files that were in a crash before, which are returned."""
    suspects: list[Candidate] = []
    queue = _Queue(pool, reader, report, limit=3 * n_threads)
    for item in scan(spec.roots, read_layout=spec.read_layout):
        reader.stop.raise_if_set()
        report.flush_if_due()
        if not isinstance(item, Candidate):
            report.left_alone(item)
        elif known.get(item.path) == (item.n_bytes, item.mtime_ns):
            report.skipped(SkippedFile(path=item.path, reason="known"))
            report.meter.add()
        elif (strikes := reader.flight.strikes(item.path, item.n_bytes, item.mtime_ns)) >= MAX_STRIKES:
            report.outcome(_quarantined(item))
        elif strikes:
            suspects.append(item)
        else:
            queue.add(item)
    queue.finish()
    return suspects


def _read_alone(suspects: list[Candidate], reader: _Reader, pool: ThreadPoolExecutor, report: _Report) -> None:
    """One after the other, so that if the process dies again there is no doubt whose fault it was."""
    queue = _Queue(pool, reader, report, limit=1)
    for candidate in suspects:
        queue.add(candidate)
        queue.finish()
        reader.flight.forgive(candidate.path)


class _Queue:
    """Candidates on their way through the pool: bounded, and taken out in the order they went in."""

    def __init__(self, pool: ThreadPoolExecutor, reader: _Reader, report: _Report, *, limit: int) -> None:
        self._pool = pool
        self._reader = reader
        self._report = report
        self._limit = limit
        self._chunk: list[Candidate] = []
        self._chunk_bytes = 0
        self._running: deque[Future[list[Outcome]]] = deque()

    def add(self, candidate: Candidate) -> None:
        self._chunk.append(candidate)
        self._chunk_bytes += candidate.n_bytes
        if len(self._chunk) >= CHUNK_FILES or self._chunk_bytes >= CHUNK_BYTES:
            self._send()
        while self._running and (len(self._running) >= self._limit or self._running[0].done()):
            self._take()

    def finish(self) -> None:
        self._send()
        while self._running:
            self._take()

    def _send(self) -> None:
        if self._chunk:
            self._running.append(self._pool.submit(self._reader.read_chunk, self._chunk))
            self._chunk, self._chunk_bytes = [], 0

    def _take(self) -> None:
        future = self._running[0]
        while not future.done():
            wait((future,), timeout=_POLL_SECONDS)
            self._reader.stop.raise_if_set()
            self._report.flush_if_due()
        self._running.popleft()
        for outcome in future.result():
            self._report.outcome(outcome)


@dataclass(kw_only=True)
class _Reader:
    """What the reading threads share."""

    thumbs: Path | None
    flight: FlightLog
    stop: StopToken
    crash_on: bytes
    thumbs_refused: StorageError | None = None
    abandoned: bool = False

    def read_chunk(self, chunk: list[Candidate]) -> list[Outcome]:
        outcomes: list[Outcome] = []
        with self.flight.slot() as slot:
            for candidate in chunk:
                if self.abandoned or self.stop.is_set():
                    break
                self.flight.note(slot, candidate.path, candidate.n_bytes, candidate.mtime_ns)
                outcomes.append(self._outcome(candidate))
        return outcomes

    def _outcome(self, candidate: Candidate) -> Outcome:
        try:
            return self._read(candidate)
        except DamagedInput as error:
            return RefusedFile(path=candidate.path, kind=error.kind, text=error.user_text())
        except Exception:
            # The border of the thread: one strange file must not end the import of the others.
            _log.exception("reading a photo failed in an unexpected way")
            return RefusedFile(path=candidate.path, kind="damaged", text="The photo cannot be read.")

    def _read(self, candidate: Candidate) -> FoundPhoto:
        if self.crash_on and self.crash_on in os.path.basename(candidate.path):
            signal.raise_signal(signal.SIGSEGV)
        if candidate.n_bytes > MAX_IN_MEMORY:
            path = to_path(candidate.path)
            with open_regular(path) as file:
                sha256 = _sha256(file)
            opened = open_image(path, min_long_side=LONG_SIDE)
            n_bytes = candidate.n_bytes
        else:
            content = read_regular(candidate.path)
            sha256 = hashlib.sha256(content).digest()
            opened = open_image(content, min_long_side=LONG_SIDE)
            n_bytes = len(content)
        if needs_thumb(opened, n_bytes):
            self._keep_thumb(sha256, opened)
        return FoundPhoto(
            path=candidate.path,
            sha256=sha256,
            n_bytes=n_bytes,
            mtime_ns=candidate.mtime_ns,
            width=opened.width,
            height=opened.height,
            format=opened.format,
            folder_class=candidate.folder_class,
            folder_part=candidate.folder_part,
            note=opened.note,
        )

    def _keep_thumb(self, sha256: bytes, opened: OpenedImage) -> None:
        if self.thumbs is None or self.thumbs_refused is not None:
            return
        try:
            write_thumb(self.thumbs, sha256, opened.image)
        except StorageError as error:
            self.thumbs_refused = error


@dataclass
class _Report:
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
        if isinstance(outcome, FoundPhoto):
            self._found.append(outcome)
        else:
            self._refused.append(outcome)
        self.meter.add()
        self._flush_if_full()

    def skipped(self, file: SkippedFile) -> None:
        self._skipped.append(file)
        self._flush_if_full()

    def left_alone(self, item: Passed | Unreadable) -> None:
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
        if time.monotonic() - self._last >= MAX_GAP_SECONDS:
            self._flush()

    def finish(self, thumbs_refused: StorageError | None) -> None:
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


def _quarantined(candidate: Candidate) -> RefusedFile:
    return RefusedFile(
        path=candidate.path,
        kind="quarantined",
        text="Reading this file crashed the program twice, so it is left alone now. "
        "Open it in another program, save it again, and import that.",
    )


def _count_aside(roots: tuple[bytes, ...], report: _Report, stop: StopToken) -> None:
    """The total becomes known while reading has begun already: nobody waits for the count."""

    def count() -> None:
        with contextlib.suppress(Stopped):
            report.meter.set_total(count_candidates(roots, stop))

    threading.Thread(target=count, name="count-photos", daemon=True).start()


def _read_known(known_file: bytes | None) -> dict[bytes, tuple[int, int]]:
    if known_file is None:
        return {}
    try:
        files = msgspec.msgpack.decode(to_path(known_file).read_bytes(), type=list[KnownFile])
    except (OSError, msgspec.DecodeError) as error:
        raise StorageError(
            "The list of photos that are here already could not be read.", details=repr(error)
        ) from error
    return {file.path: (file.n_bytes, file.mtime_ns) for file in files}


def _sha256(file: BinaryIO) -> bytes:
    digest = hashlib.sha256()
    while block := file.read(1 << 20):
        digest.update(block)
    return digest.digest()


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
