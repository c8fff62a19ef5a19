"""A photo is looked at in the views that were chosen, itself first, and their probabilities are averaged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.predict.views import ViewsExtractor, averaged, views_of
from engine.recipe.views_cfg import ADDED, ViewsCfg, views_named

ALL = views_named(list(ADDED))
SIDE = 16


def batch(n: int = 2) -> NDArray[np.uint8]:
    return np.random.default_rng(0).integers(0, 256, (n, SIDE, SIDE, 3), dtype=np.uint8)


class Corner:
    """An extractor whose features are a photo's first pixel; it takes a batch ahead, as fast ones do."""

    variant, batch = "corner", 4

    def features(self, batches: Iterable[NDArray[np.uint8]]) -> Iterator[NDArray[np.float32]]:
        waiting = None
        for one in batches:
            if waiting is not None:
                yield waiting[:, 0, 0].astype(np.float32)
            waiting = one
        if waiting is not None:
            yield waiting[:, 0, 0].astype(np.float32)


@pytest.mark.parametrize("name", ADDED)
def test_each_choice_adds_its_views_and_all_are_as_large_as_the_photo(name: str) -> None:
    cfg = views_named([name])
    found = list(views_of(batch(), cfg))
    assert len(found) == cfg.n_views == 1 + ADDED[name]
    assert (found[0] == batch()).all()
    assert {view.shape for view in found} == {batch().shape}
    assert {view.dtype for view in found} == {np.dtype(np.uint8)}
    assert len({view.tobytes() for view in found}) == len(found), "no view is seen twice"


def test_flips_and_turns_are_what_they_are_called() -> None:
    photo = batch(1)
    _, left_right, upside_down, *turned = views_of(photo, ViewsCfg(flip_h=True, flip_v=True, turns=True))
    assert (left_right[0, 0, 0] == photo[0, 0, -1]).all()
    assert (upside_down[0, 0, 0] == photo[0, -1, 0]).all()
    assert (turned[1][0, 0, 0] == photo[0, -1, -1]).all(), "half a turn"
    assert (turned[0][0, 0, 0] == photo[0, 0, -1]).all(), "a quarter against the clock"
    assert (turned[2][0, 0, 0] == photo[0, -1, 0]).all(), "and with it"


def test_crops_show_a_part_as_large_as_the_whole() -> None:
    photo = np.zeros((1, SIDE, SIDE, 3), dtype=np.uint8)
    photo[:, :, : SIDE // 8] = 255
    _, top_left, top_right, *_ = views_of(photo, ViewsCfg(crops=True))
    assert top_left.mean() > photo.mean(), "the white edge is a larger part of the left"
    assert top_right[0, :, 3:].max() == 0, "and cut off on the right"


def test_no_choice_is_looking_once() -> None:
    assert [view.tobytes() for view in views_of(batch(), ViewsCfg())] == [batch().tobytes()]
    with pytest.raises(ValueError, match="mirrored"):
        views_named(["mirrored"])


def test_features_of_all_views_stand_side_by_side_in_the_order_of_the_photos() -> None:
    first, second = batch(3), batch(2)[::-1]
    found = list(ViewsExtractor(Corner(), ALL).features([first, second]))
    assert [rows.shape for rows in found] == [(3, 3 * ALL.n_views), (2, 3 * ALL.n_views)]
    for given, rows in zip((first, second), found, strict=True):
        for view, part in zip(views_of(given, ALL), np.split(rows, ALL.n_views, axis=1), strict=True):
            assert (part == view[:, 0, 0]).all()


def test_probabilities_of_the_views_are_averaged() -> None:
    def probs(features: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.concatenate([features, 1 - features], axis=1)

    found = averaged(probs, 2)(np.array([[0.9, 0.5], [0.2, 0.4]], dtype=np.float32))
    assert np.allclose(found, [[0.7, 0.3], [0.3, 0.7]])
