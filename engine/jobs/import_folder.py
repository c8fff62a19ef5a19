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
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import msgspec

from engine.base.errors import DamagedInput, Stopped, StorageError
from engine.base.events import Emit, FoundPhoto, RefusedFile, SkippedFile
from engine.base.fspath import to_path
from engine.base.meter import Meter
from engine.base.stop import StopToken
from engine.data.copies import keep_copy
from engine.data.scan import Candidate, count_candidates, scan
from engine.image.flight import MAX_STRIKES, FlightLog
from engine.image.metadata import metadata_in, read_metadata
from engine.image.opening import OpenedImage, open_image
from engine.image.source import open_regular, read_regular
from engine.image.thumbs import LONG_SIDE, needs_thumb, write_thumb
from engine.jobs.import_report import ImportReport, Outcome
from engine.jobs.spec import ImportSpec, KnownFile

PHASE = "Reading photos"
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
        copies=to_path(spec.copy_to) if spec.copy_to is not None else None,
        flight=flight,
        stop=stop,
        crash_on=os.environb.get(CRASH_VARIABLE.encode(), b""),
    )
    report = ImportReport(emit, Meter(emit, PHASE, 0))
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
    report: ImportReport,
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
            report.skipped(SkippedFile(path=item.path, reason="known", folder_class=item.folder_class))
            report.meter.add()
        elif (strikes := reader.flight.strikes(item.path, item.n_bytes, item.mtime_ns)) >= MAX_STRIKES:
            report.outcome(_quarantined(item))
        elif strikes:
            suspects.append(item)
        else:
            queue.add(item)
    queue.finish()
    return suspects


def _read_alone(suspects: list[Candidate], reader: _Reader, pool: ThreadPoolExecutor, report: ImportReport) -> None:
    """One after the other, so that if the process dies again there is no doubt whose fault it was."""
    queue = _Queue(pool, reader, report, limit=1)
    for candidate in suspects:
        queue.add(candidate)
        queue.finish()
        reader.flight.forgive(candidate.path)


class _Queue:
    """Candidates on their way through the pool: bounded, and taken out in the order they went in."""

    def __init__(self, pool: ThreadPoolExecutor, reader: _Reader, report: ImportReport, *, limit: int) -> None:
        self._pool = pool
        self._reader = reader
        self._report = report
        self._limit = limit
        self._chunk: list[Candidate] = []
        self._chunk_bytes = 0
        self._running: deque[Future[list[Outcome]]] = deque()

    def add(self, candidate: Candidate) -> None:
        """Take one in; waits while the queue is full."""
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
    copies: Path | None
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
        except StorageError as error:
            return RefusedFile(path=candidate.path, kind="no_space", text=error.user_text())
        except Exception:  # noqa: BLE001
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
            facts = read_metadata(candidate.path)
        else:
            content = read_regular(candidate.path)
            sha256 = hashlib.sha256(content).digest()
            opened = open_image(content, min_long_side=LONG_SIDE)
            n_bytes = len(content)
            facts = metadata_in(content)
        if needs_thumb(opened, n_bytes):
            self._keep_thumb(sha256, opened)
        place, mtime_ns = self._place(candidate, sha256, opened.format)
        return FoundPhoto(
            path=place,
            sha256=sha256,
            n_bytes=n_bytes,
            mtime_ns=mtime_ns,
            width=opened.width,
            height=opened.height,
            format=opened.format,
            folder_class=candidate.folder_class,
            folder_part=candidate.folder_part,
            note=opened.note,
            taken=facts.taken,
            camera=facts.camera,
            latitude=facts.latitude,
            longitude=facts.longitude,
        )

    def _place(self, candidate: Candidate, sha256: bytes, image_format: str) -> tuple[bytes, int]:
        """Where the project finds the photo from now on, and its modification time there."""
        if self.copies is None:
            return candidate.path, candidate.mtime_ns
        copy = keep_copy(to_path(candidate.path), self.copies, sha256, image_format)
        return os.fsencode(copy), copy.stat().st_mtime_ns

    def _keep_thumb(self, sha256: bytes, opened: OpenedImage) -> None:
        if self.thumbs is None or self.thumbs_refused is not None:
            return
        try:
            write_thumb(self.thumbs, sha256, opened.image)
        except StorageError as error:
            self.thumbs_refused = error


def _quarantined(candidate: Candidate) -> RefusedFile:
    return RefusedFile(
        path=candidate.path,
        kind="quarantined",
        text="Reading this file crashed the program twice, so it is left alone now. "
        "Open it in another program, save it again, and import that.",
    )


def _count_aside(roots: tuple[bytes, ...], report: ImportReport, stop: StopToken) -> None:
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
