"""The search for copies as a job: reads each content once, counts what it cannot read, ends when asked to."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PIL import Image

from engine.base.errors import Stopped, StorageError
from engine.base.events import AnyEvent, Notice, Phase, ResultReady
from engine.base.fspath import to_bytes
from engine.base.stop import StopToken
from engine.data.copies_found import CopiesFound, CopyPhoto, read_copies, write_copy_photos
from engine.jobs import find_copies
from engine.jobs.spec import FindCopiesSpec
from tests.helpers.planted import drawn, encoded


@dataclass
class Search:
    """A folder of photos, and searches among them."""

    folder: Path
    photos: list[CopyPhoto] = field(default_factory=list)
    events: list[AnyEvent] = field(default_factory=list)

    def add(self, content: bytes) -> int:
        """A file with this content; returns its photo id."""
        photo_id = len(self.photos) + 1
        path = self.folder / f"{photo_id}.jpg"
        path.write_bytes(content)
        self.photos.append(CopyPhoto(photo_id=photo_id, path=to_bytes(path), sha256=hashlib.sha256(content).digest()))
        return photo_id

    def run(self, stop: StopToken | None = None) -> CopiesFound:
        listed, out = self.folder / "photos.msgpack", self.folder / "found.msgpack"
        write_copy_photos(listed, tuple(self.photos))
        spec = FindCopiesSpec(
            photos=to_bytes(listed),
            thumbs=to_bytes(self.folder / "thumbs"),
            cache=to_bytes(self.folder / "cache"),
            out=to_bytes(out),
        )
        self.events.clear()
        find_copies.run(spec, self.events.append, stop or StopToken())
        return read_copies(out)

    def n_read(self) -> int:
        """How many photos the last search had to read."""
        return max(
            event.total for event in self.events if isinstance(event, Phase) and event.name == find_copies.READING
        )


@pytest.fixture
def search(tmp_path: Path) -> Search:
    return Search(tmp_path)


@pytest.fixture(scope="module")
def photos() -> list[Image.Image]:
    return drawn(4, seed=3)


def test_exact_and_changed_copies_are_in_one_group(search: Search, photos: list[Image.Image]) -> None:
    first = search.add(encoded(photos[0]))
    again = search.add(encoded(photos[0]))
    turned = search.add(encoded(photos[0].transpose(Image.Transpose.ROTATE_90)))
    search.add(encoded(photos[1]))
    found = search.run()
    assert [set(group) for group in found.groups] == [{first, again, turned}]
    assert {(pair.first, pair.second): pair.kinds for pair in found.pairs}[first, again] == ("exact",)
    assert found.n_photos == 4
    assert isinstance(search.events[-1], ResultReady)


def test_a_second_search_reads_new_contents_only(search: Search, photos: list[Image.Image]) -> None:
    search.add(encoded(photos[0]))
    search.add(encoded(photos[1]))
    search.run()
    assert search.n_read() == 2
    search.add(encoded(photos[2]))
    search.run()
    assert search.n_read() == 1


def test_photos_that_are_gone_or_changed_are_compared_by_content_alone(
    search: Search, photos: list[Image.Image]
) -> None:
    gone, copy = search.add(encoded(photos[0])), search.add(encoded(photos[0]))
    changed = search.add(encoded(photos[1]))
    for photo_id in (gone, copy):
        (search.folder / f"{photo_id}.jpg").unlink()
    (search.folder / f"{changed}.jpg").write_bytes(encoded(photos[2]))
    found = search.run()
    assert found.groups == ((gone, copy),)
    assert found.n_unreadable == 2
    assert any(isinstance(event, Notice) for event in search.events)


def test_nothing_to_search_finds_nothing(search: Search) -> None:
    found = search.run()
    assert (found.groups, found.pairs, found.n_photos) == ((), (), 0)


def test_a_search_that_is_stopped_leaves_no_result(search: Search, photos: list[Image.Image]) -> None:
    search.add(encoded(photos[0]))
    stop = StopToken()
    stop.request()
    with pytest.raises(Stopped):
        search.run(stop)


def test_a_spoilt_result_is_said_to_be_one(tmp_path: Path) -> None:
    spoilt = tmp_path / "found"
    spoilt.write_bytes(b"not a result")
    with pytest.raises(StorageError):
        read_copies(spoilt)
