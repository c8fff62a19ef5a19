"""Quality: each number moves with what it is named after, and the same for photos of any size."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageEnhance, ImageFilter

from engine.image.quality import measure
from tests.helpers.learning import drawing


@pytest.fixture
def photo() -> Image.Image:
    return drawing(1, 3, side=300)


def test_blur_lowers_sharpness(photo: Image.Image) -> None:
    soft = photo.filter(ImageFilter.GaussianBlur(4))
    assert measure(soft).sharpness < 0.1 * measure(photo).sharpness


def test_one_sharp_field_is_enough(photo: Image.Image) -> None:
    background = photo.filter(ImageFilter.GaussianBlur(6))
    soft = measure(background).sharpness
    background.paste(photo.crop((100, 100, 200, 200)), (100, 100))
    assert measure(background).sharpness > 20 * soft


def test_brightness_contrast_and_detail_follow_the_light(photo: Image.Image) -> None:
    dark = measure(ImageEnhance.Brightness(photo).enhance(0.3))
    flat = measure(ImageEnhance.Contrast(photo).enhance(0.2))
    plain = measure(photo)
    assert dark.brightness == pytest.approx(0.3 * plain.brightness, abs=0.02)
    assert flat.contrast == pytest.approx(0.2 * plain.contrast, rel=0.1)
    assert flat.detail < plain.detail


def test_an_empty_picture_has_nothing_of_anything() -> None:
    black = measure(Image.new("RGB", (50, 40)))
    assert (black.sharpness, black.brightness, black.contrast, black.detail) == (0.0, 0.0, 0.0, 0.0)
    white = measure(Image.new("RGB", (50, 40), "white"))
    assert white.brightness == 1.0


@pytest.mark.parametrize("size", [(1, 1), (2, 500), (3, 3)])
def test_any_size_has_finite_numbers(size: tuple[int, int]) -> None:
    found = measure(Image.effect_noise(size, 80).convert("RGB"))
    assert np.isfinite([found.sharpness, found.brightness, found.contrast, found.detail]).all()
    assert 0.0 <= found.detail <= 8.0
