"""A classic classifier as a run: it learns, its file holds no program, and it answers the same from a bundle."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import msgspec
import numpy as np
import pytest
from skops.io import dumps

from engine.base.errors import DamagedInput
from engine.base.events import Classified, ResultReady, Score
from engine.base.fspath import to_bytes
from engine.base.stop import StopToken
from engine.data.manifest import Manifest
from engine.data.predictions import read_predictions
from engine.jobs import classify, export, train
from engine.jobs.spec import ClassifySpec, ExportSpec
from engine.nets.classic_file import SKOPS_FILE
from engine.predict.trained import read_trained
from engine.recipe.head_cfg import ClassicCfg
from tests.helpers.learning import TINY, Heard, drawing, train_spec


def recipe(method: str) -> object:
    head = msgspec.convert(
        {"kind": "classic", "method": method, "trees": 30, "rounds": 10, "depth": 2, "folds": 3}, ClassicCfg
    )
    return msgspec.structs.replace(TINY, head=head, title=method)


@pytest.fixture(
    scope="module",
    params=[
        "svm",
        "boosting",
        *(pytest.param(name, marks=pytest.mark.slow) for name in ("forest", "neighbours")),
    ],
)
def run(request: pytest.FixtureRequest, trained: Path, machine: Path, manifest: Manifest) -> tuple[Path, Heard]:
    """The finished run of each method, on features that are known already."""
    name = f"run-{request.param}"
    spec = msgspec.structs.replace(train_spec(trained, manifest, machine, run=name), recipe=recipe(request.param))
    heard = Heard()
    train.run(spec, heard, StopToken())
    return trained / name, heard


def test_it_learns_and_leaves_its_answers(run: tuple[Path, Heard], manifest: Manifest) -> None:
    folder, heard = run
    found = read_predictions(folder / "predictions.npz")
    assert sorted(found.photo_ids) == sorted(photo.photo_id for photo in manifest.photos)
    assert np.allclose(found.probs.sum(axis=1), 1, atol=1e-5)
    assert np.mean(found.probs.argmax(axis=1) == found.true_columns) > 0.6
    assert {event.part for event in heard.of(Score)} == {"test", "cv"}
    assert heard.of(ResultReady)


def test_it_answers_the_same_from_a_bundle(run: tuple[Path, Heard], machine: Path, tmp_path: Path) -> None:
    folder, _ = run
    bundle = tmp_path / "m.fieldmark-model"
    export.run(ExportSpec(run_folder=to_bytes(folder), out=to_bytes(bundle)), Heard(), StopToken())
    (tmp_path / "new").mkdir()
    for n in range(3):
        drawing(n, 50 + n).save(tmp_path / "new" / f"{n}.png")
    answers = []
    for model in (folder, bundle):
        heard = Heard()
        spec = ClassifySpec(model=to_bytes(model), inputs=(to_bytes(tmp_path / "new"),), machine=to_bytes(machine))
        classify.run(spec, heard, StopToken())
        answers.append([(row.path, row.probs) for event in heard.of(Classified) for row in event.rows])
    assert answers[0] == answers[1]
    assert len(answers[0]) == 3


def svm_folder(trained: Path, machine: Path, manifest: Manifest, tmp_path: Path) -> Path:
    spec = train_spec(tmp_path, manifest, machine)
    spec = msgspec.structs.replace(spec, recipe=recipe("svm"), features=to_bytes(trained / "features"))
    train.run(spec, Heard(), StopToken())
    return tmp_path / "run"


class Evil:
    """Stands for any type that is not on the list."""


def test_a_file_that_names_another_type_is_refused_and_builds_nothing(
    trained: Path, machine: Path, manifest: Manifest, tmp_path: Path
) -> None:
    folder = svm_folder(trained, machine, manifest, tmp_path)
    (folder / SKOPS_FILE).write_bytes(dumps({"classes_": Evil()}))
    with pytest.raises(DamagedInput) as told:
        read_trained(folder)
    assert "Evil" in told.value.details


@pytest.mark.parametrize("damage", ["cut", "noise", "not a zip", "other classes", "function"])
def test_a_damaged_classifier_is_refused(
    trained: Path, machine: Path, manifest: Manifest, tmp_path: Path, damage: str
) -> None:
    folder = svm_folder(trained, machine, manifest, tmp_path)
    path = folder / SKOPS_FILE
    whole = path.read_bytes()
    if damage == "cut":
        path.write_bytes(whole[: len(whole) // 2])
    elif damage == "noise":
        path.write_bytes(np.random.default_rng(0).bytes(len(whole)))
    elif damage == "not a zip":
        path.write_bytes(b"")
    elif damage == "other classes":
        info = json.loads((folder / "model.json").read_text())
        info["known"] = info["known"][:2]
        (folder / "model.json").write_text(json.dumps(info))
    else:
        path.write_bytes(_calling(whole, "posix", "system"))
    with pytest.raises(DamagedInput):
        read_trained(folder)


def _calling(whole: bytes, module: str, function: str) -> bytes:
    """The archive with its object replaced by a function of the system."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as source, zipfile.ZipFile(out, "w") as target:
        for entry in source.infolist():
            data = source.read(entry)
            if entry.filename == "schema.json":
                schema = json.loads(data)
                schema.update({"__module__": module, "__class__": function, "__loader__": "FunctionNode"})
                schema["content"] = {"module_path": module, "function": function}
                data = json.dumps(schema).encode()
            target.writestr(entry, data)
    return out.getvalue()
