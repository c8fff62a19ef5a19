"""Looking at a photo several times: its views, and an extractor and probabilities that take all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from engine.predict.extractor import Extractor
from engine.recipe.views_cfg import ViewsCfg

# Share of each side that a crop keeps.
CROP = 7 / 8
Probs = Callable[[NDArray[np.float32]], NDArray[np.float32]]


def views_of(batch: NDArray[np.uint8], cfg: ViewsCfg) -> Iterator[NDArray[np.uint8]]:
    """The views of a (b, side, side, 3) batch, `cfg.n_views` of the same shape; the photos as they are come first."""
    yield batch
    if cfg.flip_h:
        yield batch[:, :, ::-1]
    if cfg.flip_v:
        yield batch[:, ::-1]
    if cfg.turns:
        yield from (np.rot90(batch, k, axes=(1, 2)) for k in (1, 2, 3))
    if cfg.crops:
        side = batch.shape[1]
        kept = max(1, round(side * CROP))
        far, middle = side - kept, (side - kept) // 2
        for top, left in ((0, 0), (0, far), (far, 0), (far, far), (middle, middle)):
            yield _enlarged(batch[:, top : top + kept, left : left + kept], side)


def _enlarged(cut: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    images = (Image.fromarray(np.ascontiguousarray(image)) for image in cut)
    return np.stack([np.asarray(image.resize((side, side), Image.Resampling.BICUBIC)) for image in images])


class ViewsExtractor:
    """Gives for each photo the features of all its views, side by side: (b, v * d) where `inner` gives (b, d)."""

    def __init__(self, inner: Extractor, cfg: ViewsCfg) -> None:
        self._inner = inner
        self._cfg = cfg
        self.variant = inner.variant
        self.batch = inner.batch

    def features(self, batches: Iterable[NDArray[np.uint8]]) -> Iterator[NDArray[np.float32]]:
        """For each (b, side, side, 3) uint8 RGB batch its (b, v * d) float32 features, in order."""
        given = self._inner.features(view for batch in batches for view in views_of(batch, self._cfg))
        while parts := list(islice(given, self._cfg.n_views)):
            yield np.concatenate(parts, axis=1)


def averaged(probs: Probs, n_views: int) -> Probs:
    """What turns the (n, v * d) features of photos in `n_views` views into (n, k) probabilities: the views' mean.

    Args:
        probs: (m, d) features to (m, k) probabilities.
    """

    def mean(features: NDArray[np.float32]) -> NDArray[np.float32]:
        n = len(features)
        each = probs(features.reshape(n * n_views, -1))
        return np.asarray(each.reshape(n, n_views, -1).mean(axis=1), dtype=np.float32)

    return mean
