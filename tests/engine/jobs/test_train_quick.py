"""Training leaves a model and honest predictions, whatever state the photos are in."""

import json
import os
import shutil
from pathlib import Path

import msgspec
import numpy as np
import pytest

from engine.base.errors import Stopped, StorageError, UserError
from engine.base.events import AnyEvent, Notice, Phase, ResultReady, Score
from engine.base.fspath import to_bytes
from engine.base.stop import StopToken
from engine.data.manifest import Manifest, ManifestClass
from engine.data.predictions import Predictions, read_folds, read_predictions
from engine.data.training_facts import read_training_facts
from engine.jobs import train_quick as train
from engine.nets.model_file import read_model
from engine.nets.source import installed
from engine.predict import gather
from engine.recipe.recipe import Recipe
from tests.helpers.learning import CLASSES, TINY, Heard, draw_photos, manifest_of, train_spec


def predictions(folder: Path, run: str = "run") -> Predictions:
    return read_predictions(folder / run / "predictions.npz")


def test_every_photo_is_predicted_once_by_a_model_that_had_not_seen_it(trained: Path, manifest: Manifest) -> None:
    found = predictions(trained)
    by_id = {photo.photo_id: photo for photo in manifest.photos}
    assert sorted(found.photo_ids) == sorted(by_id)
    for photo_id, part, column in zip(found.photo_ids, found.parts, found.true_columns, strict=True):
        photo = by_id[int(photo_id)]
        assert (part == 0) == (photo.part == "test")
        assert column == photo.class_no
    assert np.allclose(found.probs.sum(axis=1), 1.0, atol=1e-5)
    assert found.class_ids.tolist() == [entry.class_id for entry in manifest.classes]


def test_drawn_classes_are_told_apart(trained: Path) -> None:
    found = predictions(trained)
    assert np.mean(found.probs.argmax(axis=1) == found.true_columns) > 0.8


def test_the_model_describes_itself(trained: Path, manifest: Manifest) -> None:
    model = read_model(trained / "run")
    assert [(entry.name, entry.n_photos) for entry in model.info.classes] == [(name, 6) for name in CLASSES]
    assert model.info.strength in model.info.recipe.head.strengths
    assert model.head.weights.shape == (model.info.n_features, len(manifest.classes))
    assert {"fieldmark", "torch", "numpy"} <= model.info.versions.keys()


def test_the_run_says_how_large_and_fast_its_model_is_and_in_which_fold_each_photo_was(
    trained: Path, manifest: Manifest
) -> None:
    facts = read_training_facts(trained / "run")
    model = read_model(trained / "run")
    assert facts.n_trainable == (model.info.n_features + 1) * len(CLASSES)
    body = installed("efficientnet_lite0").load()
    assert facts.n_parameters == facts.n_trainable + sum(parameter.numel() for parameter in body.timm_net.parameters())
    assert facts.answer_rate is not None
    assert facts.answer_rate > 0
    fold_of = read_folds(trained / "run" / "predictions.npz")
    assert set(fold_of) == {photo.photo_id for photo in manifest.photos if photo.part != "test"}
    assert set(fold_of.values()) == {0, 1, 2}


def test_the_record_has_a_line_for_each_strength_and_one_for_the_test(trained: Path) -> None:
    lines = [json.loads(line) for line in (trained / "run" / "metrics.jsonl").read_text().splitlines()]
    assert [line["part"] for line in lines] == ["cv", "cv", "test"]
    assert sum(line["chosen"] for line in lines[:2]) == 1


def test_the_same_again_gives_the_same_numbers_and_looks_at_no_photo(
    trained: Path, manifest: Manifest, machine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(trained / "features", tmp_path / "features")
    monkeypatch.setattr(gather, "fastest", lambda *_args, **_kwargs: pytest.fail("the features were in the cache"))
    heard = Heard()
    train.run(train_spec(tmp_path, manifest, machine), heard, StopToken())
    assert np.array_equal(predictions(tmp_path).probs, predictions(trained).probs)
    for name in ("head.safetensors", "model.json"):
        assert (tmp_path / "run" / name).read_bytes() == (trained / "run" / name).read_bytes()
    assert [event.part for event in heard.of(Score) if isinstance(event, Score)] == ["cv", "test"]
    assert isinstance(heard[-1], ResultReady)


def test_a_class_is_added_to_a_model_by_looking_at_its_photos_only(
    trained: Path, manifest: Manifest, machine: Path, tmp_path: Path
) -> None:
    shutil.copytree(trained / "features", tmp_path / "features")
    shutil.copytree(trained / "run", tmp_path / "old")
    old = [(Path(os.fsdecode(photo.path)), photo.class_no) for photo in manifest.photos]
    new = draw_photos(tmp_path / "more", 6, classes=("lattice",), first=3)
    both = manifest_of([*old, *new], names=(*CLASSES, "lattice"))
    # Its new column comes first, so that columns must be matched by class.
    classes = (both.classes[3], *both.classes[:3])
    photos = tuple(msgspec.structs.replace(photo, class_no=(photo.class_no + 1) % 4) for photo in both.photos)
    both = Manifest(classes=classes, photos=photos)
    heard = Heard()
    train.run(train_spec(tmp_path, both, machine, start_from="old"), heard, StopToken())
    looked = [event for event in heard.of(Phase) if isinstance(event, Phase) and event.name == gather.PHASE_LOOKING]
    assert looked[-1].total == 6
    added = read_model(tmp_path / "run")
    assert added.info.strength == read_model(tmp_path / "old").info.strength
    train.run(
        msgspec.structs.replace(train_spec(tmp_path, both, machine, run="cold"), recipe=fixed(added.info.strength)),
        Heard(),
        StopToken(),
    )
    assert np.abs(predictions(tmp_path).probs - predictions(tmp_path, "cold").probs).max() < 0.01


def fixed(strength: float) -> Recipe:
    """The tiny recipe with one strength."""
    return msgspec.structs.replace(TINY, head=msgspec.structs.replace(TINY.head, strengths=(strength,)))


def test_an_earlier_model_that_cannot_be_used_only_costs_time(
    trained: Path, manifest: Manifest, machine: Path, tmp_path: Path
) -> None:
    shutil.copytree(trained / "features", tmp_path / "features")
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "model.json").write_bytes(b"{}")
    (tmp_path / "old" / "head.safetensors").write_bytes(b"")
    train.run(train_spec(tmp_path, manifest, machine, start_from="old"), Heard(), StopToken())
    assert np.array_equal(predictions(tmp_path).probs, predictions(trained).probs)


def test_damaged_missing_and_changed_photos_are_left_out_and_counted(machine: Path, tmp_path: Path) -> None:
    photos = draw_photos(tmp_path / "photos", 6)
    manifest = manifest_of(photos)
    photos[3][0].unlink()
    photos[10][0].write_bytes(b"\x89PNG\r\n\x1a\nnothing")
    photos[16][0].write_bytes(photos[17][0].read_bytes())
    heard = Heard()
    train.run(train_spec(tmp_path, manifest, machine), heard, StopToken())
    (notice,) = notices(heard)
    assert "3 of 18 photos" in notice.text
    assert set(range(1, 19)) - set(predictions(tmp_path).photo_ids.tolist()) == {4, 11, 17}


def test_where_one_copy_is_gone_the_other_is_looked_at(machine: Path, tmp_path: Path) -> None:
    photos = draw_photos(tmp_path / "photos", 4)
    copy = tmp_path / "photos" / "copy.png"
    copy.write_bytes(photos[0][0].read_bytes())
    manifest = manifest_of([*photos, (copy, 0)])
    photos[0][0].unlink()
    heard = Heard()
    train.run(train_spec(tmp_path, manifest, machine), heard, StopToken())
    assert notices(heard) == []
    assert len(predictions(tmp_path).photo_ids) == 13


def test_classes_of_one_photo_are_learned_but_not_judged(machine: Path, tmp_path: Path) -> None:
    photos = draw_photos(tmp_path / "photos", 5)
    thin = [photo for photo in photos if photo[1] < 2] + [photos[-1]]
    train.run(train_spec(tmp_path, manifest_of(thin, n_test=0), machine), Heard(), StopToken())
    found = predictions(tmp_path)
    assert set(found.true_columns.tolist()) == {0, 1}
    assert found.probs.shape == (10, 3)


def test_one_photo_a_class_makes_a_model_and_a_warning(machine: Path, tmp_path: Path) -> None:
    heard = Heard()
    train.run(
        train_spec(tmp_path, manifest_of(draw_photos(tmp_path / "photos", 1), n_test=0), machine), heard, StopToken()
    )
    assert len(predictions(tmp_path).photo_ids) == 0
    assert "too few photos" in notices(heard)[0].text
    assert read_model(tmp_path / "run").head.weights.shape[1] == 3


def test_a_single_class_is_refused_with_advice(machine: Path, tmp_path: Path) -> None:
    photos = [photo for photo in draw_photos(tmp_path / "photos", 3) if photo[1] == 0]
    with pytest.raises(UserError) as caught:
        train.run(train_spec(tmp_path, manifest_of(photos, n_test=0), machine), Heard(), StopToken())
    assert "two classes" in caught.value.advice


def test_no_photos_at_all_are_refused(machine: Path, tmp_path: Path) -> None:
    nothing = Manifest(classes=(ManifestClass(class_id=1, name="a"),), photos=())
    with pytest.raises(UserError):
        train.run(train_spec(tmp_path, nothing, machine), Heard(), StopToken())


def test_a_stopped_training_leaves_no_model_but_keeps_what_it_saw(machine: Path, tmp_path: Path) -> None:
    manifest = manifest_of(draw_photos(tmp_path / "photos", 60))
    stop = StopToken()

    def emit(event: AnyEvent) -> None:
        if isinstance(event, Phase) and event.name == gather.PHASE_LOOKING and event.done:
            stop.request()

    with pytest.raises(Stopped):
        train.run(train_spec(tmp_path, manifest, machine), emit, stop)
    assert not (tmp_path / "run" / "model.json").exists()
    heard = Heard()
    train.run(train_spec(tmp_path, manifest, machine, run="again"), heard, StopToken())
    looked = [event for event in heard.of(Phase) if isinstance(event, Phase) and event.name == gather.PHASE_LOOKING]
    assert looked[0].total < len(manifest.photos)


def test_a_missing_manifest_is_told(machine: Path, tmp_path: Path, manifest: Manifest) -> None:
    spec = train_spec(tmp_path, manifest, machine)
    with pytest.raises(StorageError):
        train.run(msgspec.structs.replace(spec, manifest=to_bytes(tmp_path / "none")), Heard(), StopToken())


def notices(heard: Heard) -> list[Notice]:
    return [event for event in heard if isinstance(event, Notice)]
