"""What was measured on this machine is read back, and files that are none are passed over or named."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from engine.base.errors import DamagedInput, StorageError
from engine.data.backbone_measure import BackboneMeasure, read_measures, write_measures
from engine.data.known_variants import KnownVariant, known_variants

ROW = BackboneMeasure(
    name="efficientnet_lite0", size_mb=18.7, n_parameters=4_652_008, depth=50, cpu_ms=8.1, gpu_ms=None, top1=0.755,
    source="timm",
)  # fmt: skip
CHOICE = '{"variant":"openvino","measured":[{"variant":"eager","images_per_second":30.0},'
CHOICE += '{"variant":"openvino","images_per_second":120.0,"error":0.1}],"files":"ab"}'


def test_measures_come_back_as_they_were(tmp_path: Path) -> None:
    write_measures(tmp_path / "backbones.json", [ROW, ROW])
    assert read_measures(tmp_path / "backbones.json") == (ROW, ROW)


def test_before_anything_was_measured_there_are_none(tmp_path: Path) -> None:
    assert read_measures(tmp_path / "backbones.json") == ()


def test_a_damaged_table_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "backbones.json").write_text('[{"name": 3}]')
    with pytest.raises(DamagedInput) as caught:
        read_measures(tmp_path / "backbones.json")
    assert caught.value.advice == "Measure again."
    with pytest.raises(StorageError):
        read_measures(tmp_path)


def test_the_fastest_way_is_known_by_network_and_side(tmp_path: Path) -> None:
    (tmp_path / "efficientnet_lite0-288-0123456789abcdef.json").write_text(CHOICE)
    assert known_variants(tmp_path) == (
        KnownVariant(
            backbone="efficientnet_lite0", size=288, variant="openvino", images_per_s=120.0, plain_images_per_s=30.0
        ),
    )


def test_the_newest_measurement_counts(tmp_path: Path) -> None:
    for at, digest in enumerate(("ffff", "0000")):
        path = tmp_path / f"efficientnet_lite0-288-{digest}.json"
        path.write_text(CHOICE.replace("120.0", str(100.0 + at)))
        os.utime(path, ns=(at, at))
    (known,) = known_variants(tmp_path)
    assert known.images_per_s == 101.0


def test_files_of_others_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "train-0123.json").write_text("true")
    (tmp_path / "a-b-c.json").write_text(CHOICE)
    (tmp_path / "lite0-288-ab.json").write_text('{"variant"')
    (tmp_path / "backbones.json").write_text("[]")
    assert known_variants(tmp_path) == ()
    assert known_variants(tmp_path / "nowhere") == ()
