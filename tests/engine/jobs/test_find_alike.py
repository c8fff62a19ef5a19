"""Comparing photos by what the network sees: drawn photos of one kind are near one another; the rest is told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.base.errors import StorageError, UserError
from engine.base.events import Notice
from engine.base.fspath import to_bytes
from engine.base.stop import StopToken
from engine.data.manifest import Manifest
from engine.insight.alike_file import AlikePhoto, read_alike, write_alike_photos
from engine.jobs import find_alike
from engine.jobs.spec import FindAlikeSpec
from tests.helpers.learning import TINY, Heard


def spec_of(folder: Path, photos: tuple[AlikePhoto, ...], trained: Path, machine: Path) -> FindAlikeSpec:
    write_alike_photos(folder / "photos.msgpack", photos)
    return FindAlikeSpec(
        recipe=TINY,
        photos=to_bytes(folder / "photos.msgpack"),
        features=to_bytes(trained / "features"),
        machine=to_bytes(machine),
        library=b"",
        out=to_bytes(folder / "alike.npz"),
    )


def test_photos_of_one_kind_are_near_one_another(
    tmp_path: Path, manifest: Manifest, trained: Path, machine: Path
) -> None:
    photos = tuple(
        AlikePhoto(photo_id=one.photo_id, path=one.path, sha256=one.sha256, class_id=one.class_no + 1, group=one.group)
        for one in reversed(manifest.photos)
    )
    gone = AlikePhoto(photo_id=99, path=b"/nowhere.png", sha256=b"x" * 32, class_id=0, group=999)
    heard = Heard()
    find_alike.run(spec_of(tmp_path, (*photos, gone), trained, machine), heard, StopToken())
    found = read_alike(tmp_path / "alike.npz")
    assert sorted(found.photo_ids.tolist()) == [photo.photo_id for photo in manifest.photos]
    assert {photo.photo_id: photo.class_id for photo in photos} == dict(
        zip(found.photo_ids.tolist(), found.class_ids.tolist(), strict=True)
    )
    same = found.class_ids[found.near.nearest[:, 0]] == found.class_ids
    assert same.mean() > 0.9
    assert np.isfinite(found.near.own_distance).all()
    assert "1 of" in next(event.text for event in heard.of(Notice) if "left out" in event.text)


def test_one_photo_cannot_be_compared(tmp_path: Path, manifest: Manifest, trained: Path, machine: Path) -> None:
    one = manifest.photos[0]
    alone = AlikePhoto(photo_id=1, path=one.path, sha256=one.sha256, class_id=1, group=1)
    with pytest.raises(UserError, match="no two photos"):
        find_alike.run(spec_of(tmp_path, (alone,), trained, machine), Heard(), StopToken())


def test_a_damaged_result_is_told_as_such(tmp_path: Path) -> None:
    (tmp_path / "alike.npz").write_bytes(b"PK not an archive")
    with pytest.raises(StorageError, match="look alike"):
        read_alike(tmp_path / "alike.npz")
