"""Lists of a run's answers: of every kind, by the labels of today, and the same from the shell."""

from __future__ import annotations

import json

import numpy as np
import pytest

from engine.base.errors import UserError
from engine.base.events import Ended
from engine.base.fspath import to_path
from engine.base.ids import PhotoId, RunId
from engine.cli.main import main
from engine.data.manifest import read_manifest
from engine.data.predictions import PARTS, Predictions, write_predictions
from engine.project.answer_lists import KINDS, AnswerKind, AnswerList, answer_ids, answers, cell_of
from engine.recipe.recipe import Recipe, SplitCfg
from tests.engine.project.conftest import Bench

# What the model says of the first photos of the test; of the others it is surer of their class than of anything.
NEARLY, BY_FAR, SURE = (0.45, 0.35, 0.2), (0.6, 0.1, 0.3), (0.9, 0.06, 0.04)
SAID = (NEARLY, BY_FAR, SURE)


@pytest.fixture
def run_id(bench: Bench) -> RunId:
    """Cod is taken for hake, nearly right, by far, and surely; then everything is right."""
    bench.add(Cod=15, Hake=15, Ling=15)
    run_id, spec = bench.project.runs.begin(Recipe(split=SplitCfg(val=0.0, test=0.4)))
    photos = [photo for photo in read_manifest(to_path(spec.manifest)).photos if photo.part == "test"]
    probs = np.full((len(photos), 3), 0.015, np.float32)
    for at, photo in enumerate(photos):
        probs[at, photo.class_no] = 0.97
    for at, (of_hake, of_cod, of_ling) in enumerate(SAID):
        probs[at] = (of_cod, of_hake, of_ling)
    columns = np.array([photo.class_no for photo in photos], np.int32)
    assert (columns[:3] == 0).all(), "the list of photos begins with cod"
    write_predictions(
        to_path(spec.run_folder) / "predictions.npz",
        Predictions(
            class_ids=np.array([entry.class_id for entry in read_manifest(to_path(spec.manifest)).classes], np.int64),
            photo_ids=np.array([photo.photo_id for photo in photos], np.int64),
            parts=np.full(len(photos), PARTS.index("test"), np.uint8),
            true_columns=columns,
            probs=probs,
        ),
    )
    bench.project.runs.finish(run_id, Ended(reason="finished"))
    return run_id


def listed(bench: Bench, run_id: RunId, kind: AnswerKind) -> list[int]:
    return answer_ids(bench.project, AnswerList(run_id=run_id, part="test", kind=kind)).tolist()


def test_every_kind_lists_its_answers_in_its_order(bench: Bench, run_id: RunId) -> None:
    near, far, sure = listed(bench, run_id, "wrong")
    assert listed(bench, run_id, "confident_wrong") == [sure, far, near]
    assert listed(bench, run_id, "close") == [near]
    assert listed(bench, run_id, "far") == [far]
    assert listed(bench, run_id, "uncertain")[:2] == [near, far]
    n = len(listed(bench, run_id, "uncertain"))
    assert len(listed(bench, run_id, "confident_right")) == n - 3
    cod, hake = cell_of(bench.project, run_id, "cod", "HAKE")
    found = answer_ids(bench.project, AnswerList(run_id=run_id, part="test", cell=(cod, hake))).tolist()
    assert found == [sure, far, near]
    with pytest.raises(UserError, match="no class Tusk"):
        cell_of(bench.project, run_id, "Cod", "Tusk")


def test_a_mended_label_leaves_every_list_of_mistakes_and_marks_the_run_as_old(bench: Bench, run_id: RunId) -> None:
    near, far, sure = listed(bench, run_id, "wrong")
    for kind, photo_id in (("close", near), ("far", far), ("confident_wrong", sure)):
        n_before = bench.project.runs.row(run_id).n_label_changes
        bench.project.labels.set([PhotoId(photo_id)], bench.class_id("Hake"))
        assert photo_id not in listed(bench, run_id, kind)
        assert bench.project.runs.row(run_id).n_label_changes == n_before + 1
    bench.project.history.undo()
    assert listed(bench, run_id, "confident_wrong") == [sure]
    bench.project.labels.exclude([PhotoId(sure)])
    assert all(sure not in listed(bench, run_id, kind) for kind in KINDS)


def test_the_shell_lists_the_same(bench: Bench, run_id: RunId, capsys: pytest.CaptureFixture[str]) -> None:
    (near,) = listed(bench, run_id, "close")
    (one,) = answers(bench.project, run_id, [near])
    assert (one.label, one.answer) == ("Cod", "Hake")
    assert (one.p, one.p_label) == pytest.approx((0.45, 0.35))
    folder = str(bench.project.folder)
    bench.project.close()
    assert main(["report", folder, "--list", "close", "--json"]) == 0
    values = json.loads(capsys.readouterr().out)["answers"]
    assert values["n"] == 1
    assert [(row["class"], row["answer"]) for row in values["photos"]] == [("Cod", "Hake")]
    assert main(["report", folder, "--cell", "cod", "hake", "--most", "2"]) == 0
    said = capsys.readouterr().out
    assert "cod taken for hake: 3 photos" in said
    assert "and 1 more" in said
