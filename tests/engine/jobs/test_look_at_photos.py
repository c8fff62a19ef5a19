"""The job that looks at photos: each content once, whatever happens in between."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from engine.base.errors import Stopped
from engine.base.events import Notice, Phase
from engine.base.fspath import to_bytes
from engine.base.stop import StopToken
from engine.data.looks import LookPhoto, append_looks, looks_file, read_looks, write_look_photos
from engine.jobs import look_at_photos
from engine.jobs.spec import LookSpec
from tests.helpers.learning import Heard, draw_photos


@pytest.fixture
def spec(tmp_path: Path) -> LookSpec:
    """Nine drawn photos, one of them twice."""
    paths = [path for path, _ in draw_photos(tmp_path / "photos", 3)]
    return listed(tmp_path, [*paths, paths[0]])


def listed(tmp_path: Path, paths: list[Path]) -> LookSpec:
    photos = [LookPhoto(path=to_bytes(p), sha256=hashlib.sha256(p.read_bytes()).digest()) for p in paths]
    write_look_photos(tmp_path / "list", tuple(photos))
    return LookSpec(
        photos=to_bytes(tmp_path / "list"), thumbs=to_bytes(tmp_path / "thumbs"), cache=to_bytes(tmp_path / "looks")
    )


def totals(heard: Heard) -> set[int]:
    return {event.total for event in heard.of(Phase)}


def test_each_content_is_looked_at_once(spec: LookSpec, tmp_path: Path) -> None:
    first, second = Heard(), Heard()
    look_at_photos.run(spec, first, StopToken())
    seen = read_looks(looks_file(tmp_path / "looks"))
    assert len(seen) == 9
    assert {look.mode for look in seen.values()} == {"RGB"}
    assert all(look.detail > 0 for look in seen.values())
    look_at_photos.run(spec, second, StopToken())
    assert totals(first) == {9}
    assert totals(second) <= {0}
    assert read_looks(looks_file(tmp_path / "looks")) == seen


def test_photos_that_cannot_be_read_are_told_and_tried_again(spec: LookSpec, tmp_path: Path) -> None:
    lost = tmp_path / "photos" / "dots" / "001.png"
    content = lost.read_bytes()
    lost.unlink()
    heard = Heard()
    look_at_photos.run(spec, heard, StopToken())
    assert [notice.text[:8] for notice in heard.of(Notice)] == ["1 photos"]
    lost.write_bytes(content)
    look_at_photos.run(spec, Heard(), StopToken())
    assert len(read_looks(looks_file(tmp_path / "looks"))) == 9


def test_a_stopped_job_keeps_what_it_saw(spec: LookSpec, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(look_at_photos, "_KEEP_EVERY", 3)
    stop = StopToken()
    monkeypatch.setattr(look_at_photos, "append_looks", lambda file, looks: (append_looks(file, looks), stop.request()))
    with pytest.raises(Stopped):
        look_at_photos.run(spec, Heard(), stop)
    assert len(read_looks(looks_file(tmp_path / "looks"))) == 3
