"""Runs joined and runs that look several times: rows like every other, from the command line and in a study."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.base.events import Emit, Ended
from engine.base.fspath import to_path
from engine.base.stop import StopToken
from engine.cli import jobs
from engine.data.manifest import ManifestPhoto, read_manifest
from engine.data.predictions import PARTS, Predictions, write_predictions
from engine.host.local import LocalRunner
from engine.insight.view_gain import view_gain, write_gain
from engine.jobs.spec import AnswerInViewsSpec, AnySpec, ScoreViewsSpec, TrainSpec
from tests.engine.cli.conftest import Say

PLAN = """
name = "Joined"
{top}
[[rows]]
recipe = "quick"
name = "fives"
set = ["head.folds=3"]
[[rows]]
recipe = "quick"
name = "thirds"
set = ["head.folds=4"]
[[rows]]
recipe = "fine_tune"
name = "network"
[[ensembles]]
name = "both"
method = "weighted"
rows = ["fives", "thirds"]
[[ensembles]]
name = "all"
method = "stacked"
rows = ["fives", "thirds", "network"]
"""


class EachHasItsOwnMistakes:
    """The first run errs on each fifth photo, the second on each third, the third on each fourth.

    Networks are not cross-validated. Who looks several times does not err.
    """

    def __init__(self) -> None:
        self.n_runs = 0

    def run(self, spec: AnySpec, emit: Emit, stop: StopToken) -> Ended:
        if isinstance(spec, AnswerInViewsSpec):
            photos = [photo for photo in read_manifest(to_path(spec.manifest)).photos if photo.part == "test"]
            leave(to_path(spec.out), spec.manifest, photos, every=0)
            return Ended(reason="finished")
        if isinstance(spec, ScoreViewsSpec):
            columns, probs = np.array([0, 1], np.int32), np.eye(2, dtype=np.float32)
            gain = view_gain(columns, probs, probs, views=spec.views, cost=2.0, how="out_of_fold")
            write_gain(to_path(spec.out), gain)
            return Ended(reason="finished")
        if not isinstance(spec, TrainSpec):
            return LocalRunner().run(spec, emit, stop)
        self.n_runs += 1
        crossed = spec.recipe.training is None
        photos = [photo for photo in read_manifest(to_path(spec.manifest)).photos if crossed or photo.part == "test"]
        folder = to_path(spec.run_folder)
        leave(folder / "predictions.npz", spec.manifest, photos, every=(5, 3, 4)[self.n_runs - 1])
        (folder / "model.json").write_text('{"temperature": 2.0}')
        return Ended(reason="finished")


def leave(path: Path, manifest: bytes, photos: list[ManifestPhoto], *, every: int) -> None:
    """Answers of which each so-manieth is wrong; 0: none."""
    classes = read_manifest(to_path(manifest)).classes
    # The test photos first, so that each run errs among them too.
    photos = sorted(photos, key=lambda photo: photo.part != "test")
    wrong = [int(bool(every) and at % every == every - 1) for at in range(len(photos))]
    answers = [(photo.class_no + by) % len(classes) for photo, by in zip(photos, wrong, strict=True)]
    write_predictions(
        path,
        Predictions(
            class_ids=np.array([entry.class_id for entry in classes], np.int64),
            photo_ids=np.array([photo.photo_id for photo in photos], np.int64),
            parts=np.array([PARTS.index("test" if photo.part == "test" else "cv") for photo in photos], np.uint8),
            true_columns=np.array([photo.class_no for photo in photos], np.int32),
            probs=(0.1 + 0.7 * np.eye(len(classes), dtype=np.float32)[answers]) / (0.7 + 0.1 * len(classes)),
        ),
    )


@pytest.fixture
def project(say: Say, class_folders: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    runner = EachHasItsOwnMistakes()
    monkeypatch.setattr(jobs, "ChildRunner", lambda: runner)
    folder = Path(say("new", tmp_path / "Reef", "--json").values["project"])
    assert say("import", folder, class_folders).status == 0
    return folder


def plan(folder: Path, *, top: str = "") -> Path:
    path = folder / "plan.toml"
    path.write_text(PLAN.format(top=top))
    return path


def test_joined_runs_and_several_views_are_rows_like_every_other(say: Say, project: Path) -> None:
    for words in ((), ("--set", "head.folds=3"), ("--recipe", "fine_tune")):
        assert say("train", project, *words).status == 0
    joined = ("--average", "1,2,3", "--weighted", "1,2", "--stacked", "1,2")
    refused = say("compare", project, "--with", "1", "--views", "2:flip_h,turns")
    assert refused.status == 1
    assert "views PROJECT --run 2 --views flip_h,turns --as-row" in refused.err
    asked = say("views", project, "--run", "2", "--views", "turns,flip_h", "--as-row")
    assert "Choose views by the photos outside the test" in asked.out

    found = say("compare", project, "--with", "2", *joined, "--views", "2:flip_h,turns", "--json").values
    rows = {row["run_id"]: row for row in found["runs"]}
    assert sorted(rows) == [-4, -3, -2, -1, 1, 2, 3]
    assert (rows[-1]["members"], rows[-2]["method"], rows[1]["members"]) == ([1, 2, 3], "weighted", [])
    assert rows[-1]["accuracy"] > max(rows[number]["accuracy"] for number in (1, 2, 3)), "they err on other photos"
    assert (rows[-4]["name"].endswith(", flip_h, turns"), rows[-4]["method"], rows[-4]["accuracy"]) == (
        True,
        "views",
        1,
    )
    assert all(rows[number]["against"]["p_holm"] >= rows[number]["against"]["p_value"] for number in (-1, -2, -3, -4))
    said = say("compare", project, "--with", "2", *joined, "--part", "cv", "--run", "1")
    assert "Run 3 has no cross-validated answers" in said.err
    said = say("compare", project, "--with", "2", *joined[2:], "--part", "cv", "--run", "1")
    assert "stacked: 1, 2: runs 1 and 2, joined by a stack that was fitted" in said.out
    assert "two different runs" in say("compare", project, "--average", "1,1").err
    assert "temperature of 2.00" in say("report", project, "--run", "1").out


def test_a_study_joins_its_rows_and_says_which_it_could_not(say: Say, project: Path, tmp_path: Path) -> None:
    told = say("study", "run", project, plan(tmp_path), "--json").values["comparison"]["runs"]
    both = next(row for row in told if row["method"] == "weighted")
    assert (both["name"], len(both["members"])) == ("both", 2)
    page = tmp_path / "page.html"
    said = say("study", "report", project, plan(tmp_path), "--html", page)
    assert "are missing: all" in said.out
    assert "not joined" in page.read_text()
    assert "both: runs" in page.read_text()
    assert "both: joined of other rows, without any test photo" in page.read_text()


def test_a_plan_that_joins_what_is_no_row_is_refused(say: Say, project: Path, tmp_path: Path) -> None:
    path = plan(tmp_path)
    path.write_text(path.read_text().replace('"thirds", "network"]', '"sixths"]'))
    assert "all joins sixths, which is no row" in say("study", "run", project, path).err
    shown = say("study", "show", plan(tmp_path), "--json").values["plan"]["ensembles"]
    assert [one["name"] for one in shown] == ["both", "all"]
