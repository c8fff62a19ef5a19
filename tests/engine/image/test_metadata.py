"""Metadata: what a camera wrote is read, and what a stranger wrote does no harm."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image

from engine.image.metadata import Metadata, metadata_in, read_metadata


def photo(path: Path, own: dict[int, Any], camera: dict[int, Any], gps: dict[int, Any], mode: str = "RGB") -> Path:
    """A JPEG with these EXIF entries."""
    exif = Image.Exif()
    exif.update(own)
    exif.get_ifd(ExifTags.IFD.Exif).update(camera)
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(gps)
    Image.new(mode, (8, 6)).save(path, "JPEG", exif=exif)
    return path


def test_date_camera_and_place_are_read(tmp_path: Path) -> None:
    own = {ExifTags.Base.Make: "Canon", ExifTags.Base.Model: "Canon EOS 80D"}
    camera = {ExifTags.Base.DateTimeOriginal: "2019:07:04 10:20:30"}
    gps = {
        ExifTags.GPS.GPSLatitudeRef: "S",
        ExifTags.GPS.GPSLatitude: (33.0, 30.0, 36.0),
        ExifTags.GPS.GPSLongitudeRef: "E",
        ExifTags.GPS.GPSLongitude: (151.0, 15.0, 0.0),
    }
    assert read_metadata(photo(tmp_path / "a.jpg", own, camera, gps)) == Metadata(
        mode="RGB", taken="2019-07-04T10:20:30", camera="Canon EOS 80D", latitude=-33.51, longitude=151.25
    )


def test_a_maker_whose_name_is_not_in_the_model_is_named(tmp_path: Path) -> None:
    own = {ExifTags.Base.Make: "NIKON CORPORATION", ExifTags.Base.Model: "D90"}
    assert read_metadata(photo(tmp_path / "a.jpg", own, {}, {})).camera == "NIKON CORPORATION D90"


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_the_mode_is_that_of_the_file_and_not_of_what_is_shown(tmp_path: Path, mode: str) -> None:
    assert read_metadata(photo(tmp_path / "a.jpg", {}, {}, {}, mode)) == Metadata(mode=mode)


@pytest.mark.parametrize("date", ["0000:00:00 00:00:00", "2021:13:01 00:00:00", "yesterday", "1700:01:01 00:00:00"])
def test_an_impossible_date_is_no_date(tmp_path: Path, date: str) -> None:
    assert read_metadata(photo(tmp_path / "a.jpg", {ExifTags.Base.DateTime: date}, {}, {})).taken == ""


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [((91.0, 0.0, 0.0), (10.0, 0.0, 0.0)), ((0.0, 0.0, 0.0), (0.0, 0.0, 0.0)), ((10.0, 0.0, 0.0), (181.0, 0.0, 0.0))],
    ids=["beyond the pole", "no fix", "beyond the date line"],
)
def test_an_impossible_place_is_no_place(
    tmp_path: Path, latitude: tuple[float, ...], longitude: tuple[float, ...]
) -> None:
    gps = {
        ExifTags.GPS.GPSLatitudeRef: "N",
        ExifTags.GPS.GPSLatitude: latitude,
        ExifTags.GPS.GPSLongitudeRef: "W",
        ExifTags.GPS.GPSLongitude: longitude,
    }
    found = read_metadata(photo(tmp_path / "a.jpg", {}, {}, gps))
    assert (found.latitude, found.longitude) == (None, None)


def test_what_is_no_photo_has_no_metadata(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_text("no photo")
    assert read_metadata(tmp_path / "a.jpg") == read_metadata(tmp_path / "gone.jpg") == Metadata()
    assert read_metadata(os.fsencode(tmp_path)) == Metadata()


# What Pillow remarks is silenced where photos are opened; pytest makes errors of it.
@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_changed_byte_of_the_metadata_raises(tmp_path: Path, data: st.DataObject) -> None:
    own = {ExifTags.Base.Make: "Canon", ExifTags.Base.DateTime: "2020:01:01 00:00:00"}
    gps = {ExifTags.GPS.GPSLatitudeRef: "N", ExifTags.GPS.GPSLatitude: (1.0, 2.0, 3.0)}
    content = bytearray(photo(tmp_path / "a.jpg", own, {}, gps).read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(2, min(250, len(content) - 1)))] = data.draw(st.integers(0, 255))
    (tmp_path / "b.jpg").write_bytes(content)
    assert isinstance(read_metadata(tmp_path / "b.jpg"), Metadata)


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "tif"])
def test_from_memory_it_says_of_how_a_photo_was_taken_what_the_file_says(tmp_path: Path, suffix: str) -> None:
    own = {ExifTags.Base.Make: "Canon", ExifTags.Base.DateTime: "2020:01:01 00:00:00"}
    path = photo(tmp_path / f"a.{suffix}", own, {}, {})
    found = metadata_in(path.read_bytes())
    assert found == read_metadata(path)
    assert found.camera == "Canon"
    bare = tmp_path / f"b.{suffix}"
    Image.new("RGB", (4, 4)).save(bare)
    assert metadata_in(bare.read_bytes()).taken == ""
