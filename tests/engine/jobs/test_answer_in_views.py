"""A run asked about its test photos in several views says what it would say of them if it always looked so."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec
import numpy as np
import pytest

from engine.base.errors import UserError
from engine.base.events import Classified
from engine.base.fspath import to_bytes
from engine.base.stop import StopToken
from engine.data.manifest import Manifest, write_manifest
from engine.data.predictions import PARTS, read_predictions
from engine.jobs import answer_in_views, classify
from engine.jobs.spec import AnswerInViewsSpec, ClassifySpec
from engine.project.run_views import choose_views
from engine.recipe.views_cfg import ViewsCfg
from tests.helpers.learning import Heard

pytestmark = pytest.mark.usefixtures("one_thread")


def test_it_answers_the_test_photos_as_it_would_classify_them(
    trained: Path, machine: Path, manifest: Manifest, tmp_path: Path
) -> None:
    folder, views = Path(shutil.copytree(trained / "run", tmp_path / "run")), ViewsCfg(turns=True)
    before = (folder / "predictions.npz").read_bytes()
    spec = AnswerInViewsSpec(
        run_folder=to_bytes(folder),
        manifest=to_bytes(folder / "manifest.msgpack"),
        machine=to_bytes(machine),
        views=views,
        out=to_bytes(folder / "predictions-turns.npz"),
    )
    answer_in_views.run(spec, Heard(), StopToken())
    found = read_predictions(folder / "predictions-turns.npz")
    test = [photo for photo in manifest.photos if photo.part == "test"]
    assert found.photo_ids.tolist() == [photo.photo_id for photo in test]
    assert set(found.parts.tolist()) == {PARTS.index("test")}
    assert (folder / "predictions.npz").read_bytes() == before

    choose_views(folder, views)
    heard = Heard()
    inputs = tuple(photo.path for photo in test)
    classify.run(ClassifySpec(model=to_bytes(folder), inputs=inputs, machine=to_bytes(machine)), heard, StopToken())
    said = {row.path: row.probs for event in heard.of(Classified) for row in event.rows}
    assert np.allclose(found.probs, [said[photo.path] for photo in test], atol=1e-4)

    gone = msgspec.structs.replace(manifest, photos=tuple(photo for photo in manifest.photos if photo not in test))
    write_manifest(folder / "manifest.msgpack", gone)
    with pytest.raises(UserError, match="None of the run's test photos"):
        answer_in_views.run(spec, Heard(), StopToken())
