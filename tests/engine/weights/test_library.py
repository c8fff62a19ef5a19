"""What is in the library, and what is offered beside it."""

from pathlib import Path

import pytest
import timm
import torch

from engine.base.errors import UserError
from engine.recipe.catalogue import BACKBONES, SHORTLIST
from engine.weights.digest import sha256_of
from engine.weights.library import (
    KeptWeights,
    WeightsInfo,
    find_weights,
    keep_info,
    kept_weights,
    remove_weights,
)
from engine.weights.listing import weights_rows
from tests.engine.hub_stand_in import some_weights


def kept(library: Path, architecture: str, *, origin: str = "fetched", seed: int = 0) -> KeptWeights:
    path = library / f"{architecture}-{origin}.safetensors"
    path.write_bytes(some_weights(seed))
    info = WeightsInfo(
        architecture=architecture,
        title=architecture,
        n_classes=1000,
        origin="imported" if origin == "imported" else "fetched",
        source="somewhere",
        licence="MIT",
        sha256=sha256_of(path),
        n_bytes=path.stat().st_size,
    )
    return keep_info(path, info)


def test_empty_library_offers_the_built_in_networks_and_the_front_page(tmp_path: Path) -> None:
    rows = weights_rows(tmp_path)
    assert [row.name for row in rows] == [*BACKBONES, *SHORTLIST]
    assert {row.state for row in rows[: len(BACKBONES)]} <= {"built_in", "not_installed"}
    assert rows[0].state == "built_in"
    assert {row.state for row in rows[len(BACKBONES) :]} == {"on_hub"}
    assert all(row.licence and row.source for row in rows)


def test_fetched_weights_change_the_state_of_their_row(tmp_path: Path) -> None:
    one = kept(tmp_path, SHORTLIST["timm/resnet50"].architecture)
    row = next(row for row in weights_rows(tmp_path) if row.name == "timm/resnet50")
    assert (row.state, row.sha256, row.n_bytes) == ("fetched", one.info.sha256, one.info.n_bytes)
    assert row.top1 == 81.214


def test_imported_weights_of_a_network_of_the_front_page_are_its_row_without_the_published_score(
    tmp_path: Path,
) -> None:
    kept(tmp_path, "resnet50", origin="imported")
    rows = [row for row in weights_rows(tmp_path) if row.name.startswith("timm/resnet50")]
    assert [(row.name, row.state, row.top1) for row in rows] == [("timm/resnet50", "imported", None)]
    kept(tmp_path, "resnet50.a1_in1k", origin="fetched")
    first = next(row for row in weights_rows(tmp_path) if row.name == "timm/resnet50")
    assert (first.state, first.top1) == ("fetched", SHORTLIST["timm/resnet50"].top1)


def test_weights_of_other_networks_are_listed_last(tmp_path: Path) -> None:
    kept(tmp_path, "resnet18.a1_in1k", origin="imported")
    last = weights_rows(tmp_path)[-1]
    assert (last.name, last.state, last.top1) == ("timm/resnet18.a1_in1k", "imported", None)


def test_weights_of_the_wanted_tag_are_found_and_others_are_not(tmp_path: Path) -> None:
    one = kept(tmp_path, "resnet18.a1_in1k")
    assert find_weights(tmp_path, "resnet18") == find_weights(tmp_path, "resnet18.a1_in1k") == one
    for name in ("resnet18.tv_in1k", "resnet1", "resnet18d"):
        with pytest.raises(UserError, match=f"no pretrained weights for {name}"):
            find_weights(tmp_path, name)


def test_fetched_weights_come_before_imported_ones(tmp_path: Path) -> None:
    kept(tmp_path, "resnet18", origin="imported")
    assert find_weights(tmp_path, "resnet18").info.origin == "imported"
    kept(tmp_path, "resnet18.tv_in1k", origin="fetched")
    assert find_weights(tmp_path, "resnet18").info.origin == "fetched"


def test_without_a_library_there_are_no_weights() -> None:
    with pytest.raises(UserError, match="no pretrained weights"):
        find_weights(None, "resnet18")


@pytest.mark.parametrize("text", ["", "{}", "[" * 5000, '{"format": 99}'])
def test_file_without_a_readable_description_is_left_out(tmp_path: Path, text: str) -> None:
    one = kept(tmp_path, "resnet18")
    one.path.with_suffix(".json").write_text(text, "utf-8")
    assert kept_weights(tmp_path) == ()


def test_removed_weights_are_gone_with_their_description(tmp_path: Path) -> None:
    remove_weights(kept(tmp_path, "resnet18"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", SHORTLIST)
def test_facts_of_the_front_page_are_those_of_timm(name: str) -> None:
    facts = SHORTLIST[name]
    cfg = timm.get_pretrained_cfg(facts.architecture)
    with torch.device("meta"):
        net = timm.create_model(facts.architecture)
    buffers = [buffer for buffer in net.buffers() if buffer.dtype.is_floating_point]
    assert cfg is not None
    assert (cfg.hf_hub_id, cfg.license, cfg.num_classes) == (facts.repo, facts.licence.lower(), facts.n_classes)
    assert cfg.input_size == (3, facts.native_size, facts.native_size)
    assert sum(parameter.numel() for parameter in net.parameters()) == facts.n_parameters
    assert sum(buffer.numel() for buffer in buffers) == facts.n_buffers
