"""The fastest variant that agrees is chosen, remembered, and never trusted beyond its machine."""

import subprocess
import sys
from pathlib import Path

import msgspec
import numpy as np
import pytest

from engine.nets.backbones import Backbone
from engine.nets.source import BackboneSource, source_of
from engine.predict import variants
from engine.predict.extractor import Extractor
from engine.predict.openvino_extractor import OpenVinoExtractor, convert, digest
from engine.predict.torch_extractor import TorchExtractor
from engine.predict.torch_variants import build_torch, torch_candidates
from engine.predict.variants import (
    EXACT_TOLERANCE,
    Candidate,
    Choice,
    drawn_photos,
    fastest,
    is_known,
    measure,
    read_choice,
)
from tests.helpers.extractors import Clock, MeanColour
from tests.helpers.taps import tap_recipe

SIZE = 64


def candidate(variant: str, clock: Clock, seconds_each: float, off: float = 0.0) -> Candidate:
    return Candidate(
        variant=variant,
        build=lambda: MeanColour(variant, clock=clock, seconds_each=seconds_each, off=off),
        tolerance=EXACT_TOLERANCE,
    )


def test_the_fastest_is_chosen() -> None:
    clock = Clock()
    reference = MeanColour("eager", clock=clock, seconds_each=0.1)
    rows = [candidate("slow", clock, 0.2), candidate("fast", clock, 0.01), candidate("middle", clock, 0.02)]
    best, measured = measure(reference, rows, SIZE, now=clock)
    assert best.variant == "fast"
    found = {row.variant: row for row in measured}
    assert found["fast"].images_per_second == pytest.approx(100.0)
    assert found["eager"].images_per_second == pytest.approx(10.0)


@pytest.mark.parametrize("off", [0.01, float("nan")])
def test_a_faster_variant_that_gives_other_features_is_refused(off: float) -> None:
    clock = Clock()
    reference = MeanColour("eager", clock=clock, seconds_each=0.1)
    best, measured = measure(reference, [candidate("wrong", clock, 0.001, off=off)], SIZE, now=clock)
    assert best is reference
    assert measured[1].refused == "other features"


def test_a_hopeless_variant_is_given_up_after_a_few_photos() -> None:
    clock = Clock()
    reference = MeanColour("eager", clock=clock, seconds_each=0.1)
    best, measured = measure(reference, [candidate("hopeless", clock, 10.0)], SIZE, now=clock)
    assert best is reference
    assert measured[1].refused == "hopelessly slow"
    assert clock.seconds < 10.0 * 4 + 1


def test_a_variant_that_cannot_be_built_is_left_out() -> None:
    def build() -> Extractor:
        raise RuntimeError("no such device")

    clock = Clock()
    reference = MeanColour("eager", clock=clock, seconds_each=0.1)
    broken = Candidate(variant="broken", build=build, tolerance=1.0)
    best, measured = measure(reference, [broken, candidate("fast", clock, 0.01)], SIZE, now=clock)
    assert best.variant == "fast"
    assert "no such device" in measured[1].refused


def test_torch_variants_of_this_machine_agree_with_the_reference(backbone: Backbone) -> None:
    photos = drawn_photos(3, SIZE)
    wanted = next(build_torch(backbone, "eager").features([photos]))
    exact = [row for row in torch_candidates(backbone) if row.tolerance == EXACT_TOLERANCE]
    assert exact
    for row in exact:
        given = next(row.build().features([photos]))
        assert np.linalg.norm(given - wanted) / np.linalg.norm(wanted) < EXACT_TOLERANCE


def test_a_torch_extractor_keeps_the_order_of_batches(backbone: Backbone) -> None:
    photos = drawn_photos(5, SIZE)
    extractor = TorchExtractor(backbone, "channels_last")
    given = np.concatenate(list(extractor.features([photos[:2], photos[2:3], photos[3:]])))
    assert np.allclose(given, next(extractor.features([photos])), atol=1e-4)


def test_openvino_gives_the_features_of_torch_in_order_for_batches_of_any_size(
    backbone: Backbone, tmp_path: Path
) -> None:
    pytest.importorskip("openvino.frontend.pytorch")
    files = convert(backbone, SIZE, tmp_path, "b")
    assert files == digest(tmp_path, "b") != ""
    photos = drawn_photos(12, SIZE)
    extractor = OpenVinoExtractor(tmp_path, "b", "openvino", precision="f32")
    given = np.concatenate(list(extractor.features([photos[:1], photos[1:9], photos[9:]])))
    wanted = next(build_torch(backbone, "eager").features([photos]))
    assert np.linalg.norm(given - wanted) / np.linalg.norm(wanted) < EXACT_TOLERANCE


def test_openvino_gives_the_features_of_torch_at_a_stage_too(tmp_path: Path) -> None:
    pytest.importorskip("openvino.frontend.pytorch")
    tap = source_of(tap_recipe("timm/test_vit", cut=3, size=SIZE), None).load()
    convert(tap, SIZE, tmp_path, "b")
    photos = drawn_photos(3, SIZE)
    given = np.concatenate(
        list(OpenVinoExtractor(tmp_path, "b", "openvino", precision="f32").features([photos[:1], photos[1:]]))
    )
    wanted = next(build_torch(tap, "eager").features([photos]))
    assert given.shape == (3, 64)
    assert np.linalg.norm(given - wanted) / np.linalg.norm(wanted) < EXACT_TOLERANCE


def test_openvino_is_imported_without_its_telemetry_and_leaves_nothing_in_the_home_folder(tmp_path: Path) -> None:
    pytest.importorskip("openvino")
    program = """
import socket, sys
def refuse(*args, **kwargs):
    print("network", args)
    raise OSError("no network")
socket.socket.connect = socket.getaddrinfo = refuse
from engine.predict.openvino_extractor import has_bf16
has_bf16()
import openvino.tools.ovc
print(sorted(name for name, module in sys.modules.items() if name.startswith("openvino_telemetry") and module))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env={"HOME": str(tmp_path)}, check=True
    )
    assert done.stdout == "[]\n"
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def source(backbone: Backbone) -> BackboneSource:
    return BackboneSource(facts=backbone.facts, weights=backbone.weights, load=lambda: backbone)


@pytest.fixture
def unloadable(backbone: Backbone) -> BackboneSource:
    def load() -> Backbone:
        raise AssertionError("there was no need to load it")

    return BackboneSource(facts=backbone.facts, weights=backbone.weights, load=load)


@pytest.fixture(scope="module")
def machine(backbone: Backbone, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the fastest variant at this size is known."""
    folder = tmp_path_factory.mktemp("machine") / "made" / "when-needed"
    source = BackboneSource(facts=backbone.facts, weights=backbone.weights, load=lambda: backbone)
    fastest(source, SIZE, folder)
    return folder


def test_it_is_measured_once(source: BackboneSource, machine: Path) -> None:
    told: list[int] = []
    extractor = fastest(source, SIZE, machine, on_measuring=lambda: told.append(1))
    assert is_known(source, SIZE, machine)
    assert told == []
    (kept,) = machine.glob("*.json")
    choice = read_choice(kept)
    assert choice is not None
    assert choice.variant == extractor.variant
    assert {row.variant for row in choice.measured} >= {"eager", "channels_last"}


def test_with_openvino_torch_need_not_be_loaded_again(unloadable: BackboneSource, machine: Path) -> None:
    (kept,) = machine.glob("*.json")
    choice = read_choice(kept)
    if choice is None or choice.variant not in variants.OPENVINO_VARIANTS:
        pytest.skip("OpenVINO is not the fastest here")
    assert next(fastest(unloadable, SIZE, machine).features([drawn_photos(2, SIZE)])).shape == (2, 1280)


def test_another_size_other_weights_and_another_machine_are_not_known(
    source: BackboneSource, machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = BackboneSource(facts=source.facts, weights="other", load=source.load)
    assert not is_known(source, SIZE + 32, machine)
    assert not is_known(other, SIZE, machine)
    here = variants.this_machine()
    monkeypatch.setattr(variants, "this_machine", lambda: msgspec.structs.replace(here, n_cores=999))
    assert not is_known(source, SIZE, machine)


@pytest.mark.parametrize("damage", ["choice", "files", "unknown variant"])
def test_a_damaged_memory_is_measured_again(
    source: BackboneSource, machine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    for file in machine.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (kept,) = tmp_path.glob("*.json")
    match damage:
        case "choice":
            kept.write_bytes(b"{")
        case "files":
            kept.write_bytes(msgspec.json.encode(Choice(variant="openvino", measured=(), files="0" * 64)))
        case _:
            kept.write_bytes(msgspec.json.encode(Choice(variant="abacus", measured=())))
    monkeypatch.setattr(variants.openvino_extractor, "is_installed", lambda: False)
    told: list[int] = []
    extractor = fastest(source, SIZE, tmp_path, on_measuring=lambda: told.append(1))
    assert told == [1]
    assert extractor.variant not in variants.OPENVINO_VARIANTS
    choice = read_choice(kept)
    assert choice is not None
    assert choice.variant == extractor.variant
