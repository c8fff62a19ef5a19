"""A fingerprint is the photo in small, turns with it, and is kept by content."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.image.fingerprint import CHROMA_SIDE, GREY_SIDE, N_BYTES, chroma, fingerprint, grey
from engine.image.fingerprint_cache import FingerprintCache
from tests.helpers.planted import drawn

SHAS = [bytes([n]) * 32 for n in range(4)]


@pytest.fixture
def photo() -> Image.Image:
    return drawn(1, seed=3)[0]


def rows(n: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (n, N_BYTES), dtype=np.uint8)


@pytest.mark.parametrize("size", [(1, 1), (3, 500), (64, 64), (1200, 40)])
def test_any_size_has_one_of_the_same_length(size: tuple[int, int]) -> None:
    made = fingerprint(Image.new("RGB", size, (200, 30, 30)))
    assert made.shape == (N_BYTES,)
    assert grey(made[None]).shape == (1, GREY_SIDE, GREY_SIDE)
    assert chroma(made[None]).shape == (1, 2, CHROMA_SIDE, CHROMA_SIDE)


def test_turning_the_photo_turns_the_fingerprint(photo: Image.Image) -> None:
    plain = grey(fingerprint(photo)[None])[0].astype(int)
    turned = grey(fingerprint(photo.transpose(Image.Transpose.ROTATE_90))[None])[0].astype(int)
    assert np.abs(np.rot90(plain) - turned).max() <= 3


def test_a_grey_photo_has_no_chroma(photo: Image.Image) -> None:
    assert np.all(chroma(fingerprint(photo.convert("L").convert("RGB"))[None]) == 128)


def test_what_is_kept_is_read_again_by_content_and_in_the_order_asked_for(tmp_path: Path) -> None:
    made = rows(3)
    FingerprintCache(tmp_path).append(SHAS[:3], made)
    again = FingerprintCache(tmp_path)
    assert again.missing(SHAS) == SHAS[3:]
    assert np.array_equal(again.read([SHAS[2], SHAS[0]]), made[[2, 0]])


def test_a_torn_tail_and_a_spoilt_record_count_as_absent(tmp_path: Path) -> None:
    made = rows(3)
    FingerprintCache(tmp_path).append(SHAS[:3], made)
    file = next(tmp_path.glob("*.bin"))
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0xFF
    file.write_bytes(content[:-5])
    spoilt = FingerprintCache(tmp_path)
    assert spoilt.missing(SHAS[:3]) == SHAS[1:3]
    spoilt.append(SHAS[1:3], made[1:3])
    assert np.array_equal(FingerprintCache(tmp_path).read(SHAS[:3]), made)


def test_two_processes_may_append(tmp_path: Path) -> None:
    one, two = FingerprintCache(tmp_path), FingerprintCache(tmp_path)
    made = rows(2)
    one.append(SHAS[:1], made[:1])
    two.append(SHAS[1:2], made[1:])
    assert np.array_equal(FingerprintCache(tmp_path).read(SHAS[:2]), made)


def test_a_missing_content_is_said(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        FingerprintCache(tmp_path).read(SHAS[:1])
