"""Weights come into the library by jobs: from the hub, or from a file."""

import os
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
import timm
import torch
from safetensors.torch import save

from engine.base.errors import StorageError, UserError
from engine.base.events import AnyEvent, Phase, ResultReady
from engine.base.stop import StopToken
from engine.jobs.spec import AnySpec, FetchWeightsSpec, ImportWeightsSpec, LookUpWeightsSpec, decode, encode
from engine.jobs.table import job_of
from engine.nets.hub_weights import hub_weights
from engine.nets.network import build_network
from engine.recipe.catalogue import SHORTLIST
from engine.recipe.head_cfg import DenseHeadCfg
from engine.recipe.model_cfg import BackboneCfg
from engine.recipe.recipe import InputCfg, Recipe
from engine.recipe.training_cfg import TrainingCfg
from engine.weights.fit_report import FitReport
from engine.weights.library import kept_weights
from engine.weights.offer import read_offer
from tests.engine.hub_stand_in import Hub, standing_hub

RECIPE = Recipe(
    model=BackboneCfg(backbone="timm/test_resnet"),
    head=DenseHeadCfg(),
    training=TrainingCfg(),
    input=InputCfg(size=32),
)


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    with standing_hub(monkeypatch) as state:
        yield state


def carried_out(spec: AnySpec) -> list[AnyEvent]:
    told: list[AnyEvent] = []
    again = decode(encode(spec))
    run, _ = job_of(again)
    run(again, told.append, StopToken())
    return told


def random_net() -> torch.nn.Module:
    torch.manual_seed(5)
    net: torch.nn.Module = timm.create_model("test_resnet")
    return net


def test_fetched_weights_are_those_a_pretrained_network_starts_from(hub: Hub, tmp_path: Path) -> None:
    net = random_net()
    source = hub_weights("timm/test_resnet")
    hub.files[f"/{source.repo}/resolve/main/model.safetensors"] = save(net.state_dict())
    told = carried_out(FetchWeightsSpec(backbone="timm/test_resnet", library=os.fsencode(tmp_path), hub=hub.url))
    (kept,) = kept_weights(tmp_path)
    assert told[-1] == ResultReady(kind="weights", path=bytes(kept.path))
    assert any(isinstance(event, Phase) for event in told)
    network = build_network(RECIPE, 3, library=tmp_path, seed=0)
    first = dict(network.body.named_parameters())["net.conv1.0.weight"]
    assert torch.equal(first, net.get_parameter("conv1.0.weight"))


def test_front_page_decides_which_weights_of_a_network_are_meant() -> None:
    for facts in SHORTLIST.values():
        assert hub_weights(facts.name) == hub_weights(f"timm/{facts.architecture}") == facts
    assert hub_weights("timm/densenet121.tv_in1k").repo == "timm/densenet121.tv_in1k"
    assert hub_weights("timm/resnet18").licence


def test_looking_a_network_up_tells_its_licence_and_asks_no_hub(hub: Hub, tmp_path: Path) -> None:
    out = tmp_path / "offer.json"
    told = carried_out(LookUpWeightsSpec(backbone="timm/resnet18", out=bytes(out)))
    offer, source = read_offer(out), hub_weights("timm/resnet18")
    assert told[-1] == ResultReady(kind="hub_offer", path=bytes(out))
    assert (offer.name, offer.repo, offer.licence) == ("timm/resnet18", source.repo, source.licence)
    assert offer.address(hub.url) == f"{hub.url}/{source.repo}/resolve/main/{source.file}"
    assert hub.asked == []


def test_what_was_looked_up_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="could not be read"):
        read_offer(tmp_path / "nothing.json")


@pytest.mark.parametrize("name", ["timm/resnet5000", "timm/test_mambaout_nothing", "resnet18"])
def test_unknown_network_is_told_before_the_hub_is_asked(hub: Hub, tmp_path: Path, name: str) -> None:
    with pytest.raises(UserError, match="no network called"):
        carried_out(FetchWeightsSpec(backbone=name, library=os.fsencode(tmp_path), hub=hub.url))
    assert hub.asked == []


def imported(folder: Path, *, keep: bool, tensors: dict[str, torch.Tensor]) -> tuple[FitReport, list[AnyEvent]]:
    path, out = folder / "weights.safetensors", folder / "report.json"
    path.write_bytes(save(tensors))
    (folder / "library").mkdir()
    spec = ImportWeightsSpec(
        path=bytes(path),
        backbone="timm/test_resnet",
        library=bytes(folder / "library"),
        out=bytes(out),
        licence="CC0",
        keep=keep,
    )
    told = carried_out(spec)
    return msgspec.json.decode(out.read_bytes(), type=FitReport), told


def test_imported_file_is_kept_with_its_report(tmp_path: Path) -> None:
    report, told = imported(tmp_path, keep=True, tensors=dict(random_net().state_dict()))
    (kept,) = kept_weights(tmp_path / "library")
    assert (report.usable, kept.info.licence) == (True, "CC0")
    assert told[-1] == ResultReady(kind="fit_report", path=bytes(tmp_path / "report.json"))


def test_asking_how_a_file_fits_keeps_nothing(tmp_path: Path) -> None:
    report, _ = imported(tmp_path, keep=False, tensors={"other": torch.zeros(2)})
    assert (report.usable, report.n_fitted, report.left_over) == (False, 0, ("other",))
    assert kept_weights(tmp_path / "library") == ()


def test_file_that_does_not_fit_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.nets.weights_import.SHORTLIST", {})
    with pytest.raises(UserError, match="does not fit"):
        imported(tmp_path, keep=True, tensors={"other": torch.zeros(2)})
    assert kept_weights(tmp_path / "library") == ()
