"""Confidences of every kind of model are scaled by photos that it has not learned from, and so wherever it answers."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray

from engine.base.events import Classified
from engine.base.fspath import to_bytes
from engine.base.stop import StopToken
from engine.data.manifest import Manifest, ManifestPhoto
from engine.data.predictions import PARTS, read_predictions
from engine.data.training_facts import read_training_facts
from engine.insight.calibration import unscaled
from engine.jobs import classify, train
from engine.jobs.spec import ClassifySpec
from engine.jobs.train_network import set_aside
from engine.predict.trained import read_trained
from engine.recipe.head_cfg import AsIsCfg, ClassicCfg, DenseHeadCfg, HeadCfg, Mapping
from engine.recipe.model_cfg import BuiltCfg, blocks
from engine.recipe.recipe import InputCfg, Recipe
from engine.recipe.training_cfg import StageCfg, TrainingCfg
from engine.train.select import fit_temperature
from tests.helpers.learning import CLASSES, TINY, Heard, train_spec

pytestmark = pytest.mark.usefixtures("one_thread")

# What the drawings are called is nothing to the network: any of its thousand classes will do.
MEANING = tuple(Mapping(class_name=name, columns=(at, 100 + at)) for at, name in enumerate(CLASSES))
HEADS: dict[str, HeadCfg] = {
    "quick": TINY.head,
    "svm": ClassicCfg(method="svm", folds=3),
    "boosting": ClassicCfg(method="boosting", rounds=5, depth=2, folds=3),
    "as it is": AsIsCfg(mapping=MEANING),
}
NETWORK = Recipe(
    input=InputCfg(size=32),
    model=BuiltCfg(layers=blocks((8,), norm=True)),
    head=DenseHeadCfg(),
    training=TrainingCfg(stages=(StageCfg(epochs=1, lr=3e-3),), batch=8),
)


def said(folder: Path, photos: list[ManifestPhoto], machine: Path) -> NDArray[np.float32]:
    """What classifying says of the photos."""
    heard = Heard()
    inputs = tuple(photo.path for photo in photos)
    classify.run(ClassifySpec(model=to_bytes(folder), inputs=inputs, machine=to_bytes(machine)), heard, StopToken())
    found = {row.path: row.probs for event in heard.of(Classified) for row in event.rows}
    return np.array([found[photo.path] for photo in photos], dtype=np.float32)


@pytest.mark.parametrize("kind", ["quick", "svm", "boosting", "as it is", "network"])
def test_the_temperature_is_fitted_off_the_test_and_is_in_every_answer(
    kind: str, trained: Path, machine: Path, manifest: Manifest
) -> None:
    recipe = NETWORK if kind == "network" else msgspec.structs.replace(TINY, head=HEADS[kind])
    given = train_spec(trained, manifest, machine, run=f"scaled-{kind}")
    pixels = to_bytes(trained / "pixels")
    train.run(msgspec.structs.replace(given, recipe=recipe, pixels=pixels), Heard(), StopToken())
    folder = trained / f"scaled-{kind}"
    temperature, stored = read_trained(folder).info.temperature, read_predictions(folder / "predictions.npz")

    test = [photo for photo in manifest.photos if photo.part == "test"]
    place = {int(photo_id): at for at, photo_id in enumerate(stored.photo_ids)}
    in_test = stored.probs[[place[photo.photo_id] for photo in test]]
    assert said(folder, test, machine) == pytest.approx(in_test, abs=2e-3)

    if kind == "network":
        _, judging = set_aside([photo for photo in manifest.photos if photo.part == "train"])
        probs, columns = said(folder, judging, machine), np.array([photo.class_no for photo in judging], np.int32)
    else:
        unseen = stored.parts == PARTS.index("cv")
        assert not {photo.photo_id for photo in test} & set(stored.photo_ids[unseen].tolist())
        probs, columns = stored.probs[unseen], stored.true_columns[unseen]
    again = fit_temperature(np.log(np.maximum(unscaled(probs, temperature), 1e-30)), columns)
    assert again == pytest.approx(temperature, rel=0.06), "within a step of those that are tried"
    assert read_training_facts(folder).n_calibrated == len(columns)
