"""The table of networks is measured here, with what is published beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.base.errors import Stopped
from engine.base.events import Phase, ResultReady
from engine.base.fspath import to_bytes
from engine.base.stop import StopToken
from engine.data.backbone_measure import read_measures
from engine.jobs import measure_backbones
from engine.jobs.spec import MeasureBackbonesSpec
from engine.recipe.catalogue import BACKBONES, SHORTLIST
from tests.helpers.learning import Heard


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two networks stand for all."""
    monkeypatch.setattr(measure_backbones, "BACKBONES", {"efficientnet_lite0": BACKBONES["efficientnet_lite0"]})
    monkeypatch.setattr(measure_backbones, "SHORTLIST", {"timm/mobilenetv2_100": SHORTLIST["timm/mobilenetv2_100"]})


@pytest.mark.usefixtures("few")
def test_each_network_has_its_row(tmp_path: Path) -> None:
    heard = Heard()
    out = tmp_path / "backbones.json"
    measure_backbones.run(MeasureBackbonesSpec(out=to_bytes(out), machine=to_bytes(tmp_path)), heard, StopToken())
    lite, mobile = read_measures(out)
    assert (lite.n_parameters, mobile.n_parameters) == (4_652_008, 3_504_872)
    assert lite.size_mb == pytest.approx(18.8, abs=0.3)
    assert (lite.top1, mobile.top1) == (0.751, pytest.approx(0.72976))
    assert lite.depth == 50, "49 convolutions and one dense layer"
    assert 0 < lite.cpu_ms < 10_000
    assert heard.of(ResultReady)
    assert heard.of(Phase)[-1].done == 2


@pytest.mark.usefixtures("few")
def test_a_stop_leaves_the_old_table(tmp_path: Path) -> None:
    stop = StopToken()
    stop.request()
    with pytest.raises(Stopped):
        measure_backbones.run(MeasureBackbonesSpec(out=to_bytes(tmp_path / "b.json"), machine=b""), Heard(), stop)
    assert not (tmp_path / "b.json").exists()
