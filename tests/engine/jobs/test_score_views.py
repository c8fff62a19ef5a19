"""Several views are tried on photos the model has not learned from, never on the test's; the choice goes with it."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec
import numpy as np
import pytest

from engine.base.errors import UserError
from engine.base.events import Classified
from engine.base.fspath import to_bytes, to_path
from engine.base.stop import StopToken
from engine.data.manifest import Manifest, Part, write_manifest
from engine.data.predictions import PARTS, read_predictions
from engine.insight.view_gain import ViewGain, read_gain
from engine.jobs import classify, export, score_views, train
from engine.jobs.spec import ClassifySpec, ExportSpec, ScoreViewsSpec
from engine.predict.trained import read_trained
from engine.project.run_views import choose_views, chosen_views
from engine.recipe.head_cfg import ClassicCfg, DenseHeadCfg
from engine.recipe.model_cfg import BuiltCfg, blocks
from engine.recipe.recipe import InputCfg, Recipe
from engine.recipe.training_cfg import StageCfg, TrainingCfg
from engine.recipe.views_cfg import ONCE, ViewsCfg, views_named
from tests.helpers.learning import SIZE, Heard, train_spec

pytestmark = pytest.mark.usefixtures("one_thread")

MIRRORED = ViewsCfg(flip_h=True)
SMALL = Recipe(
    input=InputCfg(size=32),
    model=BuiltCfg(layers=blocks((8,), norm=True)),
    head=DenseHeadCfg(),
    training=TrainingCfg(stages=(StageCfg(epochs=1, lr=3e-3),), batch=8),
)


def spec_of(folder: Path, machine: Path, views: ViewsCfg = MIRRORED, *, n_most: int = 1000) -> ScoreViewsSpec:
    return ScoreViewsSpec(
        run_folder=to_bytes(folder),
        manifest=to_bytes(folder / "manifest.msgpack"),
        features=to_bytes(folder.parent / "features"),
        machine=to_bytes(machine),
        views=views,
        out=to_bytes(folder / "views.json"),
        n_most=n_most,
    )


def tried(spec: ScoreViewsSpec) -> ViewGain:
    score_views.run(spec, Heard(), StopToken())
    return read_gain(to_path(spec.out))


@pytest.fixture
def quick(trained: Path, tmp_path: Path) -> Path:
    """A copy of the run folder of a finished Quick run: three classes, six photos each to learn from, two to test."""
    shutil.copytree(trained / "features", tmp_path / "features")
    return Path(shutil.copytree(trained / "run", tmp_path / "run"))


def test_a_head_is_tried_on_each_photo_by_one_that_has_not_seen_it(quick: Path, machine: Path) -> None:
    found = tried(spec_of(quick, machine))
    assert (found.how, found.n) == ("out_of_fold", 18)
    assert found.views == MIRRORED
    said = read_predictions(quick / "predictions.npz")
    cv = said.parts == PARTS.index("cv")
    right = np.mean(said.probs[cv].argmax(axis=1) == said.true_columns[cv])
    assert found.once.accuracy == pytest.approx(right, abs=1 / 18), "what cross-validation said of looking once"
    assert found.gained + found.lost <= found.n
    assert found.cost > 0


@pytest.mark.slow
def test_few_photos_are_enough_and_always_the_same(quick: Path, machine: Path) -> None:
    found = tried(spec_of(quick, machine, n_most=4))
    again = tried(spec_of(quick, machine, n_most=4))
    assert found.n == 4
    assert (found.once, found.several) == (again.once, again.several)


@pytest.mark.slow
def test_a_classic_classifier_is_tried_in_the_same_way(manifest: Manifest, machine: Path, tmp_path: Path) -> None:
    given = train_spec(tmp_path, manifest, machine)
    recipe = Recipe(input=InputCfg(size=SIZE), head=ClassicCfg(method="svm", folds=3))
    train.run(msgspec.structs.replace(given, recipe=recipe), Heard(), StopToken())
    found = tried(spec_of(tmp_path / "run", machine))
    assert (found.how, found.n) == ("out_of_fold", 18)


def network(folder: Path, manifest: Manifest, *, val: bool) -> Path:
    """The run folder of a small network that learned for one epoch."""
    seen: set[int] = set()
    photos = []
    for photo in manifest.photos:
        part: Part = photo.part
        if val and part == "train" and photo.class_no not in seen:
            seen.add(photo.class_no)
            part = "val"
        photos.append(msgspec.structs.replace(photo, part=part))
    manifest = msgspec.structs.replace(manifest, photos=tuple(photos))
    given = train_spec(folder, manifest, folder / "machine")
    train.run(msgspec.structs.replace(given, recipe=SMALL, pixels=to_bytes(folder / "pixels")), Heard(), StopToken())
    return folder / "run"


def test_a_network_is_tried_on_the_photos_that_judged_its_epochs(
    manifest: Manifest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = network(tmp_path, manifest, val=True)
    looked: set[bytes] = set()
    real = score_views.features_of

    def features_of(photos, *given):
        photos = list(photos)
        looked.update(photo.sha256 for photo in photos)
        return real(photos, *given)

    monkeypatch.setattr(score_views, "features_of", features_of)
    found = tried(spec_of(folder, tmp_path / "machine", views_named(["flip_h", "turns"])))
    assert (found.how, found.n) == ("validation", 3)
    held = {photo.sha256 for photo in manifest.photos if photo.part == "test"}
    assert len(looked) == 3
    assert not looked & held


def test_without_validation_photos_those_that_were_set_aside_are_taken(manifest: Manifest, tmp_path: Path) -> None:
    folder = network(tmp_path, manifest, val=False)
    found = tried(spec_of(folder, tmp_path / "machine"))
    assert 0 < found.n < 18
    fewer = msgspec.structs.replace(manifest, photos=manifest.photos[:-1])
    write_manifest(folder / "manifest.msgpack", fewer)
    with pytest.raises(UserError, match="cannot be told"):
        tried(spec_of(folder, tmp_path / "machine"))


def test_where_every_photo_was_learned_from_or_is_for_testing_there_is_nothing_to_try_it_on(
    quick: Path, machine: Path, manifest: Manifest
) -> None:
    # One group a class can never be held out.
    photos = [msgspec.structs.replace(photo, group=photo.class_no) for photo in manifest.photos]
    write_manifest(quick / "manifest.msgpack", msgspec.structs.replace(manifest, photos=tuple(photos)))
    with pytest.raises(UserError, match="no photos on which"):
        tried(spec_of(quick, machine))


def answers(model: Path, folder: Path, machine: Path) -> list[tuple[float, ...]]:
    heard = Heard()
    spec = ClassifySpec(model=to_bytes(model), inputs=(to_bytes(folder),), machine=to_bytes(machine))
    classify.run(spec, heard, StopToken())
    return [row.probs for event in heard.of(Classified) for row in event.rows]


def odds(probs: list[tuple[float, ...]]) -> np.ndarray:
    """Logarithms, because these photos are so easy that all probabilities are nearly 0 or 1."""
    return np.log(np.maximum(probs, 1e-30))


@pytest.mark.slow
def test_the_choice_is_what_classifying_does_in_the_bundle_too_and_can_be_taken_back(
    quick: Path, machine: Path, manifest: Manifest, tmp_path: Path
) -> None:
    photos = to_path(manifest.photos[0].path).parent
    once = answers(quick, photos, machine)
    choose_views(quick, MIRRORED)
    assert chosen_views(quick) == MIRRORED
    several = answers(quick, photos, machine)
    assert not np.allclose(odds(once), odds(several), atol=1e-3)
    assert np.allclose(np.sum(several, axis=1), 1.0, atol=1e-5)
    bundle = tmp_path / "mirrored.fieldmark-model"
    export.run(ExportSpec(run_folder=to_bytes(quick), out=to_bytes(bundle)), Heard(), StopToken())
    assert read_trained(bundle).info.views == MIRRORED
    assert np.allclose(odds(answers(bundle, photos, machine)), odds(several), atol=1e-3)
    choose_views(quick, ONCE)
    assert np.allclose(odds(answers(quick, photos, machine)), odds(once), atol=1e-3)
