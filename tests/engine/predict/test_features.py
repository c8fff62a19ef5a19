"""Features come in the order of the photos, whatever happens to some of them."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.base.errors import Stopped
from engine.base.fspath import to_bytes
from engine.base.stop import StopToken
from engine.predict.features import Photo, features_of
from engine.recipe.recipe import InputCfg
from tests.helpers.extractors import MeanColour

CFG = InputCfg(size=16, views="one")


def photo(folder: Path, name: str, value: int) -> Photo:
    path = folder / name
    Image.new("RGB", (20, 24), (value, 0, 255 - value)).save(path)
    return Photo(path=to_bytes(path))


def test_each_photo_gets_its_own_features(tmp_path: Path) -> None:
    photos = [photo(tmp_path, f"{value}.png", value) for value in range(0, 250, 11)]
    seen = list(features_of(photos, MeanColour(), CFG, StopToken()))
    assert [one.photo for one in seen] == photos
    assert [round(float(one.features[0])) for one in seen if one.features is not None] == list(range(0, 250, 11))


@pytest.mark.parametrize("damaged", [{0}, {22}, {3, 4}, set(range(4, 12)), set(range(23))])
def test_damaged_photos_are_refused_in_their_places_and_the_others_are_not_affected(
    tmp_path: Path, damaged: set[int]
) -> None:
    photos = [photo(tmp_path, f"{at}.png", at) for at in range(23)]
    for at in damaged:
        (tmp_path / f"{at}.png").write_bytes(b"\x89PNG\r\n\x1a\nnothing")
    seen = list(features_of(photos, MeanColour(), CFG, StopToken()))
    assert [one.photo for one in seen] == photos
    for at, one in enumerate(seen):
        if at in damaged:
            assert one.features is None
            assert one.refused is not None
        else:
            assert one.features is not None
            assert round(float(one.features[0])) == at


def test_a_missing_file_is_refused_as_missing(tmp_path: Path) -> None:
    (seen,) = features_of([Photo(path=to_bytes(tmp_path / "gone.png"))], MeanColour(), CFG, StopToken())
    assert seen.refused is not None
    assert seen.refused.kind == "missing"


def test_a_file_that_changed_since_it_was_imported_is_refused(tmp_path: Path) -> None:
    path = to_bytes(photo(tmp_path, "a.png", 7).path)
    wanted = Photo(path=path, sha256=hashlib.sha256(b"what it was").digest())
    (seen,) = features_of([wanted], MeanColour(), CFG, StopToken())
    assert seen.refused is not None
    assert seen.refused.kind == "changed"


def test_a_photo_and_its_mirror_image_are_averaged(tmp_path: Path) -> None:
    pixels = np.zeros((16, 16, 3), dtype=np.uint8)
    pixels[:, :8] = 200
    Image.fromarray(pixels).save(tmp_path / "half.png")
    half = [Photo(path=to_bytes(tmp_path / "half.png"))] * 6
    one = next(features_of(half, MeanColour(), CFG, StopToken()))
    both = list(features_of(half, MeanColour(), InputCfg(size=16, views="flip"), StopToken()))
    assert one.features is not None
    assert abs(float(one.features[3])) > 10
    assert len(both) == 6
    for seen in both:
        assert seen.features is not None
        assert float(seen.features[3]) == pytest.approx(0.0, abs=1e-3)
        assert seen.features[:3] == pytest.approx(one.features[:3])


def test_photos_are_taken_only_a_little_ahead_of_what_is_given_back(tmp_path: Path) -> None:
    same = photo(tmp_path, "a.png", 9)
    taken = []

    def endless() -> Iterator[Photo]:
        while True:
            taken.append(1)
            yield same

    seen = features_of(endless(), MeanColour(), CFG, StopToken())
    for _ in range(50):
        next(seen)
    seen.close()
    assert len(taken) < 50 + 4 * 16 + 3 * 4


def test_a_request_to_stop_ends_it(tmp_path: Path) -> None:
    stop = StopToken()
    seen = features_of([photo(tmp_path, "a.png", 9)] * 100, MeanColour(), CFG, stop)
    next(seen)
    stop.request()
    with pytest.raises(Stopped):
        list(seen)


def test_no_photos_give_nothing() -> None:
    assert list(features_of([], MeanColour(), CFG, StopToken())) == []
