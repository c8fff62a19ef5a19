"""Copies are found whatever was done to them, and different photos are not called copies however alike they are."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from engine.base.errors import Stopped
from engine.data.copy_groups import group_copies
from engine.data.near_copies import CopyPair, find_copies
from engine.image.fingerprint import N_BYTES, fingerprint
from engine.image.opening import open_image
from tests.helpers.planted import CHANGES, Planted, burst, drawn, encoded, plant, plant_drawn

FISH = Path(__file__).resolve().parents[4] / "shared" / "data" / "fish14"
WANTED = 0.95


class Unwatched:
    def begin(self, phase: str, total: int) -> None: ...

    def add(self, n: int) -> None: ...


@dataclass(frozen=True, kw_only=True)
class Searched:
    """What a search made of planted photos."""

    planted: Planted
    names: tuple[bytes, ...]
    pairs: tuple[CopyPair, ...]
    groups: tuple[tuple[int, ...], ...]

    def missed(self) -> list[str]:
        """The change of each planted copy that is not in its original's group."""
        group_of = {row: number for number, group in enumerate(self.groups) for row in group}
        originals = {p.origin: row for row, p in enumerate(self.planted.photos) if p.change == "original"}
        return [
            photo.change
            for row, photo in enumerate(self.planted.photos)
            if photo.change in CHANGES and group_of.get(row, -1) != group_of.get(originals[photo.origin], -2)
        ]

    def recall(self) -> float:
        n_copies = sum(photo.change in CHANGES for photo in self.planted.photos)
        return 1 - len(self.missed()) / n_copies

    def precision(self) -> float:
        """Share of right pairs among all pairs that share a group."""
        origins = [photo.origin for photo in self.planted.photos]
        same = [origins[a] == origins[b] for group in self.groups for k, a in enumerate(group) for b in group[:k]]
        return sum(same) / len(same)


def prints_of(contents: list[bytes]) -> NDArray[np.uint8]:
    return np.stack([fingerprint(open_image(content).image) for content in contents])


def search(planted: Planted) -> Searched:
    contents = [photo.content for photo in planted.photos]
    names = tuple(hashlib.sha256(content).digest() for content in contents)
    pairs = find_copies(prints_of(contents), names, Unwatched())
    return Searched(planted=planted, names=names, pairs=tuple(pairs), groups=tuple(group_copies(pairs, names)))


@cache
def few() -> Searched:
    return search(plant_drawn(8, seed=13, n_bursts=1, per_photo=2))


def test_planted_copies_are_found_and_nothing_else() -> None:
    found = search(plant_drawn(20, seed=11, n_bursts=2, per_photo=2))
    assert found.recall() >= WANTED, found.missed()
    assert found.precision() >= WANTED


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_planted_copies_are_found_and_nothing_else_among_many(seed: int) -> None:
    found = search(plant_drawn(160, seed=seed, n_bursts=12))
    assert found.recall() >= WANTED, found.missed()
    assert found.precision() >= WANTED


@pytest.mark.slow
@pytest.mark.skipif(not FISH.is_dir(), reason="the photos of 14 fish species are not here")
def test_copies_planted_among_real_photos_are_found() -> None:
    files = sorted(path for path in FISH.rglob("*") if path.is_file())[::3]
    found = search(plant((open_image(path).image for path in files), seed=5))
    assert found.recall() >= WANTED, found.missed()


@pytest.mark.parametrize("change", sorted(CHANGES))
def test_each_change_is_seen_through(change: str) -> None:
    photo = drawn(4, seed=23)[3]
    found = search(plant([photo], 1, changes=[change]))
    assert found.missed() == []


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ("re-encoded", "same"), ("resized", "same"), ("quarter turn", "turned"), ("mirrored", "mirrored"),
        ("transposed", "mirrored"), ("cropped", "cropped"), ("tilted", "tilted"), ("brightness", "toned"),
    ],
)  # fmt: skip
def test_a_pair_says_what_was_done(change: str, kind: str) -> None:
    (pair,) = search(plant([drawn(1, seed=29)[0]], 2, changes=[change])).pairs
    assert kind in pair.kinds
    assert ("same" in pair.kinds) == (kind == "same")


def test_exposures_of_a_burst_are_no_copies() -> None:
    planted = Planted()
    for origin, shot in enumerate(burst(np.random.default_rng(31), n=4)):
        planted.add(shot, origin, "burst")
    assert search(planted).pairs == ()


def test_different_subjects_on_the_same_paper_are_no_copies() -> None:
    planted = Planted()
    for origin, image in enumerate(drawn(32, seed=37)[2::4]):
        planted.add(image, origin, "original")
    assert search(planted).pairs == ()


def test_the_same_shape_in_another_colour_is_no_copy() -> None:
    planted = Planted()
    for origin, colour in enumerate([(200, 40, 40), (40, 118, 40)]):
        image = Image.new("RGB", (120, 90), (240, 240, 240))
        image.paste(colour, (30, 20, 80, 60))
        planted.add(image, origin, "original")
    assert search(planted).pairs == ()


def test_empty_pictures_are_matched_with_nothing() -> None:
    contents = [encoded(Image.new("RGB", (50, 50), (level, level, level)), "PNG") for level in range(0, 250, 25)]
    names = [hashlib.sha256(content).digest() for content in contents]
    assert find_copies(prints_of(contents), names, Unwatched()) == []


@pytest.mark.parametrize("n", [0, 1])
def test_few_photos_have_no_copies(n: int) -> None:
    contents = [encoded(image) for image in drawn(n, seed=1)]
    rows = prints_of(contents) if n else np.zeros((0, N_BYTES), dtype=np.uint8)
    assert find_copies(rows, [b"a"][:n], Unwatched()) == []


def test_the_order_of_the_photos_changes_nothing() -> None:
    searched = few()
    contents = [photo.content for photo in searched.planted.photos]
    order = np.random.default_rng(3).permutation(len(contents))
    names = [searched.names[i] for i in order]
    pairs = find_copies(prints_of([contents[i] for i in order]), names, Unwatched())

    def told(found: list[CopyPair] | tuple[CopyPair, ...], of: list[bytes] | tuple[bytes, ...]) -> dict:
        return {frozenset((of[p.first], of[p.second])): (p.kinds, round(p.similarity, 4)) for p in found}

    assert told(pairs, names) == told(searched.pairs, searched.names)
    groups = {frozenset(names[i] for i in group) for group in group_copies(pairs, names)}
    assert groups == {frozenset(searched.names[i] for i in group) for group in searched.groups}


def test_a_photo_is_in_one_group_and_a_pair_is_listed_once() -> None:
    members = [row for group in few().groups for row in group]
    assert len(members) == len(set(members))
    keys = [frozenset((pair.first, pair.second)) for pair in few().pairs]
    assert len(keys) == len(set(keys))
    assert all(pair.first != pair.second for pair in few().pairs)


def test_a_search_ends_when_asked_to() -> None:
    class Impatient(Unwatched):
        def add(self, n: int) -> None:
            raise Stopped

    contents = [encoded(image) for image in drawn(4, seed=1)]
    with pytest.raises(Stopped):
        find_copies(prints_of(contents), [bytes([i]) for i in range(4)], Impatient())
