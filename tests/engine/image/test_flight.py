"""Strikes: who was in flight when a process died, and when it is forgiven."""

from __future__ import annotations

import os
from pathlib import Path

from engine.image.flight import FlightLog


def _file(folder: Path, name: str) -> tuple[bytes, int, int]:
    path = folder / name
    path.write_bytes(b"content")
    info = path.stat()
    return os.fsencode(path), info.st_size, info.st_mtime_ns


def _die_over(flight: Path, file: tuple[bytes, int, int]) -> None:
    """What a process leaves behind that dies while decoding `file`: a log that was never closed."""
    FlightLog(flight, 2).note(1, *file)


def test_a_file_in_flight_when_the_process_died_has_a_strike(tmp_path: Path) -> None:
    bad, good = _file(tmp_path, "bad.jpg"), _file(tmp_path, "good.jpg")
    _die_over(tmp_path / "flight", bad)
    log = FlightLog(tmp_path / "flight", 2)
    assert log.strikes(*bad) == 1
    assert log.strikes(*good) == 0


def test_strikes_add_up_and_outlive_an_orderly_end(tmp_path: Path) -> None:
    bad = _file(tmp_path, "bad.jpg")
    for _ in range(2):
        _die_over(tmp_path / "flight", bad)
    FlightLog(tmp_path / "flight", 2).close()
    assert FlightLog(tmp_path / "flight", 2).strikes(*bad) == 2


def test_an_orderly_end_gives_no_strike(tmp_path: Path) -> None:
    photo = _file(tmp_path, "a.jpg")
    log = FlightLog(tmp_path / "flight", 2)
    with log.slot() as slot:
        log.note(slot, *photo)
        log.close()
    assert not (tmp_path / "flight").exists()
    assert FlightLog(tmp_path / "flight", 2).strikes(*photo) == 0


def test_a_slot_that_was_left_is_empty(tmp_path: Path) -> None:
    photo = _file(tmp_path, "a.jpg")
    log = FlightLog(tmp_path / "flight", 1)
    with log.slot() as slot:
        log.note(slot, *photo)
    assert FlightLog(tmp_path / "flight", 1).strikes(*photo) == 0


def test_forgiving_lasts(tmp_path: Path) -> None:
    photo = _file(tmp_path, "a.jpg")
    _die_over(tmp_path / "flight", photo)
    log = FlightLog(tmp_path / "flight", 2)
    log.forgive(photo[0])
    log.close()
    assert FlightLog(tmp_path / "flight", 2).strikes(*photo) == 0


def test_a_repaired_file_starts_anew(tmp_path: Path) -> None:
    path, n_bytes, mtime_ns = _file(tmp_path, "a.jpg")
    _die_over(tmp_path / "flight", (path, n_bytes, mtime_ns))
    log = FlightLog(tmp_path / "flight", 2)
    assert log.strikes(path, n_bytes + 1, mtime_ns) == log.strikes(path, n_bytes, mtime_ns + 1) == 0


def test_garbage_in_the_log_is_no_reason_to_fail(tmp_path: Path) -> None:
    (tmp_path / "flight").write_bytes(b"\xff" * 10_000)
    (tmp_path / "flight.strikes").write_bytes(b"\xc1 garbage")
    log = FlightLog(tmp_path / "flight", 2)
    assert log.strikes(b"/x", 1, 1) == 0


def test_a_log_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    log = FlightLog(tmp_path / "no such folder" / "flight", 1)
    with log.slot() as slot:
        log.note(slot, b"/photo.jpg")
    log.close()
    assert log.strikes(b"/photo.jpg", 1, 1) == 0
