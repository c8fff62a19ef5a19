"""Pretrained weights from the command line: the list, fetching, and files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import timm
from safetensors.torch import save

from engine.nets.hub_weights import hub_weights
from tests.engine.cli.conftest import Say
from tests.engine.hub_stand_in import Hub, standing_hub


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    with standing_hub(monkeypatch) as state:
        yield state


def some_resnet() -> bytes:
    data: bytes = save(timm.create_model("test_resnet").state_dict())
    return data


def test_list_names_what_is_built_in_and_what_can_be_fetched(say: Say) -> None:
    said = say("weights")
    assert said.status == 0
    assert "efficientnet_lite0" in said.out
    assert "built in" in said.out
    row = next(line for line in said.out.splitlines() if line.startswith("timm/vgg16 "))
    assert "can be fetched" in row
    assert "553 MB" in row
    assert "71.6 % at 224" in row
    assert "BSD-3-Clause" in row


@pytest.mark.slow
def test_fetched_network_is_in_the_list(say: Say, hub: Hub) -> None:
    hub.files[f"/{hub_weights('timm/test_resnet').repo}/resolve/main/model.safetensors"] = some_resnet()
    said = say("weights", "--json", "--fetch", "timm/test_resnet", "--hub", hub.url)
    assert said.status == 0, said.err
    assert [row["state"] for row in said.values["weights"] if row["name"].startswith("timm/test_resnet")] == ["fetched"]


def test_what_the_hub_lacks_is_told_and_fails(say: Say, hub: Hub) -> None:
    said = say("weights", "--fetch", "timm/mobilenetv2_100", "--hub", hub.url)
    assert said.status == 1
    assert "The hub has no model.safetensors" in said.err


@pytest.mark.slow
def test_file_is_checked_then_taken_in(say: Say, tmp_path: Path) -> None:
    path = tmp_path / "mine.safetensors"
    path.write_bytes(some_resnet())
    checked = say("weights", "--json", "--file", path, "--as", "timm/test_resnet", "--check").values
    assert (checked["usable"], checked["kept"]) == (True, False)
    assert not [row for row in say("weights", "--json").values["weights"] if row["state"] == "imported"]
    said = say("weights", "--file", path, "--as", "timm/test_resnet", "--licence", "MIT")
    assert "fitted" in said.out
    (row,) = [row for row in say("weights", "--json").values["weights"] if row["state"] == "imported"]
    assert (row["name"], row["licence"]) == ("timm/test_resnet", "MIT")


def test_file_without_a_network_is_wrong_and_said_so(say: Say, tmp_path: Path) -> None:
    said = say("weights", "--file", tmp_path / "x.pth")
    assert said.status == 1
    assert "--as" in said.err
