"""Photos copied into a project."""

import hashlib
from pathlib import Path

from engine.data.copies import keep_copy


def digest(path: Path) -> bytes:
    return hashlib.sha256(path.read_bytes()).digest()


def test_copy_is_the_same_file_under_its_content_s_name(tmp_path: Path) -> None:
    original = tmp_path / "holiday.jpg"
    original.write_bytes(b"not really a photo, which copying does not mind")
    copy = keep_copy(original, tmp_path / "photos", digest(original), "PNG")
    assert copy.read_bytes() == original.read_bytes()
    assert copy.name == digest(original).hex() + ".png"


def test_same_content_twice_is_one_copy(tmp_path: Path) -> None:
    one, two = tmp_path / "a.jpg", tmp_path / "b.jpg"
    one.write_bytes(b"x" * 1000)
    two.write_bytes(b"x" * 1000)
    folder = tmp_path / "photos"
    assert keep_copy(one, folder, digest(one), "JPEG") == keep_copy(two, folder, digest(two), "JPEG")
    assert len([path for path in folder.rglob("*") if path.is_file()]) == 1
