"""The layer table of a recipe comes out of the job as a file, and a network that cannot be is refused."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest

from engine.base.errors import UserError
from engine.base.events import AnyEvent, ResultReady
from engine.base.stop import StopToken
from engine.jobs import layers
from engine.jobs.spec import LayersSpec
from engine.recipe.layer_rows import LayerTable
from engine.recipe.presets import preset
from engine.recipe.recipe import InputCfg


def test_the_table_is_that_of_the_recipe_for_so_many_classes(tmp_path: Path) -> None:
    out, told = tmp_path / "layers.json", list[AnyEvent]()
    spec = LayersSpec(recipe=preset("study3_basic"), n_classes=100, out=os.fsencode(out))
    layers.run(spec, told.append, StopToken())
    table = msgspec.json.decode(out.read_bytes(), type=LayerTable)
    assert table.n_parameters == 183_844
    assert table.n_parameters + table.n_buffers == 184_004
    assert sum(row.n_parameters for row in table.rows) == table.n_parameters
    assert table.training_bytes > table.n_bytes
    assert told == [ResultReady(kind="layers", path=os.fsencode(out))]


def test_photos_too_small_for_the_network_are_refused(tmp_path: Path) -> None:
    small = msgspec.structs.replace(preset("study3_basic"), input=InputCfg(size=8))
    spec = LayersSpec(recipe=small, n_classes=3, out=os.fsencode(tmp_path / "layers.json"))
    with pytest.raises(UserError):
        layers.run(spec, lambda _: None, StopToken())
    assert not (tmp_path / "layers.json").exists()
