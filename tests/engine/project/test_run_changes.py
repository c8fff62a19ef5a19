"""What changed between two runs: every photo that came, went, or got another label or part, and every choice."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.base.errors import StorageError
from engine.cli.main import main
from engine.project.run_changes import run_changes
from engine.project.run_log import run_log
from engine.recipe.recipe import Recipe, SplitCfg
from tests.engine.project.conftest import Bench
from tests.engine.project.test_runs import train


def test_a_run_that_repeats_another_differs_in_nothing(bench: Bench) -> None:
    bench.add(Cod=10, Hake=10)
    found = run_changes(bench.project, train(bench), train(bench))
    assert found.is_nothing
    assert (found.recipe, found.versions, found.photos.added, found.photos.moved) == ((), (), (), ())


def test_what_was_done_to_photos_and_labels_between_two_runs_is_told_apart(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    bench.add(Cod=12, Hake=12)
    before = train(bench)
    wrong, out, doubtful, bare = bench.ids()[:4]
    labels = bench.project.labels
    labels.set([wrong], bench.class_id("Hake"))
    labels.exclude([out])
    labels.mark_unsure([doubtful])
    labels.clear([bare])
    bench.take([bench.found(f"Hake/new {n}.jpg", folder_class="Hake") for n in range(3)])
    bench.project.classes.rename(bench.class_id("Hake"), "Silver hake")
    after = train(bench, recipe=Recipe(seed=5))
    found = run_changes(bench.project, before, after)
    photos = found.photos
    assert [(change.photo_id, change.before, change.after) for change in photos.relabelled] == [
        (wrong, "Cod", "Silver hake")
    ]
    assert (photos.excluded, photos.unsure, photos.removed) == ((out,), (doubtful,), (bare,))
    assert len(photos.added) == 3
    assert photos.moved == (), "a split is only extended"
    assert [(row.name, row.before, row.after) for row in photos.per_class] == [("Cod", 12, 8), ("Silver hake", 12, 16)]
    assert [(row.place, row.before, row.after) for row in found.recipe] == [("seed", "0", "5")]
    assert [(one.before, one.after) for one in photos.renamed] == [("Hake", "Silver hake")]
    assert found.same_plan
    assert not found.same_data
    back = run_changes(bench.project, after, before)
    assert (len(back.photos.added), len(back.photos.removed)) == (3, 3)

    folder = bench.project.folder
    bench.project.close()
    assert main(["changes", str(folder), str(before), str(after)]) == 0
    said = capsys.readouterr().out
    assert "3 added, 1 excluded, 1 set aside as unsure, 1 removed, 1 relabelled" in said
    assert ": Cod, now Silver hake" in said
    assert main(["changes", str(folder), str(before), str(after), "--json"]) == 0
    values = json.loads(capsys.readouterr().out)
    assert [Path(path).name for path in values["photos"]["added"]] == ["new 0.jpg", "new 1.jpg", "new 2.jpg"]
    assert values["before"]["data_sha256"] != values["after"]["data_sha256"]


def test_photos_that_another_plan_puts_elsewhere_are_named(bench: Bench) -> None:
    bench.add(Cod=10, Hake=10)
    before, after = train(bench), train(bench, recipe=Recipe(split=SplitCfg(test=0.4)))
    found = run_changes(bench.project, before, after)
    assert found.same_data
    assert not found.same_plan
    assert [row.place for row in found.recipe] == ["split.test"]
    assert "test" in {change.after for change in found.photos.moved}


def test_a_list_of_photos_that_is_gone_is_said(bench: Bench) -> None:
    bench.add(Cod=10, Hake=10)
    run_id = train(bench)
    (bench.project.runs.folder(run_id) / "manifest.msgpack").unlink()
    with pytest.raises(StorageError, match="list of photos"):
        run_log(bench.project, run_id)
