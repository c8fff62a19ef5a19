"""Dividing photos into train, val and test so that no group of copies stands on two sides."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from engine.data.manifest import Part
from engine.recipe.recipe import SplitCfg

# If folders or earlier splits disagree about one group, the most protected part wins: a copy of a test photo in the
# training set would make the score a lie.
_PROTECTED: tuple[Part, ...] = ("test", "val", "train")


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitPhoto:
    """A labelled photo as the split sees it. `group`: photos of equal keys stay together; `given`: its part, if any."""

    photo_id: int
    class_id: int
    group: bytes
    given: Part | None = None


def make_split(cfg: SplitCfg, photos: Sequence[SplitPhoto]) -> dict[int, Part]:
    """A part for every photo id: stratified by class, whole groups only, the same for the same seed and photos.

    Given parts are kept, so photos that come later never move an earlier one. The draw of a group depends on its
    content and the seed, not on the order of the photos. Every class with at least two groups gets one in test and one
    in train.

    Args:
        cfg: shares of val and test in 0..1 (their sum below 1) and the seed.
    """
    groups = _groups(photos)
    parts: dict[bytes, Part] = {}
    for members in _by_class(groups).values():
        parts |= _divide_class(cfg, members, groups)
    return {photo.photo_id: parts[photo.group] for photo in photos}


def _groups(photos: Iterable[SplitPhoto]) -> dict[bytes, list[SplitPhoto]]:
    groups: dict[bytes, list[SplitPhoto]] = defaultdict(list)
    for photo in photos:
        groups[photo.group].append(photo)
    return groups


def _by_class(groups: Mapping[bytes, list[SplitPhoto]]) -> dict[int, list[bytes]]:
    """Groups by the class most of their photos have (the smallest id where two are equal)."""
    by_class: dict[int, list[bytes]] = defaultdict(list)
    for key, photos in groups.items():
        ids, n = np.unique([photo.class_id for photo in photos], return_counts=True)
        by_class[int(ids[np.argmax(n)])].append(key)
    return by_class


def _divide_class(cfg: SplitCfg, keys: list[bytes], groups: Mapping[bytes, list[SplitPhoto]]) -> dict[bytes, Part]:
    parts: dict[bytes, Part] = {}
    for key in keys:
        given = {photo.given for photo in groups[key]}
        for part in _PROTECTED:
            if part in given:
                parts[key] = part
                break
    drawn = sorted((key for key in keys if key not in parts), key=lambda key: _draw(cfg.seed, key))
    n_photos = sum(len(groups[key]) for key in keys)
    sizes = {key: len(groups[key]) for key in keys}
    # Train before val: a class of two groups is trained on one and tested on the other.
    _fill(
        parts,
        drawn,
        sizes,
        "test",
        wanted=cfg.test * n_photos,
        at_least=int(cfg.test > 0 and len(keys) > 1),
    )
    _fill(parts, drawn, sizes, "train", wanted=0, at_least=1)
    _fill(
        parts,
        drawn,
        sizes,
        "val",
        wanted=cfg.val * n_photos,
        at_least=int(cfg.val > 0 and len(keys) > 2),
    )
    for key in drawn:
        parts.setdefault(key, "train")
    return parts


def _fill(
    parts: dict[bytes, Part],
    drawn: list[bytes],
    sizes: Mapping[bytes, int],
    part: Part,
    *,
    wanted: float,
    at_least: int,
) -> None:
    """Give `part` drawn groups while it has fewer photos than `at_least`, or each brings it nearer to `wanted`."""
    have = sum(sizes[key] for key, given in parts.items() if given == part)
    for key in drawn:
        if key in parts:
            continue
        if have >= at_least and have + sizes[key] / 2 > wanted:
            return
        parts[key] = part
        have += sizes[key]


def _draw(seed: int, key: bytes) -> bytes:
    return hashlib.sha256(seed.to_bytes(8, "little", signed=True) + key).digest()
