"""Photos are decoded once; what a crash left half written is written again; other sizes make room."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from engine.base.errors import Stopped, StorageError
from engine.base.fspath import to_bytes
from engine.base.meter import Meter
from engine.base.stop import StopToken
from engine.image.opening import open_image
from engine.image.squares import square
from engine.predict.features import Photo
from engine.recipe.recipe import InputCfg
from engine.train import pixels
from engine.train.pixels import Pixels, decode_all
from tests.helpers.learning import drawing

CFG = InputCfg(size=20)


@pytest.fixture
def photos(tmp_path: Path) -> list[Photo]:
    found = []
    for n in range(6):
        path = tmp_path / f"{n}.png"
        drawing(n % 3, n).save(path)
        found.append(Photo(path=to_bytes(path), sha256=hashlib.sha256(path.read_bytes()).digest()))
    return found


def decode(folder: Path, photos: list[Photo], cfg: InputCfg = CFG) -> Pixels:
    return decode_all(folder, photos, cfg, Meter(lambda event: None, "Reading", len(photos)), StopToken())


def check(found: Pixels, photos: list[Photo], cfg: InputCfg = CFG) -> None:
    for photo in photos:
        assert photo.sha256 is not None
        with open(photo.path, "rb") as file:
            wanted = square(open_image(file.read(), min_side=cfg.size).image, cfg.size, cfg.fit)
        assert np.array_equal(found.data[found.row_of[photo.sha256]], wanted)


def never(*_: object, **__: object) -> object:
    raise AssertionError("a photo was decoded again")


def test_pixels_are_those_of_the_one_decoder(tmp_path: Path, photos: list[Photo]) -> None:
    found = decode(tmp_path / "cache", photos)
    assert found.data.shape == (6, 20, 20, 3)
    check(found, photos)


def test_what_is_known_is_not_decoded_again(
    tmp_path: Path, photos: list[Photo], monkeypatch: pytest.MonkeyPatch
) -> None:
    decode(tmp_path / "cache", photos[:4])
    check(decode(tmp_path / "cache", photos), photos)
    monkeypatch.setattr(pixels, "decoded", lambda photos, *_: (yield from map(never, photos)))
    check(decode(tmp_path / "cache", photos), photos)


def test_copies_share_a_record_and_stand_in_for_one_another(tmp_path: Path, photos: list[Photo]) -> None:
    gone = Photo(path=to_bytes(tmp_path / "gone.png"), sha256=photos[0].sha256)
    found = decode(tmp_path / "cache", [gone, *photos, photos[2]])
    assert len(found.data) == 6
    assert not found.refused
    check(found, photos)


def test_what_cannot_be_read_is_refused_with_a_reason(tmp_path: Path, photos: list[Photo]) -> None:
    gone = Photo(path=to_bytes(tmp_path / "gone.png"), sha256=b"\7" * 32)
    changed = Photo(path=photos[0].path, sha256=b"\10" * 32)
    found = decode(tmp_path / "cache", [gone, changed, *photos[1:]])
    assert set(found.refused) == {b"\7" * 32, b"\10" * 32}
    check(found, photos[1:])


@pytest.mark.parametrize("file", ["pixels", "index"])
@pytest.mark.parametrize("n_bytes", [0, 1, 700, 1250])
def test_a_file_cut_by_a_crash_is_completed(tmp_path: Path, photos: list[Photo], file: str, n_bytes: int) -> None:
    cache = tmp_path / "cache"
    decode(cache, photos)
    [path] = cache.glob(f"*.{file}")
    path.write_bytes(path.read_bytes()[:n_bytes])
    check(decode(cache, photos), photos)


def test_records_beyond_the_index_are_written_over(tmp_path: Path, photos: list[Photo]) -> None:
    cache = tmp_path / "cache"
    decode(cache, photos[:2])
    [path] = cache.glob("*.pixels")
    with path.open("ab") as out:
        out.write(b"\xff" * 1700)
    check(decode(cache, photos), photos)


def test_a_stop_keeps_what_was_decoded(tmp_path: Path, photos: list[Photo], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pixels, "CHUNK", 1)
    stop, n = StopToken(), [0]

    class Counting(Meter):
        def add(self, n_more: int = 1) -> None:
            n[0] += n_more
            if n[0] == 3:
                stop.request()

    with pytest.raises(Stopped):
        decode_all(tmp_path / "cache", photos, CFG, Counting(lambda event: None, "Reading", 6), stop)
    [index] = (tmp_path / "cache").glob("*.index")
    assert len(index.read_bytes()) == 3 * 32


def test_the_size_unused_longest_makes_room(
    tmp_path: Path, photos: list[Photo], monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = tmp_path / "cache"
    decode(cache, photos, InputCfg(size=24))
    decode(cache, photos, InputCfg(size=16))
    monkeypatch.setattr(pixels, "MAX_BYTES", 6 * 3 * (20 * 20 + 16 * 16) + 10)
    check(decode(cache, photos), photos)
    assert sorted(path.name.split("-")[0] for path in cache.glob("*.pixels")) == ["16", "20"]


def test_no_room_at_all_is_said_before_anything_is_written(
    tmp_path: Path, photos: list[Photo], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pixels, "MAX_BYTES", 1000)
    with pytest.raises(StorageError) as told:
        decode(tmp_path / "cache", photos)
    assert "smaller photo size" in told.value.advice
    assert not list((tmp_path / "cache").glob("*.pixels"))


def test_two_at_once_do_not_disturb_each_other(
    tmp_path: Path, photos: list[Photo], monkeypatch: pytest.MonkeyPatch
) -> None:
    cache, earlier = tmp_path / "cache", []
    real = pixels.decoded

    def meanwhile(some: object, *more: object) -> object:
        # Another process does the same, and some more, while this one decodes.
        monkeypatch.setattr(pixels, "decoded", real)
        earlier.append(decode(cache, photos))
        return real(some, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(pixels, "decoded", meanwhile)
    check(decode(cache, photos[2:5]), photos[2:5])
    check(earlier[0], photos)
    check(decode(cache, photos), photos)


def test_a_file_full_of_other_photos_is_begun_anew(
    tmp_path: Path, photos: list[Photo], monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = tmp_path / "cache"
    first = decode(cache, photos[:4])
    monkeypatch.setattr(pixels, "MAX_BYTES", 5 * 3 * 20 * 20)
    check(decode(cache, photos[3:]), photos[3:])
    check(decode(cache, photos[3:]), photos[3:])
    check(first, photos[:4])
    assert [path.stat().st_size for path in cache.glob("*.pixels")] == [3 * 3 * 20 * 20]


def test_each_photo_read_is_a_chance_to_leave(tmp_path: Path, photos: list[Photo]) -> None:
    read: list[int] = []

    def heed() -> None:
        read.append(1)
        if len(read) == 2:
            raise Stopped

    with pytest.raises(Stopped):
        decode_all(tmp_path / "cache", photos, CFG, Meter(lambda event: None, "", 6), StopToken(), heed=heed)
    assert len(read) == 2
