"""Chosen photos: a bar, a point or a line stands for exactly the photos that the overview counts there."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from engine.data.looks import Look
from engine.insight.chosen import Choice, chosen
from engine.insight.overview import Overview, PhotoFacts, overview

LOOKS = st.none() | st.builds(
    Look,
    sha256=st.just(bytes(32)),
    mode=st.sampled_from(("RGB", "L")),
    taken=st.sampled_from(("", "2020-05-06T07:08:09", "2020-05-07T00:00:00", "2021-01-02T03:04:05")),
    camera=st.sampled_from(("", "Acme One")),
    latitude=st.none(),
    longitude=st.none(),
    sharpness=st.just(500.0),
    brightness=st.just(0.5),
    contrast=st.just(0.2),
    detail=st.just(7.0),
)
PHOTOS = st.lists(
    st.builds(
        PhotoFacts,
        photo_id=st.integers(1, 1_000_000),
        class_name=st.sampled_from(("Cod", "Hake", "")),
        state=st.sampled_from(("labelled", "unlabelled", "unsure", "excluded")),
        part=st.sampled_from(("", "train", "val", "test")),
        width=st.sampled_from((64, 640)),
        height=st.sampled_from((64, 480)),
        n_bytes=st.integers(1, 9_000),
        format=st.sampled_from(("JPEG", "PNG")),
        look=LOOKS,
        reason=st.sampled_from(("", "blurred")),
    ).filter(lambda photo: photo.state != "labelled" or photo.class_name),
    unique_by=lambda photo: photo.photo_id,
    max_size=12,
)


def counted(found: Overview) -> list[tuple[Choice, int]]:
    """Everything the overview counts, with what is to be chosen for it."""
    classes = [
        pair
        for row in found.classes
        for pair in (
            (Choice(class_name=row.name), row.n),
            (Choice(class_name=row.name, part="train"), row.n_train),
            (Choice(class_name=row.name, part="val"), row.n_val),
            (Choice(class_name=row.name, part="test"), row.n_test),
            (Choice(class_name=row.name, excluded=True), row.n_excluded),
        )
    ]
    return [
        *classes,
        *((Choice(excluded=True, reason=row.value), row.n) for row in found.reasons),
        *((Choice(sizes={(row.width, row.height)}), row.n) for row in found.sizes),
        *((Choice(class_name=row.name), row.n) for row in found.bytes),
        *((Choice(format=row.value), row.n) for row in found.formats),
        *((Choice(mode=row.value), row.n) for row in found.modes),
        *((Choice(camera=row.value), row.n) for row in found.cameras),
        *((Choice(taken=row.value), row.n) for row in (*found.months, *found.days)),
    ]


@given(PHOTOS)
def test_as_many_photos_are_chosen_as_are_counted(photos: list[PhotoFacts]) -> None:
    for choice, n in counted(overview(photos)):
        found = chosen(photos, choice)
        assert len(found) == len(set(found)) == n


def test_several_sizes_are_chosen_at_once() -> None:
    one = PhotoFacts(
        photo_id=1, class_name="", state="unlabelled", part="", width=10, height=20, n_bytes=1, format="PNG"
    )
    photos = [one, replace(one, photo_id=2, width=30), replace(one, photo_id=3, width=50)]
    assert chosen(photos, Choice(sizes={(10, 20), (50, 20)})) == (1, 3)
