"""Opening a photo: the same upright RGB pixels for every way a file can store them, or a typed refusal."""

from __future__ import annotations

import io
import os
import socket
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageChops

from engine.base.errors import DamagedInput
from engine.image import opening
from engine.image.opening import open_image


def drawn(width: int, height: int, seed: int = 0) -> Image.Image:
    """A picture with smooth parts, edges and noise, different for each seed."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width]
    planes = [128 + 100 * np.sin(x / (7 + c + seed)) * np.cos(y / (11 + 2 * c)) for c in range(3)]
    pixels = np.stack(planes, axis=-1) + rng.normal(0, 12, (height, width, 3))
    pixels[: height // 3, : width // 4] = (200, 30, 40)
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def encoded(image: Image.Image, format_: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, format_, **options)
    return out.getvalue()


def pixels(image: Image.Image) -> NDArray[np.int16]:
    return np.asarray(image).astype(np.int16)


def kind_of(source: Path | bytes, **options: Any) -> str:
    with pytest.raises(DamagedInput) as refused:
        open_image(source, **options)
    assert refused.value.user_text()
    return refused.value.kind


# --- what is accepted ---


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "TIFF", "BMP", "GIF", "WEBP"])
def test_every_usual_format_opens_as_upright_rgb_with_its_size(format_: str) -> None:
    opened = open_image(encoded(drawn(61, 40), format_))
    assert (opened.image.mode, opened.image.size) == ("RGB", (61, 40))
    assert (opened.format, opened.width, opened.height) == (format_, 61, 40)
    assert not opened.more_frames
    assert opened.note == ""


def test_the_content_decides_and_not_the_name(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(encoded(drawn(30, 20), "PNG"))
    opened = open_image(path)
    assert opened.format == "PNG"
    assert np.array_equal(pixels(opened.image), pixels(drawn(30, 20)))


def test_a_path_and_its_bytes_give_the_same_photo(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"caf\xe9 -x\n'.jpg")
    path.write_bytes(encoded(drawn(50, 31), "JPEG"))
    assert np.array_equal(pixels(open_image(path).image), pixels(open_image(path.read_bytes()).image))


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "TIFF", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_all_exif_orientations_give_the_same_upright_photo(format_: str, orientation: int) -> None:
    upright = drawn(48, 32)
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = upright.transpose(undo[orientation]) if orientation in undo else upright
    exif = Image.Exif()
    exif[0x0112] = orientation
    options: dict[str, Any] = {"JPEG": {"quality": 95, "subsampling": 0}, "WEBP": {"lossless": True}}.get(format_, {})
    opened = open_image(encoded(stored, format_, exif=exif, **options))
    assert (opened.width, opened.height) == opened.image.size == (48, 32)
    assert np.abs(pixels(opened.image) - pixels(upright)).mean() < 6


@pytest.mark.filterwarnings("ignore:Corrupt EXIF:UserWarning")
def test_unreadable_exif_does_not_cost_the_photo() -> None:
    opened = open_image(encoded(drawn(48, 32), "JPEG", exif=b"Exif\x00\x00MM\x00*\xff\xff\xff\xff\x00"))
    assert opened.image.size == (48, 32)


def test_cmyk_from_adobe_programs_is_not_inverted() -> None:
    ink = Image.new("CMYK", (32, 32), (0, 255, 255, 0))
    opened = open_image(encoded(ink, "JPEG", quality=95))
    assert np.abs(pixels(opened.image) - (255, 0, 0)).max() < 8
    assert "CMYK" in opened.note


def test_cmyk_without_adobes_marker_is_not_inverted_either() -> None:
    ink = Image.new("CMYK", (32, 32), (0, 255, 255, 0))
    content = encoded(ImageChops.invert(ink), "JPEG", quality=95)
    begin = content.index(b"\xff\xee")
    plain = content[:begin] + content[begin + 2 + int.from_bytes(content[begin + 2 : begin + 4]) :]
    assert np.abs(pixels(open_image(plain).image) - (255, 0, 0)).max() < 8


def test_cmyk_tiff_is_read_as_ink() -> None:
    opened = open_image(encoded(Image.new("CMYK", (8, 8), (255, 0, 0, 0)), "TIFF"))
    assert np.array_equal(pixels(opened.image)[0, 0], (0, 255, 255))


@pytest.mark.parametrize("format_", ["PNG", "TIFF"])
def test_sixteen_bit_grey_keeps_its_brightness_and_its_levels(format_: str) -> None:
    ramp = np.tile(np.linspace(0, 65535, 512).astype(np.uint16), (16, 1))
    grey = pixels(open_image(encoded(Image.fromarray(ramp), format_)).image)[..., 0]
    assert abs(grey.mean() - ramp.mean() / 257) < 0.02 * 128
    assert len(np.unique(grey)) >= 250


def test_sixteen_bit_grey_of_the_other_byte_order() -> None:
    ramp = np.tile(np.linspace(0, 65535, 512).astype(">u2"), (16, 1))
    image = Image.frombytes("I;16B", (512, 16), ramp.tobytes())
    grey = pixels(open_image(encoded(image, "TIFF")).image)[..., 0]
    assert len(np.unique(grey)) >= 250


def test_twelve_bits_in_sixteen_use_the_whole_range() -> None:
    ramp = np.tile(np.linspace(0, 4095, 512).astype(np.uint16), (16, 1))
    grey = pixels(open_image(encoded(Image.fromarray(ramp), "PNG")).image)[..., 0]
    assert grey.max() == 255
    assert len(np.unique(grey)) >= 250


def test_whole_numbers_of_32_bits_are_never_clipped() -> None:
    ramp = np.tile(np.linspace(-70_000, 70_000, 512).astype(np.int32), (16, 1))
    grey = pixels(open_image(encoded(Image.fromarray(ramp), "TIFF")).image)[..., 0]
    assert len(np.unique(grey)) >= 250


@pytest.mark.parametrize("scale", [1.0, 255.0, 1e-6, 40_000.0])
def test_real_valued_images_are_stretched_whatever_their_unit(scale: float) -> None:
    ramp = np.tile(np.linspace(0, scale, 512, dtype=np.float32), (16, 1))
    opened = open_image(encoded(Image.fromarray(ramp), "TIFF"))
    assert 120 < pixels(opened.image).mean() < 135
    assert "stretched" in opened.note


def test_real_valued_images_survive_nan_and_infinity() -> None:
    ramp = np.tile(np.linspace(0, 1, 512, dtype=np.float32), (16, 1))
    ramp[0, :3] = (np.nan, np.inf, -np.inf)
    grey = pixels(open_image(encoded(Image.fromarray(ramp), "TIFF")).image)[..., 0]
    assert tuple(grey[0, :3]) == (0, 255, 0)
    assert 120 < grey.mean() < 135


def test_a_constant_real_valued_image_is_grey_and_not_black() -> None:
    flat = np.full((8, 8), 0.25, np.float32)
    assert pixels(open_image(encoded(Image.fromarray(flat), "TIFF")).image)[0, 0, 0] == 128


def test_an_image_of_nothing_but_nan_is_refused() -> None:
    nothing = np.full((8, 8), np.nan, np.float32)
    assert kind_of(encoded(Image.fromarray(nothing), "TIFF")) == "damaged"


def _half_transparent(mode: str) -> Image.Image:
    image = Image.new("RGBA", (20, 10), (200, 0, 0, 255))
    image.paste((0, 0, 200, 0), (0, 0, 10, 10))
    if mode == "P":
        palette = Image.new("P", (20, 10), 1)
        palette.putpalette([0, 0, 200, 200, 0, 0])
        palette.paste(0, (0, 0, 10, 10))
        return palette
    return image.convert(mode)


@pytest.mark.parametrize(
    ("mode", "options"),
    [("RGBA", {}), ("LA", {}), ("P", {"transparency": 0}), ("P", {"transparency": b"\x00\xff"})],
)
def test_transparent_parts_become_white(mode: str, options: dict[str, Any]) -> None:
    opened = open_image(encoded(_half_transparent(mode), "PNG", **options))
    assert np.array_equal(pixels(opened.image)[0, 0], (255, 255, 255))
    assert pixels(opened.image)[0, 19, 2] < 100
    assert "white" in opened.note


def test_an_alpha_channel_that_hides_nothing_is_not_worth_a_note() -> None:
    assert open_image(encoded(drawn(9, 9).convert("RGBA"), "PNG")).note == ""


def test_one_bit_and_palette_images_keep_their_colours() -> None:
    checks = Image.fromarray((np.indices((16, 16)).sum(axis=0) % 2 * 255).astype(np.uint8)).convert("1")
    assert set(np.unique(pixels(open_image(encoded(checks, "PNG")).image))) == {0, 255}
    colours = Image.new("RGB", (12, 12), (10, 200, 30)).convert("P")
    assert np.abs(pixels(open_image(encoded(colours, "PNG")).image)[0, 0] - (10, 200, 30)).max() < 30


def test_lab_colours_are_converted() -> None:
    red = Image.frombytes("LAB", (4, 4), bytes((136, 81, 70)) * 16)  # L, a and b as signed bytes
    assert np.abs(pixels(open_image(encoded(red, "TIFF")).image)[0, 0] - (255, 0, 0)).max() < 12


@pytest.mark.parametrize("format_", ["GIF", "WEBP", "TIFF", "PNG"])
def test_of_several_pictures_the_first_is_used_and_the_user_is_told(format_: str) -> None:
    first, second = Image.new("RGB", (16, 16), (250, 0, 0)), Image.new("RGB", (16, 16), (0, 0, 250))
    opened = open_image(encoded(first, format_, save_all=True, append_images=[second]))
    assert opened.more_frames
    assert "first" in opened.note
    assert np.abs(pixels(opened.image)[8, 8] - (250, 0, 0)).max() < 10


def test_the_small_picture_phones_hide_behind_a_photo_is_no_animation() -> None:
    opened = open_image(encoded(drawn(64, 48), "MPO", save_all=True, append_images=[drawn(16, 12)]), min_side=16)
    assert (opened.format, opened.width, opened.height) == ("MPO", 64, 48)
    assert not opened.more_frames


@pytest.mark.parametrize("size", [(1, 1), (20_000, 1), (1, 20_000)])
def test_extreme_shapes_open_with_a_warning(size: tuple[int, int]) -> None:
    opened = open_image(encoded(Image.new("RGB", size, (1, 2, 3)), "PNG"))
    assert opened.image.size == size
    assert "pixels" in opened.note


# --- reduced decode ---


@pytest.mark.parametrize("min_side", [32, 100, 384])
def test_a_reduced_decode_never_falls_below_the_side_asked_for(min_side: int) -> None:
    opened = open_image(encoded(drawn(1601, 1203), "JPEG"), min_side=min_side)
    assert min_side <= min(opened.image.size) < 1203
    assert (opened.width, opened.height) == (1601, 1203)


@pytest.mark.parametrize("size", [(1601, 1203), (1203, 1601), (999, 33), (769, 767)])
def test_a_decode_reduced_by_the_long_side_keeps_it_long_enough(size: tuple[int, int]) -> None:
    opened = open_image(encoded(drawn(*size), "JPEG"), min_long_side=384)
    assert 384 <= max(opened.image.size) <= max(size) // 2 + 1
    assert (opened.width, opened.height) == size


def test_a_reduced_decode_never_enlarges_and_shows_the_same_picture() -> None:
    content = encoded(drawn(640, 480), "JPEG", quality=95)
    whole, reduced = open_image(content), open_image(content, min_side=200)
    assert open_image(content, min_side=5000).image.size == (640, 480)
    expected = pixels(whole.image.resize(reduced.image.size, Image.Resampling.BOX))
    assert np.abs(pixels(reduced.image) - expected).mean() < 4


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("size", [(96, 64), (900, 700)])
def test_a_cut_jpeg_is_refused_alike_wherever_it_is_used(
    tmp_path: Path, size: tuple[int, int], progressive: bool
) -> None:
    content = encoded(drawn(*size), "JPEG", quality=90, progressive=progressive)
    path = tmp_path / "cut.jpg"
    for percent in range(10, 100):
        path.write_bytes(content[: len(content) * percent // 100])
        verdicts = {
            kind_of(path),
            kind_of(path.read_bytes()),
            kind_of(path, min_side=64),
            kind_of(path, min_long_side=384),
        }
        assert len(verdicts) == 1
        assert verdicts <= {"truncated", "damaged"}


def test_a_cut_at_half_of_the_picture_is_called_truncated() -> None:
    for format_ in ("JPEG", "PNG"):
        content = encoded(drawn(300, 200), format_)
        assert kind_of(content[: len(content) // 2]) == "truncated"


def test_the_short_way_for_small_jpegs_gives_the_pixels_of_the_general_way(monkeypatch: pytest.MonkeyPatch) -> None:
    contents = [
        encoded(image, "JPEG", **options)
        for image in (drawn(32, 32), drawn(33, 17, 1), drawn(32, 32).convert("L"))
        for options in ({}, {"progressive": True}, {"quality": 95, "subsampling": 0}, {"restart_marker_rows": 1})
    ]
    short = [open_image(content) for content in contents]
    monkeypatch.setattr(opening, "small_jpeg", lambda content: None)
    for content, quick in zip(contents, short, strict=True):
        general = open_image(content)
        assert np.array_equal(pixels(quick.image), pixels(general.image))
        assert (quick.format, quick.width, quick.height, quick.note) == (
            general.format,
            general.width,
            general.height,
            general.note,
        )


# --- what is refused ---


def test_an_empty_file_is_refused() -> None:
    assert kind_of(b"") == "empty"


@pytest.mark.parametrize(
    "content",
    [
        b"<!DOCTYPE html><title>404</title>",
        b"some notes",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
        b"%PDF-1.7\n",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"push graphic-context\nimage over 0,0 0,0 'x'\n",
        b"P6 1 1 255\n\x00\x00\x00",
        b"RIFF\x00\x00\x00\x00WAVEfmt ",
    ],
)
def test_other_kinds_of_files_are_refused_whatever_they_are_called(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(content)
    assert kind_of(path) == "not_image"


def test_what_is_no_file_is_refused_without_waiting(tmp_path: Path) -> None:
    pipe, folder, plug = tmp_path / "pipe.jpg", tmp_path / "folder.jpg", tmp_path / "s.jpg"
    os.mkfifo(pipe)
    folder.mkdir()
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(plug))
        for path in (pipe, folder, plug, Path("/dev/zero")):
            assert kind_of(path) == "not_a_file"


def test_a_missing_file_is_called_missing(tmp_path: Path) -> None:
    assert kind_of(tmp_path / "gone.jpg") == "missing"


def _png_header(width: int, height: int) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 99)) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("size", [(12_000, 12_600), (20_000, 20_000), (2**30, 2**30)])
def test_more_pixels_than_the_cap_are_refused_from_the_header(size: tuple[int, int]) -> None:
    assert kind_of(_png_header(*size)) == "too_large"


def test_damaged_pixels_under_a_good_header_are_refused() -> None:
    assert kind_of(_png_header(200, 200)) in {"truncated", "damaged"}
