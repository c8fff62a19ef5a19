"""A pretrained network is scored untrained, over the classes that are there, by what its thousand classes mean."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_sample_images

from engine.base.errors import UserError
from engine.base.events import Classified, Notice, Score
from engine.base.fspath import to_bytes
from engine.base.stop import StopToken
from engine.data.predictions import read_predictions
from engine.jobs import classify, export, train
from engine.jobs.spec import ClassifySpec, ExportSpec, TrainSpec
from engine.nets.as_is_file import OwnHead
from engine.nets.imagenet import by_name, names
from engine.recipe.head_cfg import AsIsCfg, Mapping
from engine.recipe.recipe import InputCfg, Recipe
from tests.helpers.learning import SIZE, Heard, draw_photos, manifest_of, train_spec

PALACE, DAISY = 698, 985


def as_is(spec: TrainSpec, *mapping: Mapping, size: int = SIZE) -> TrainSpec:
    recipe = Recipe(name="as_is", head=AsIsCfg(mapping=mapping), input=InputCfg(size=size))
    return msgspec.structs.replace(spec, recipe=recipe)


def test_classes_are_found_by_their_names() -> None:
    assert len(names()) == 1000
    found = {entry.class_name: entry.columns for entry in by_name(["Palaces", "daisy", "chain-saw", "Zander"])}
    assert found["Palaces"] == (PALACE,)
    assert found["daisy"] == (DAISY,)
    assert len(found["chain-saw"]) == 1
    assert "Zander" not in found


def test_a_class_gets_the_sum_of_what_it_means_and_others_do_not_compete() -> None:
    head = OwnHead(weights=np.zeros((2, 1000), dtype=np.float32), bias=np.zeros(1000, dtype=np.float32))
    head.bias[7] = np.log(3)
    head.bias[900] = 50.0
    probs = head.probs(np.zeros((1, 2), dtype=np.float32), ((1, 2), (7,), ()))
    assert probs == pytest.approx(np.array([[0.4, 0.6, 0.0]]), abs=1e-6)


@pytest.mark.slow
def test_two_famous_photos_are_what_they_are(tmp_path: Path, machine: Path) -> None:
    china, flower = load_sample_images().images
    photos = []
    for class_no, pixels in enumerate((china, flower)):
        for n in range(3):
            path = tmp_path / f"{class_no}-{n}.png"
            Image.fromarray(pixels[: 400 + n, : 600 + n]).save(path)
            photos.append((path, class_no))
    manifest = manifest_of(photos, n_test=2, names=("Palace", "Daisy"))
    heard = Heard()
    train.run(as_is(train_spec(tmp_path, manifest, machine), size=224), heard, StopToken())
    found = read_predictions(tmp_path / "run" / "predictions.npz")
    assert len(found.photo_ids) == 6
    assert (found.probs.argmax(axis=1) == found.true_columns).all()
    assert {event.part: event.accuracy for event in heard.of(Score)} == {"test": 1.0, "cv": 1.0}
    bundle = tmp_path / "m.fieldmark-model"
    export.run(ExportSpec(run_folder=to_bytes(tmp_path / "run"), out=to_bytes(bundle)), Heard(), StopToken())
    told = Heard()
    spec = ClassifySpec(model=to_bytes(bundle), inputs=(to_bytes(photos[0][0]),), machine=to_bytes(machine))
    classify.run(spec, told, StopToken())
    [answer] = [row for event in told.of(Classified) for row in event.rows]
    assert answer.top == 0
    at = list(found.photo_ids).index(1)
    assert answer.probs == pytest.approx(found.probs[at].tolist(), abs=1e-4)


def test_classes_it_does_not_know_are_told(tmp_path: Path, machine: Path) -> None:
    manifest = manifest_of(draw_photos(tmp_path / "photos", 4))
    heard = Heard()
    train.run(
        as_is(train_spec(tmp_path, manifest, machine), Mapping(class_name="dots", columns=(3, 4))), heard, StopToken()
    )
    [notice] = heard.of(Notice)
    assert "stripes" in notice.text
    assert "plain" in notice.text
    found = read_predictions(tmp_path / "run" / "predictions.npz")
    assert set(found.probs.argmax(axis=1)) == {1}


def test_nothing_it_knows_is_refused_with_advice(tmp_path: Path, machine: Path) -> None:
    manifest = manifest_of(draw_photos(tmp_path / "photos", 4))
    with pytest.raises(UserError) as told:
        train.run(as_is(train_spec(tmp_path, manifest, machine)), Heard(), StopToken())
    assert "Say in the recipe" in told.value.advice
    assert not (tmp_path / "run" / "model.json").exists()
