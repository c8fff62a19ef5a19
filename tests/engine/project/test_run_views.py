"""How often a model looks at each photo is kept with its run, told on its card, and can be taken back."""

from __future__ import annotations

import json

import pytest

from engine.base.changes import Changes
from engine.base.errors import StorageError, UserError
from engine.base.events import Ended
from engine.project.joined_runs import InViews
from engine.project.project import Project
from engine.recipe.recipe import Recipe
from engine.recipe.views_cfg import ONCE, ViewsCfg
from tests.engine.project.conftest import Bench
from tests.engine.project.test_runs import train


def test_views_that_are_adopted_stand_on_the_card_and_can_be_taken_back(bench: Bench) -> None:
    bench.add(Cod=6, Hake=6)
    run_id = train(bench)
    runs = bench.project.runs
    model = runs.folder(run_id) / "model.json"
    model.write_text('{"title": "Quick", "recipe": {"seed": 3}}')
    assert runs.views(run_id) == ONCE
    assert runs.view_gain(run_id) is None
    assert runs.adopt_views(run_id, ViewsCfg(turns=True)) == Changes(runs=True)
    assert runs.views(run_id).n_views == 4
    kept = json.loads(model.read_text())
    assert (kept["title"], kept["recipe"]) == ("Quick", {"seed": 3}), "nothing else has changed"
    card = runs.export_spec(run_id, bench.root / "out").card
    assert "looks at each photo 4 times (turns)" in card
    runs.adopt_views(run_id, ONCE)
    assert runs.views(run_id) == ONCE
    assert "looks at each photo" not in runs.export_spec(run_id, bench.root / "out").card


def test_a_run_without_a_model_has_no_views_to_adopt(bench: Bench) -> None:
    bench.add(Cod=6, Hake=6)
    runs = bench.project.runs
    run_id, _ = runs.begin(Recipe())
    with pytest.raises(UserError, match="no model"):
        runs.adopt_views(run_id, ViewsCfg(flip_h=True))
    finished = train(bench)
    with pytest.raises(StorageError):
        runs.adopt_views(finished, ViewsCfg(flip_h=True))


def test_nothing_of_a_run_is_changed_where_its_project_is_only_looked_at(bench: Bench) -> None:
    bench.add(Cod=6, Hake=6)
    run_id, cut_short = train(bench), bench.project.runs.begin(Recipe())[0]
    bench.project.runs.finish(cut_short, Ended(reason="cancelled"))
    (bench.project.runs.folder(cut_short) / "last.json").write_text("{}")
    (bench.project.runs.folder(run_id) / "model.json").write_text("{}")
    turned = bench.project.runs.folder(run_id) / "predictions-turns.npz"
    turned.write_bytes(b"answers")
    reader = Project.open(bench.project.folder, read_only=True)
    assert reader.runs.can_resume(cut_short)
    for change in (
        lambda: reader.runs.resume(cut_short),
        lambda: reader.runs.adopt_views(run_id, ViewsCfg(turns=True)),
        lambda: reader.comparisons.forget_in_views(InViews(run_id=run_id, views=ViewsCfg(turns=True))),
    ):
        with pytest.raises(StorageError, match="reading only"):
            change()
    reader.close()
    assert turned.is_file()
    assert bench.project.runs.views(run_id) == ONCE
