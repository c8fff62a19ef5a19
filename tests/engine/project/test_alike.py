"""What a comparison of the photos says is by the labels of today."""

from __future__ import annotations

import numpy as np
import pytest

from engine.base.fspath import to_path
from engine.base.ids import PhotoId
from engine.base.stop import StopToken
from engine.insight.alike_file import AlikeFound, read_alike_photos, write_alike
from engine.insight.neighbours import neighbours
from tests.engine.project.conftest import Bench

N_EACH = 12


@pytest.fixture
def compared(bench: Bench) -> Bench:
    """Cod and hake look alike, rays do not; the last ray is odd; two photos carry no label. All was compared."""
    bench.add(Cod=N_EACH, Hake=N_EACH, Ray=N_EACH)
    bench.take([bench.found("a.jpg"), bench.found("b.jpg")])
    spec = bench.project.explore.features_spec()
    photos = sorted(read_alike_photos(to_path(spec.photos)), key=lambda photo: (photo.class_id, photo.photo_id))
    rng = np.random.default_rng(2)
    centre = {0: 0, bench.class_id("Cod"): 0, bench.class_id("Hake"): 0, bench.class_id("Ray"): 1}
    features = np.eye(6)[[centre[photo.class_id] for photo in photos]] + rng.normal(0, 0.1, (len(photos), 6))
    features[-1] = np.eye(6)[5]
    features /= np.linalg.norm(features, axis=1, keepdims=True)
    class_ids = np.array([photo.class_id for photo in photos])
    near = neighbours(
        features.astype(np.float32),
        np.array([photo.group for photo in photos], dtype=np.int32),
        class_ids,
        stop=StopToken(),
    )
    contents = np.array([list(photo.sha256) for photo in photos], dtype=np.uint8)
    ids = np.array([photo.photo_id for photo in photos])
    write_alike(to_path(spec.out), AlikeFound(photo_ids=ids, contents=contents, class_ids=class_ids, near=near))
    return bench


def test_before_a_comparison_there_is_nothing_to_say(bench: Bench) -> None:
    bench.add(Cod=2)
    explore = bench.project.explore
    assert explore.compared() is explore.class_pairs() is explore.outliers() is explore.alike(PhotoId(1)) is None


def test_hard_pairs_come_first_and_follow_the_labels(compared: Bench) -> None:
    explore, labels = compared.project.explore, compared.project.labels
    pairs = explore.class_pairs()
    assert pairs is not None
    assert (pairs[0].first, pairs[0].second) == ("Cod", "Hake")
    assert pairs[0].overlap > 0.3 > 0.1 > pairs[1].overlap
    cod = compared.ids(class_id=compared.class_id("Cod"))
    assert {one.first for one in pairs[0].examples} <= set(cod)
    labels.set(cod, compared.class_id("Hake"))
    assert [(pair.first, pair.second) for pair in explore.class_pairs() or ()] == [("Hake", "Ray")]


def test_outliers_are_photos_whose_class_is_still_that_they_were_compared_by(compared: Bench) -> None:
    explore = compared.project.explore
    odd = compared.ids(class_id=compared.class_id("Ray"))[-1]
    report = explore.outliers()
    assert report is not None
    assert (report.rows[0].photo_id, report.rows[0].class_name) == (odd, "Ray")
    assert report.rows[0].score > report.limit
    assert len((explore.outliers(limit=0.1) or report).rows) > len(report.rows)
    compared.project.labels.set([odd], compared.class_id("Cod"))
    after = explore.outliers()
    assert after is not None
    assert odd not in [row.photo_id for row in after.rows]
    assert after.n_relabelled == 1


def test_photos_that_look_alike_are_named_with_their_class_of_today(compared: Bench) -> None:
    explore = compared.project.explore
    cod = compared.ids(class_id=compared.class_id("Cod"))[0]
    first = explore.alike(cod)
    assert first is not None
    assert len(first) == 6
    assert cod not in {one.photo_id for one in first}
    assert [one.similarity for one in first] == sorted((one.similarity for one in first), reverse=True)
    assert {one.class_name for one in first} <= {"Cod", "Hake", ""}
    compared.project.labels.exclude([first[0].photo_id], "blurred")
    assert first[0].photo_id not in {one.photo_id for one in explore.alike(cod) or ()}


def test_photos_that_came_since_are_counted(compared: Bench) -> None:
    n = 3 * N_EACH + 2
    explore = compared.project.explore
    assert (explore.compared().n_photos, explore.compared().n_new) == (n, 0)
    compared.take([compared.found("new.jpg")])
    compared.project.labels.exclude(compared.ids()[:1])
    assert (explore.compared().n_photos, explore.compared().n_new) == (n - 1, 1)
