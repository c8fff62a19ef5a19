"""The overview: every count is of the photos given, and odd is what is unlike the others."""

from __future__ import annotations

import statistics

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data.looks import Look
from engine.insight.overview import OddLimits, PhotoFacts, outlier_scores, overview

LOOK = Look(
    sha256=bytes(32),
    mode="RGB",
    taken="2020-05-06T07:08:09",
    camera="",
    latitude=None,
    longitude=None,
    sharpness=500.0,
    brightness=0.5,
    contrast=0.2,
    detail=7.0,
)


def photo(photo_id: int, name: str = "Cod", **more: object) -> PhotoFacts:
    usual: dict[str, object] = {
        "state": "labelled" if name else "unlabelled",
        "part": "",
        "width": 640,
        "height": 480,
        "n_bytes": 1000 * photo_id,
        "format": "JPEG",
        "look": LOOK,
    }
    return PhotoFacts(photo_id=photo_id, class_name=name, **(usual | more))  # type: ignore[arg-type]


def looking(**changes: object) -> Look:
    return msgspec.structs.replace(LOOK, **changes)


def odd(photos: list[PhotoFacts], kind: str, limits: OddLimits | None = None) -> tuple[int, ...]:
    return next(found.photo_ids for found in overview(photos, limits).odd if found.kind == kind)


def test_classes_are_counted_by_part_and_the_excluded_apart() -> None:
    photos = [
        photo(1, part="train"),
        photo(2, part="test"),
        photo(3, state="excluded"),
        photo(4, "Hake", part="val"),
        photo(5, ""),
    ]
    found = overview(photos)
    assert (found.n, found.n_labelled, found.n_excluded) == (4, 3, 1)
    cod, hake = found.classes
    assert (cod.name, cod.n, cod.n_train, cod.n_val, cod.n_test, cod.n_excluded) == ("Cod", 2, 1, 0, 1, 1)
    assert cod.share == pytest.approx(2 / 3)
    assert (hake.n, hake.n_val) == (1, 1)


def test_file_sizes_are_described_as_the_standard_library_does() -> None:
    sizes = [1000, 4000, 2500, 9000, 100]
    [row] = overview([photo(n, n_bytes=size) for n, size in enumerate(sizes)]).bytes
    assert (row.n, row.smallest, row.median, row.largest) == (5, 100, 2500, 9000)
    assert row.mean == pytest.approx(statistics.mean(sizes))
    assert row.std == pytest.approx(statistics.stdev(sizes))
    assert [row.quartile1, row.median, row.quartile3] == statistics.quantiles(sizes, method="inclusive")


def test_a_size_unlike_the_others_is_marked_even_if_all_others_are_equal() -> None:
    photos = [photo(n) for n in range(50)] + [photo(99, width=30, height=200)]
    usual, strange = overview(photos).sizes
    assert (usual.n, usual.is_outlier, strange.width, strange.is_outlier) == (50, False, 30, True)
    assert odd(photos, "size") == (99,)


def test_equal_sizes_have_no_outlier() -> None:
    assert not overview([photo(n) for n in range(5)]).sizes[0].is_outlier


@pytest.mark.parametrize(
    ("kind", "strange", "stranger"),
    [
        ("blurred", {"sharpness": 50.0}, {"sharpness": 3.0}),
        ("dark", {"brightness": 0.1}, {"brightness": 0.01}),
        ("bright", {"brightness": 0.96}, {"brightness": 0.99}),
        ("empty", {"detail": 2.5}, {"detail": 0.0}),
    ],
)
def test_the_oddest_comes_first(kind: str, strange: dict[str, float], stranger: dict[str, float]) -> None:
    photos = [photo(1), photo(2, look=looking(**strange)), photo(3, look=looking(**stranger)), photo(4, look=None)]
    assert odd(photos, kind) == (3, 2)


def test_the_excluded_are_counted_by_reason_and_are_never_odd() -> None:
    photos = [
        photo(1),
        photo(2, state="excluded", reason="blurred", look=looking(sharpness=1.0)),
        photo(3, state="excluded", reason="blurred"),
        photo(4, state="excluded"),
    ]
    assert [(count.value, count.n) for count in overview(photos).reasons] == [("blurred", 2), ("", 1)]
    assert odd(photos, "blurred") == ()


def test_limits_can_be_moved() -> None:
    photos = [photo(1, width=100, height=90), photo(2, width=800, height=100)]
    assert odd(photos, "tiny") == ()
    assert odd(photos, "tiny", OddLimits(side=101)) == (1, 2)
    assert odd([*photos, *[photo(n, width=100, height=90) for n in range(3, 9)]], "size", OddLimits(size=1e9)) == ()
    assert odd(photos, "shape") == (2,)


def test_what_is_not_known_is_counted_as_such() -> None:
    found = overview([photo(1), photo(2, look=looking(taken="", camera="Olympus TG-6")), photo(3, look=None)])
    assert found.n_looked == 2
    assert {count.value: count.n for count in found.cameras} == {"": 1, "Olympus TG-6": 1}
    assert [count.value for count in found.months] == ["", "2020-05"]
    assert [count.value for count in found.days] == ["", "2020-05-06"]


def test_no_photos_are_an_overview_too() -> None:
    found = overview([])
    assert (found.n, found.classes, found.sizes) == (0, (), ())


@given(st.lists(st.integers(-1000, 1000), max_size=30), st.floats(-100, 100), st.floats(0.1, 100))
def test_outlier_scores_know_neither_place_nor_unit(values: list[int], shift: float, scale: float) -> None:
    numbers = np.array(values, dtype=np.float64)
    plain = outlier_scores(numbers)
    assert (plain >= 0).all()
    # Equal values may differ by rounding once they are moved, and then have a distance after all.
    if not len(values) or np.median(np.abs(numbers - np.median(numbers))) > 0:
        np.testing.assert_allclose(plain, outlier_scores(numbers * scale + shift), rtol=1e-6, atol=1e-6)
