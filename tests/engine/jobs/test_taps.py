"""Heads on the features of any network: they learn, are read again, and are saved complete."""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
import pytest
import torch
from safetensors.torch import save as save_tensors

from engine.base.errors import DamagedInput, UserError
from engine.base.events import Classified, Notice, ResultReady, Score
from engine.base.fspath import to_bytes
from engine.base.stop import StopToken
from engine.data.manifest import Manifest
from engine.data.predictions import read_predictions
from engine.jobs import classify, export, measure, train
from engine.jobs.spec import ClassifySpec, ExportSpec, MeasureSpec
from engine.nets.bundle import read_bundle
from engine.nets.source import source_of
from engine.nets.weights_import import import_weights
from engine.predict import gather, openvino_extractor, variants
from engine.predict.features import Photo, features_of
from engine.predict.torch_variants import build_torch
from engine.predict.trained import read_trained
from engine.recipe.catalogue import backbone_facts
from engine.recipe.head_cfg import AsIsCfg, ClassicCfg, HeadCfg, Mapping
from engine.recipe.recipe import Recipe
from engine.weights.packaged import weights_path
from tests.helpers.learning import SIZE, TINY, Heard, drawing, train_spec
from tests.helpers.taps import keep_drawn, tap_recipe

SLOW = pytest.mark.slow
SVM = ClassicCfg(folds=3)
# Its weights come from a package, but are used as if a file of them had been imported.
KEPT = "timm/tf_efficientnet_lite0"
STAGE = tap_recipe(cut=2, weights="pretrained")
AS_IS = AsIsCfg(
    mapping=tuple(Mapping(class_name=name, columns=(n, n + 500)) for n, name in enumerate(("stripes", "dots")))
)


@pytest.fixture(scope="module", autouse=True)
def known() -> Iterator[None]:
    """As if it were known of every network that this variant of torch is the fastest here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gather, "fastest", lambda source, *_, **__: build_torch(source.load(), "channels_last"))
        yield


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Random weights of tiny networks with 1000 and with 7 classes, and trained ones of `KEPT`; not to be changed."""
    folder = tmp_path_factory.mktemp("library")
    keep_drawn(folder, n_classes=1000)
    keep_drawn(folder, "test_convnext", n_classes=7)
    import_weights(weights_path(backbone_facts("efficientnet_lite0")), KEPT, folder, licence="Apache-2.0")
    return folder


@pytest.fixture(scope="module")
def stage_run(tmp_path_factory: pytest.TempPathFactory, manifest: Manifest, library: Path) -> Path:
    """The finished run of Quick on the second stage of the library's network; not to be changed."""
    return trained_by(STAGE, tmp_path_factory.mktemp("stage"), manifest, library)[0]


def trained_by(recipe: Recipe, folder: Path, manifest: Manifest, library: Path) -> tuple[Path, Heard]:
    """The folder of a finished run, and what was heard of it."""
    spec = train_spec(folder, manifest, folder / "machine")
    heard = Heard()
    train.run(msgspec.structs.replace(spec, recipe=recipe, library=to_bytes(library)), heard, StopToken())
    return folder / "run", heard


def answers(model: Path, folder: Path, library: Path) -> list[tuple[bytes, tuple[float, ...]]]:
    """What a model says of three new photos."""
    new = folder / "new"
    new.mkdir(exist_ok=True)
    for n in range(3):
        drawing(n, 50 + n).save(new / f"{n}.png")
    heard = Heard()
    spec = ClassifySpec(
        model=to_bytes(model), inputs=(to_bytes(new),), machine=to_bytes(folder / "machine"), library=to_bytes(library)
    )
    classify.run(spec, heard, StopToken())
    return [(row.path, row.probs) for event in heard.of(Classified) for row in event.rows]


def exported(run: Path, library: Path, folder: Path | None = None) -> Path:
    out = (folder or run.parent) / "saved.fieldmark-model"
    export.run(ExportSpec(run_folder=to_bytes(run), out=to_bytes(out), library=to_bytes(library)), Heard(), StopToken())
    return out


# With the share of right answers: filters that have learned tell textures apart, random ones hardly do.
LITE0 = "efficientnet_lite0"
RECIPES = [
    pytest.param(tap_recipe(LITE0, cut=3, weights="pretrained", head=SVM), 0.9, id="svm, stage of Lite0"),
    pytest.param(tap_recipe(LITE0, cut=2, weights="pretrained"), 0.9, id="quick, stage of Lite0", marks=SLOW),
    pytest.param(tap_recipe(KEPT, cut=3, weights="pretrained", head=SVM), 0.9, id="svm, stage of the library's"),
    pytest.param(tap_recipe(KEPT, weights="pretrained"), 0.9, id="quick, the library's", marks=SLOW),
    pytest.param(tap_recipe(cut=-2, seed=5), 0.0, id="quick, random"),
    pytest.param(tap_recipe(weights="pretrained", head=AS_IS), 0.0, id="as it is, the library's"),
]


@pytest.mark.parametrize(("recipe", "right"), RECIPES)
def test_run_learns_answers_again_and_its_file_answers_the_same_where_nothing_else_is(
    tmp_path: Path, manifest: Manifest, library: Path, recipe: Recipe, right: float
) -> None:
    run, heard = trained_by(recipe, tmp_path, manifest, library)
    found = read_predictions(run / "predictions.npz")
    assert sorted(found.photo_ids) == sorted(photo.photo_id for photo in manifest.photos)
    assert np.mean(found.probs.argmax(axis=1) == found.true_columns) >= right
    assert heard.of(ResultReady)
    assert {event.part for event in heard.of(Score)} == {"test", "cv"}
    here = answers(run, tmp_path, library)
    saved = exported(run, library)
    shutil.rmtree(run)
    there = answers(saved, tmp_path, tmp_path / "no library")
    assert [path for path, _ in here] == [path for path, _ in there]
    np.testing.assert_allclose([row for _, row in here], [row for _, row in there], atol=1e-5)
    assert len(here) == 3


def test_untrained_network_of_the_library_answers_with_the_scaled_sums_of_its_own_probabilities(
    tmp_path: Path, manifest: Manifest, library: Path
) -> None:
    run, heard = trained_by(tap_recipe(weights="pretrained", head=AS_IS), tmp_path, manifest, library)
    [notice] = heard.of(Notice)
    assert "plain" in notice.text
    net = keep_drawn(tmp_path / "again", n_classes=1000)
    path, probs = answers(run, tmp_path, library)[0]
    pixels = _as_the_network_sees(Photo(path=path))
    mean, std = (torch.tensor(net.pretrained_cfg[key]).reshape(1, 3, 1, 1) for key in ("mean", "std"))
    with torch.inference_mode():
        own = net((pixels.permute(0, 3, 1, 2) / 255 - mean) / std)[0, [0, 500, 1, 501]].softmax(0).tolist()
    sums = np.array([own[0] + own[1], own[2] + own[3]])
    raised = sums ** (1 / json.loads((run / "model.json").read_text())["temperature"])
    assert probs == pytest.approx((*(raised / raised.sum()), 0.0), abs=1e-4)


def _as_the_network_sees(photo: Photo) -> torch.Tensor:
    class Same:
        variant, batch = "same", 1

        def features(self, batches):
            return (batch.reshape(1, -1).astype(np.float32) for batch in batches)

    [seen] = features_of([photo], Same(), TINY.input, StopToken())
    return torch.from_numpy(seen.features.reshape(1, SIZE, SIZE, 3))


@pytest.mark.parametrize(
    ("recipe", "said"),
    [
        (tap_recipe(head=AS_IS), "whole network with pretrained weights"),
        (tap_recipe(weights="pretrained", cut=2, head=AS_IS), "whole network with pretrained weights"),
        (tap_recipe("timm/test_vit", weights="pretrained", head=AS_IS), "no pretrained weights"),
        (tap_recipe("timm/test_convnext", weights="pretrained", head=AS_IS), "does not know the thousand classes"),
        (tap_recipe("timm/test_vit", weights="pretrained"), "no pretrained weights"),
        (tap_recipe(cut=9), "5 stages"),
    ],
)
def test_what_cannot_work_is_told_before_any_photo_is_looked_at(
    tmp_path: Path, manifest: Manifest, library: Path, recipe: Recipe, said: str
) -> None:
    with pytest.raises(UserError, match=said):
        trained_by(recipe, tmp_path, manifest, library)
    assert not (tmp_path / "features").exists()
    assert not (tmp_path / "run" / "model.json").exists()


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(SVM, id="svm"),
        pytest.param(TINY.head, id="quick", marks=SLOW),
        pytest.param(AS_IS, id="as it is", marks=SLOW),
    ],
)
def test_weights_that_went_away_or_were_exchanged_are_told(
    tmp_path: Path, manifest: Manifest, library: Path, head: HeadCfg
) -> None:
    run, _ = trained_by(tap_recipe(weights="pretrained", head=head), tmp_path, manifest, library)
    with pytest.raises(UserError, match="are not on this machine") as told:
        answers(run, tmp_path, tmp_path / "empty")
    assert "Get the weights of timm/test_resnet" in told.value.advice
    keep_drawn(tmp_path / "others", n_classes=1000, seed=99)
    with pytest.raises(UserError, match="other weights"):
        exported(run, tmp_path / "others")
    assert not list(tmp_path.glob("*.fieldmark-model"))


def test_weights_are_found_again_among_others_of_the_same_network(
    tmp_path: Path, stage_run: Path, library: Path
) -> None:
    both = tmp_path / "both"
    shutil.copytree(library, both)
    for seed in (11, 12, 13):
        keep_drawn(both, seed=seed)
    assert answers(stage_run, tmp_path, both) == answers(stage_run, tmp_path, library)


def test_damaged_weights_are_told(tmp_path: Path, manifest: Manifest, library: Path) -> None:
    folder = tmp_path / "library"
    shutil.copytree(library, folder)
    [path] = folder.glob("test_resnet*.safetensors")
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(DamagedInput):
        trained_by(STAGE, tmp_path, manifest, folder)


def test_refitting_on_the_same_tap_keeps_the_strength(
    tmp_path: Path, manifest: Manifest, stage_run: Path, library: Path
) -> None:
    """As adding a class does: the earlier head is the starting point where photos are seen the same way."""
    shutil.copytree(stage_run, tmp_path / "before")
    n_lines = {}
    for name, recipe in (("same", STAGE), ("other", tap_recipe(cut=3, weights="pretrained"))):
        spec = train_spec(tmp_path, manifest, tmp_path / "machine", run=name, start_from="before")
        train.run(msgspec.structs.replace(spec, recipe=recipe, library=to_bytes(library)), Heard(), StopToken())
        n_lines[name] = len((tmp_path / name / "metrics.jsonl").read_text().splitlines())
    strengths = [read_trained(tmp_path / name, library).info.strength for name in ("before", "same")]
    assert strengths[0] == strengths[1]
    assert n_lines == {"same": 2, "other": 3}, "a line for each strength that was tried, and one for the test"


def test_saved_file_holds_the_tensors_of_the_stages_that_are_used(
    tmp_path: Path, stage_run: Path, library: Path
) -> None:
    with zipfile.ZipFile(exported(stage_run, library, tmp_path)) as archive:
        content = archive.read("backbone.safetensors")
    assert b"layer1.0.conv1.weight" in content
    assert b"layer2" not in content


@pytest.mark.parametrize(
    "change",
    [
        {"tap": {"architecture": "test_vit", "cut": 2, "input_mean": [0, 0, 0], "input_std": [1, 1, 1]}},
        {"tap": {"architecture": "hf-hub:x/y", "cut": 2, "input_mean": [0, 0, 0], "input_std": [1, 1, 1]}},
        {"tap": {"architecture": "test_resnet", "cut": 3, "input_mean": [0, 0, 0], "input_std": [1, 1, 1]}},
        {"tap": {"architecture": "test_resnet", "cut": 2, "input_mean": [0, 0, 0], "input_std": [1, 1, 0]}},
        {"tap": None},
        {"n_features": 0},
        {"backbone": "timm/test_vit"},
    ],
)
def test_file_that_contradicts_itself_is_refused(
    tmp_path: Path, stage_run: Path, library: Path, change: dict[str, object]
) -> None:
    run = Path(shutil.copytree(stage_run, tmp_path / "run"))
    text = msgspec.json.decode((run / "model.json").read_bytes())
    (run / "model.json").write_bytes(msgspec.json.encode({**text, **change}))
    with pytest.raises(DamagedInput):
        read_trained(run, library)


def test_file_with_another_body_inside_is_refused_when_it_is_used(
    tmp_path: Path, stage_run: Path, library: Path
) -> None:
    saved = exported(stage_run, library, tmp_path)
    whole = source_of(tap_recipe(weights="pretrained"), library).load().timm_net
    mixed = tmp_path / "mixed.fieldmark-model"
    _exchange_backbone(saved, save_tensors(whole.state_dict()), mixed)
    with pytest.raises(DamagedInput):
        read_bundle(mixed).source.load()


def _exchange_backbone(saved: Path, backbone: bytes, out: Path) -> None:
    """The file with another backbone, and digests that fit."""
    with zipfile.ZipFile(saved) as archive:
        members = {**{name: archive.read(name) for name in archive.namelist()}, "backbone.safetensors": backbone}
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in members.items() if name != "manifest.json"}
    members["manifest.json"] = json.dumps({"format": 1, "sha256": digests}).encode()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)


def test_numbers_too_large_to_keep_are_told(
    tmp_path: Path, manifest: Manifest, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gather, "LARGEST", 1e-6)
    with pytest.raises(UserError, match="too large to keep"):
        trained_by(tap_recipe(), tmp_path, manifest, library)


def test_getting_ready_measures_the_tap_once(tmp_path: Path, library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gather, "fastest", variants.fastest)
    monkeypatch.setattr(openvino_extractor, "is_installed", lambda: False)
    monkeypatch.setattr(variants, "MEASURE_SECONDS", 0.0)
    spec = MeasureSpec(recipe=STAGE, machine=to_bytes(tmp_path), library=to_bytes(library))
    first, again = Heard(), Heard()
    measure.run(spec, first, StopToken())
    measure.run(spec, again, StopToken())
    assert first
    assert not again
