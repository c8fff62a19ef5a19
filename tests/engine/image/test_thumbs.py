"""The thumbnail cache: named by content, made when missing, and never a reason to stop."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.base.errors import DamagedInput, StorageError
from engine.image.opening import open_image
from engine.image.thumbs import LONG_SIDE, SMALL_BYTES, load_thumb, needs_thumb, thumb_path, write_thumb


def _photo(path: Path, size: tuple[int, int], seed: int = 0) -> bytes:
    """Write a noisy photo and return its content's SHA-256."""
    rng = np.random.default_rng(seed)
    Image.fromarray(rng.integers(0, 255, (size[1], size[0], 3), dtype=np.uint8)).save(path, "JPEG", quality=90)
    return hashlib.sha256(path.read_bytes()).digest()


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_the_name_comes_from_the_content_alone(tmp_path: Path) -> None:
    path = thumb_path(tmp_path, bytes.fromhex("ab" + "cd" * 31))
    assert path == tmp_path / "ab" / f"ab{'cd' * 31}.jpg"


@pytest.mark.parametrize(("size", "expected"), [((1200, 800), (384, 256)), ((20_000, 1), (384, 1)), ((9, 9), (9, 9))])
def test_a_written_thumbnail_has_the_long_side_and_the_proportions(
    tmp_path: Path, size: tuple[int, int], expected: tuple[int, int]
) -> None:
    write_thumb(tmp_path, b"\x01" * 32, Image.new("RGB", size, (10, 120, 200)))
    with Image.open(thumb_path(tmp_path, b"\x01" * 32)) as stored:
        assert (stored.format, stored.size) == ("JPEG", expected)
    assert len(_files(tmp_path)) == 1


def test_a_missing_thumbnail_is_made_from_the_original_and_kept(tmp_path: Path) -> None:
    original, cache = tmp_path / "a.jpg", tmp_path / "cache"
    sha256 = _photo(original, (900, 600))
    first = load_thumb(cache, sha256, original)
    assert first.size == (LONG_SIDE, 256)
    original.unlink()
    assert load_thumb(cache, sha256, original).size == (LONG_SIDE, 256)


def test_a_spoilt_thumbnail_is_made_again(tmp_path: Path) -> None:
    original, cache = tmp_path / "a.jpg", tmp_path / "cache"
    sha256 = _photo(original, (900, 600))
    load_thumb(cache, sha256, original)
    whole = thumb_path(cache, sha256).read_bytes()
    thumb_path(cache, sha256).write_bytes(whole[: len(whole) // 2])
    assert load_thumb(cache, sha256, original).size == (LONG_SIDE, 256)
    assert thumb_path(cache, sha256).read_bytes() == whole


def test_small_originals_are_shown_directly(tmp_path: Path) -> None:
    original, cache = tmp_path / "a.jpg", tmp_path / "cache"
    sha256 = _photo(original, (32, 24))
    assert load_thumb(cache, sha256, original).size == (32, 24)
    assert _files(cache) == []


def test_what_is_worth_a_thumbnail_depends_on_side_and_bytes(tmp_path: Path) -> None:
    _photo(tmp_path / "a.jpg", (LONG_SIDE, 10))
    _photo(tmp_path / "b.jpg", (LONG_SIDE + 1, 10))
    assert not needs_thumb(open_image(tmp_path / "a.jpg"), SMALL_BYTES)
    assert needs_thumb(open_image(tmp_path / "a.jpg"), SMALL_BYTES + 1)
    assert needs_thumb(open_image(tmp_path / "b.jpg"), 100)


def test_a_changed_original_is_not_stored_under_the_old_content(tmp_path: Path) -> None:
    original, cache = tmp_path / "a.jpg", tmp_path / "cache"
    old = _photo(original, (900, 600), seed=1)
    _photo(original, (600, 900), seed=2)
    assert load_thumb(cache, old, original).size == (256, LONG_SIDE)
    assert _files(cache) == []


def test_a_damaged_original_without_thumbnail_is_refused(tmp_path: Path) -> None:
    original = tmp_path / "a.jpg"
    original.write_bytes(b"nothing")
    with pytest.raises(DamagedInput):
        load_thumb(tmp_path / "cache", b"\x00" * 32, original)


def test_a_cache_that_cannot_be_written_still_gives_the_picture(tmp_path: Path) -> None:
    original, cache = tmp_path / "a.jpg", tmp_path / "cache"
    sha256 = _photo(original, (900, 600))
    cache.write_bytes(b"a file where the folder should be")
    assert load_thumb(cache, sha256, original).size == (LONG_SIDE, 256)
    with pytest.raises(StorageError) as refused:
        write_thumb(cache, sha256, Image.new("RGB", (500, 500)))
    assert refused.value.safe


def test_a_full_disk_leaves_no_partial_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(source: object, target: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(StorageError):
        write_thumb(tmp_path, b"\x02" * 32, Image.new("RGB", (500, 500)))
    assert _files(tmp_path) == []
