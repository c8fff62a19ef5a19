"""Squares for networks: whole photos squeezed, or their middle in proportion."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from engine.base.errors import EngineBug
from engine.image.squares import FITS, square


def _stripes() -> Image.Image:
    """300 x 100: red, green and blue thirds, side by side."""
    image = Image.new("RGB", (300, 100), (255, 0, 0))
    image.paste((0, 255, 0), (100, 0, 200, 100))
    image.paste((0, 0, 255), (200, 0, 300, 100))
    return image


def test_whole_keeps_both_ends() -> None:
    pixels = square(_stripes(), 60, "whole")
    assert pixels.shape == (60, 60, 3)
    assert pixels.dtype == np.uint8
    assert tuple(pixels[30, 5]) == (255, 0, 0)
    assert tuple(pixels[30, 55]) == (0, 0, 255)


@pytest.mark.parametrize("turned", [False, True])
def test_crop_keeps_the_middle_in_proportion(turned: bool) -> None:
    image = _stripes().transpose(Image.Transpose.ROTATE_90) if turned else _stripes()
    assert (square(image, 50, "crop")[5:45, 5:45] == (0, 255, 0)).all()


@pytest.mark.parametrize("fit", FITS)
@pytest.mark.parametrize("size", [(1, 1), (20_000, 1), (1, 20_000), (3, 5000)])
def test_extreme_shapes_become_squares_too(fit: str, size: tuple[int, int]) -> None:
    assert (square(Image.new("RGB", size, (9, 8, 7)), 32, fit) == (9, 8, 7)).all()


def test_shrinking_averages_instead_of_picking_pixels() -> None:
    checks = Image.fromarray((np.indices((512, 512)).sum(axis=0) % 2 * 255).astype(np.uint8)).convert("RGB")
    pixels = square(checks, 32, "whole").astype(int)
    assert np.abs(pixels - 127).max() <= 3


def test_an_unknown_way_to_fit_is_our_fault() -> None:
    with pytest.raises(EngineBug):
        square(_stripes(), 10, "stretch")
