"""The import job: streams what it finds, refuses with reasons, survives and remembers decoders that crash."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from PIL import Image

from engine.base.errors import Stopped, StorageError
from engine.base.events import (
    AnyEvent,
    FilesRefused,
    FilesSkipped,
    FoundPhoto,
    Notice,
    Phase,
    PhotosFound,
    RefusedFile,
    SkippedFile,
)
from engine.base.stop import StopToken
from engine.image.thumbs import thumb_path
from engine.jobs import import_folder
from engine.jobs.spec import ImportSpec, KnownFile, encode


class Heard:
    """What a run said."""

    def __init__(self) -> None:
        self.events: list[AnyEvent] = []

    def __call__(self, event: AnyEvent) -> None:
        self.events.append(event)

    def found(self) -> list[FoundPhoto]:
        return [row for event in self.events if isinstance(event, PhotosFound) for row in event.rows]

    def refused(self) -> dict[str, RefusedFile]:
        rows = [row for event in self.events if isinstance(event, FilesRefused) for row in event.rows]
        return {os.path.basename(os.fsdecode(row.path)): row for row in rows}

    def skipped(self) -> list[SkippedFile]:
        return [row for event in self.events if isinstance(event, FilesSkipped) for row in event.rows]

    def notices(self) -> list[Notice]:
        return [event for event in self.events if isinstance(event, Notice)]

    def names(self) -> list[str]:
        return [os.path.basename(os.fsdecode(row.path)) for row in self.found()]


def photo(path: Path, size: tuple[int, int] = (40, 30), seed: int = 0) -> Path:
    rng = np.random.default_rng(seed)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(rng.integers(0, 255, (size[1], size[0], 3), dtype=np.uint8)).save(path, quality=90)
    return path


def imported(*roots: Path, **options: Any) -> Heard:
    heard = Heard()
    spec = ImportSpec(roots=tuple(os.fsencode(root) for root in roots), **options)
    import_folder.run(spec, heard, StopToken())
    return heard


def test_every_photo_is_reported_with_its_facts_and_what_its_folders_say(tmp_path: Path) -> None:
    path = photo(tmp_path / "train" / "cod" / "a.jpg", (60, 44))
    (row,) = imported(tmp_path).found()
    content = path.read_bytes()
    assert row == FoundPhoto(
        path=os.fsencode(path),
        sha256=hashlib.sha256(content).digest(),
        n_bytes=len(content),
        mtime_ns=path.stat().st_mtime_ns,
        width=60,
        height=44,
        format="JPEG",
        folder_class="cod",
        folder_part="train",
        note="",
    )


def test_photos_come_in_the_order_of_their_names_whoever_reads_them(tmp_path: Path) -> None:
    for number in range(150):
        photo(tmp_path / f"{number % 3}" / f"{number:03}.png", (900, 700) if number % 50 == 0 else (20, 20), number)
    heard = imported(tmp_path)
    paths = [row.path for row in heard.found()]
    assert len(paths) == 150
    assert paths == sorted(paths)
    assert all(len(event.rows) <= 200 for event in heard.events if isinstance(event, PhotosFound))


def test_progress_ends_with_everything_done(tmp_path: Path) -> None:
    for number in range(5):
        photo(tmp_path / f"{number}.jpg")
    last = [event for event in imported(tmp_path).events if isinstance(event, Phase)][-1]
    assert (last.done, last.total) == (5, 5)


def test_copies_are_two_photos_with_the_same_content(tmp_path: Path) -> None:
    photo(tmp_path / "cod" / "a.jpg")
    photo(tmp_path / "pike" / "b.jpg")
    first, second = imported(tmp_path).found()
    assert first.sha256 == second.sha256
    assert (first.folder_class, second.folder_class) == ("cod", "pike")


def test_damaged_files_are_listed_with_reasons_and_stop_nothing(tmp_path: Path) -> None:
    whole = photo(tmp_path / "good.jpg", (200, 200)).read_bytes()
    (tmp_path / "cut.jpg").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "empty.jpg").write_bytes(b"")
    (tmp_path / "page.jpg").write_bytes(b"<html>not found</html>")
    os.mkfifo(tmp_path / "pipe.jpg")
    heard = imported(tmp_path)
    assert heard.names() == ["good.jpg"]
    assert {name: row.kind for name, row in heard.refused().items()} == {
        "cut.jpg": "truncated",
        "empty.jpg": "empty",
        "page.jpg": "not_image",
        "pipe.jpg": "not_a_file",
    }
    assert all(row.text for row in heard.refused().values())


def test_a_folder_that_is_gone_is_refused_and_the_others_are_imported(tmp_path: Path) -> None:
    photo(tmp_path / "here" / "a.jpg")
    heard = imported(tmp_path / "gone", tmp_path / "here")
    assert heard.names() == ["a.jpg"]
    assert heard.refused()["gone"].kind == "missing"


def test_unchanged_known_files_are_skipped_and_changed_ones_are_read_again(tmp_path: Path) -> None:
    same, changed = photo(tmp_path / "p" / "same.jpg"), photo(tmp_path / "p" / "changed.jpg")
    known = [
        KnownFile(path=os.fsencode(path), n_bytes=path.stat().st_size, mtime_ns=path.stat().st_mtime_ns)
        for path in (same, changed)
    ]
    (tmp_path / "known").write_bytes(msgspec.msgpack.encode(known))
    photo(changed, (50, 50), seed=1)
    heard = imported(tmp_path / "p", known_file=os.fsencode(tmp_path / "known"))
    assert heard.names() == ["changed.jpg"]
    assert heard.skipped() == [SkippedFile(path=os.fsencode(same), reason="known")]


def test_an_unreadable_list_of_known_files_is_an_error_and_not_an_empty_list(tmp_path: Path) -> None:
    (tmp_path / "known").write_bytes(b"garbage")
    with pytest.raises(StorageError):
        imported(tmp_path, known_file=os.fsencode(tmp_path / "known"))


def test_what_is_no_photo_is_skipped_and_unread_formats_and_links_are_told(tmp_path: Path) -> None:
    root = tmp_path / "p"
    photo(root / "a.jpg")
    (root / "notes.txt").write_text("x")
    (root / "IMG_1.HEIC").write_bytes(b"x")
    (root / "Thumbs.db").write_bytes(b"x")
    os.symlink(tmp_path, root / "elsewhere")
    heard = imported(root)
    reasons = {os.path.basename(row.path).decode(): row.reason for row in heard.skipped()}
    assert reasons == {
        "notes.txt": "not_photo",
        "IMG_1.HEIC": "not_photo",
        "Thumbs.db": "system",
        "elsewhere": "system",
    }
    assert "1 HEIC" in heard.notices()[0].text
    assert "1 link" in heard.notices()[1].text


def test_thumbnails_of_large_photos_are_made_on_the_way(tmp_path: Path) -> None:
    photo(tmp_path / "p" / "large.jpg", (1000, 500))
    photo(tmp_path / "p" / "small.jpg", (32, 32))
    large, small = imported(tmp_path / "p", thumbs=os.fsencode(tmp_path / "thumbs")).found()
    with Image.open(thumb_path(tmp_path / "thumbs", large.sha256)) as thumb:
        assert thumb.size == (384, 192)
    assert not thumb_path(tmp_path / "thumbs", small.sha256).exists()


def test_a_full_cache_is_told_once_and_does_not_stop_the_import(tmp_path: Path) -> None:
    for number in range(4):
        photo(tmp_path / "p" / f"{number}.jpg", (500, 400), number)
    (tmp_path / "thumbs").write_bytes(b"in the way")
    heard = imported(tmp_path / "p", thumbs=os.fsencode(tmp_path / "thumbs"))
    assert len(heard.found()) == 4
    assert [notice.level for notice in heard.notices()] == ["warning"]


def test_photos_larger_than_the_memory_share_are_read_from_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = photo(tmp_path / "a.jpg", (300, 200))
    monkeypatch.setattr(import_folder, "MAX_IN_MEMORY", 1000)
    (row,) = imported(tmp_path).found()
    assert row.sha256 == hashlib.sha256(path.read_bytes()).digest()
    assert (row.width, row.n_bytes) == (300, path.stat().st_size)


def test_a_name_of_any_bytes_is_imported_as_those_bytes(tmp_path: Path) -> None:
    name = b"caf\xe9 '\n\"" + b"x" * 200 + b".jpg"
    os.rename(photo(tmp_path / "a.jpg", (500, 400)), os.path.join(os.fsencode(tmp_path), name))
    (row,) = imported(tmp_path, thumbs=os.fsencode(tmp_path / "t"), flight_file=os.fsencode(tmp_path / "f")).found()
    assert os.path.basename(row.path) == name


def test_an_unexpected_fault_in_one_file_refuses_that_file_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def faulty(content: bytes, *, min_long_side: int) -> object:
        raise ZeroDivisionError

    photo(tmp_path / "a.jpg")
    monkeypatch.setattr(import_folder, "open_image", faulty)
    assert imported(tmp_path).refused()["a.jpg"].kind == "damaged"


# --- stopping ---


def test_a_stop_ends_the_job_with_no_strikes(tmp_path: Path) -> None:
    for number in range(400):
        photo(tmp_path / "p" / f"{number:03}.png", (20, 20), number)
    stop, flight = StopToken(), tmp_path / "flight"
    heard = Heard()

    def stop_at_first(event: AnyEvent) -> None:
        heard(event)
        if isinstance(event, PhotosFound):
            stop.request()

    spec = ImportSpec(roots=(os.fsencode(tmp_path / "p"),), flight_file=os.fsencode(flight))
    with pytest.raises(Stopped):
        import_folder.run(spec, stop_at_first, stop)
    assert 0 < len(heard.found()) < 400
    assert not flight.exists()


def test_a_stop_does_not_wait_for_a_photo_that_takes_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    photo(tmp_path / "a.jpg")
    stop, entered, leave = StopToken(), threading.Event(), threading.Event()

    def endless(content: bytes, *, min_long_side: int) -> object:
        entered.set()
        leave.wait(30)
        raise ValueError

    monkeypatch.setattr(import_folder, "open_image", endless)
    threading.Thread(target=lambda: (entered.wait(30), stop.request()), daemon=True).start()
    begin = time.monotonic()
    try:
        with pytest.raises(Stopped):
            import_folder.run(ImportSpec(roots=(os.fsencode(tmp_path),)), Heard(), stop)
        assert time.monotonic() - begin < 20, "the job waited for the photo"
    finally:
        leave.set()


# --- crashes ---

_CHILD = """
import sys
from engine.base.stop import StopToken
from engine.base.events import encode
from engine.jobs import import_folder, spec
def say(event):
    sys.stdout.buffer.write(encode(event) + b"\\n"); sys.stdout.buffer.flush()
import_folder.run(spec.decode(sys.stdin.buffer.read()), say, StopToken())
"""


def _in_a_child(spec: ImportSpec, crash_on: str) -> int:
    """Exit code of a process that carries out the import while files with this name kill it."""
    environment = {**os.environ, import_folder.CRASH_VARIABLE: crash_on}
    root = Path(import_folder.__file__).parents[2]
    child = subprocess.run(
        [sys.executable, "-c", _CHILD], input=encode(spec), env=environment, cwd=root, capture_output=True, timeout=60
    )
    return child.returncode


def _crashing(root: Path, names: Sequence[str]) -> ImportSpec:
    for number, name in enumerate(names):
        photo(root / "p" / name, seed=number)
    return ImportSpec(roots=(os.fsencode(root / "p"),), flight_file=os.fsencode(root / "flight"))


def test_a_file_that_crashes_the_decoder_twice_is_quarantined_and_the_rest_imported(tmp_path: Path) -> None:
    names = ["a.jpg", "b.jpg", "killer.jpg", "z.jpg"]
    spec = _crashing(tmp_path, names)
    assert _in_a_child(spec, "killer") == -signal.SIGSEGV
    assert _in_a_child(spec, "killer") == -signal.SIGSEGV
    heard = Heard()
    import_folder.run(spec, heard, StopToken())
    assert heard.names() == ["a.jpg", "b.jpg", "z.jpg"]
    assert heard.refused()["killer.jpg"].kind == "quarantined"
    assert _in_a_child(spec, "killer") == 0, "a quarantined file is not touched again"


def test_a_file_with_one_strike_is_read_last_and_forgiven_if_it_does_no_harm(tmp_path: Path) -> None:
    spec = _crashing(tmp_path, ["a.jpg", "b.jpg", "c.jpg"])
    assert _in_a_child(spec, "a.jpg") == -signal.SIGSEGV
    second, third = Heard(), Heard()
    import_folder.run(spec, second, StopToken())
    import_folder.run(spec, third, StopToken())
    assert second.names()[-1] == "a.jpg"
    assert sorted(second.names()) == ["a.jpg", "b.jpg", "c.jpg"]
    assert third.names() == ["a.jpg", "b.jpg", "c.jpg"]


# --- size ---


@pytest.mark.slow
def test_memory_does_not_grow_with_the_number_of_photos(tmp_path: Path) -> None:
    original = photo(tmp_path / "one.jpg", (32, 32))
    for n_photos, name in ((1_000, "few"), (40_000, "many")):
        (tmp_path / name).mkdir()
        for number in range(n_photos):
            os.link(original, tmp_path / name / f"{number}.jpg")
    peaks = []
    for name in ("few", "many"):
        code = _CHILD.replace('sys.stdout.buffer.write(encode(event) + b"\\n"); sys.stdout.buffer.flush()', "pass")
        code += "\nimport resource; print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
        spec = ImportSpec(roots=(os.fsencode(tmp_path / name),))
        root = Path(import_folder.__file__).parents[2]
        child = subprocess.run(
            [sys.executable, "-c", code], input=encode(spec), cwd=root, capture_output=True, timeout=300, check=True
        )
        peaks.append(int(child.stdout.split()[-1]) / 1024)
    assert peaks[1] - peaks[0] < 40, f"peak memory in MB: {peaks}"
