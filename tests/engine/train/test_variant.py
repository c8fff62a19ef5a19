"""The fastest way of training that comes to the same is found once, and remembered."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import msgspec
import pytest
import torch
from torch import nn

from engine.predict.machine import this_machine
from engine.train import variant as variant_module
from engine.train.variant import TrainVariant, cpu_variants, fastest, gpu_problem, idle_gpu, train_variant

pytestmark = pytest.mark.usefixtures("one_thread")

CPU = torch.device("cpu")
PLAIN = TrainVariant(name="cpu", device=CPU, channels_last=False, half=False)
OTHER = TrainVariant(name="other", device=CPU, channels_last=True, half=False)


class Small(nn.Module):
    """A network that is wrong, or out of memory, in the other order of memory."""

    def __init__(self, *, wrong: bool = False, large: bool = False) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(3, 8, 3)
        self.wrong = wrong
        self.large = large

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        found = self.convolution(x.float() / 255).mean(dim=(2, 3))
        if self.convolution.weight.is_contiguous(memory_format=torch.channels_last):
            if self.large:
                raise torch.OutOfMemoryError("out of memory")
            return -found if self.wrong else found
        return found


@pytest.fixture
def other_is_faster(monkeypatch: pytest.MonkeyPatch) -> None:
    real = variant_module._tried

    def tried(network: nn.Module, size: int, variant: TrainVariant) -> object:
        found = real(network, size, variant)
        return dataclasses.replace(found, seconds=1.0 if variant is PLAIN else 0.5)

    monkeypatch.setattr(variant_module, "_tried", tried)


@pytest.mark.usefixtures("other_is_faster")
@pytest.mark.parametrize(("wrong", "chosen"), [(False, OTHER), (True, PLAIN)])
def test_a_faster_way_is_taken_only_if_it_comes_to_the_same(wrong: bool, chosen: TrainVariant) -> None:
    assert fastest(Small(wrong=wrong), 16, [PLAIN, OTHER]) is chosen


def test_a_way_that_is_hardly_faster_is_not_worth_other_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    real = variant_module._tried

    def tried(network: nn.Module, size: int, variant: TrainVariant) -> object:
        return dataclasses.replace(real(network, size, variant), seconds=1.0 if variant is PLAIN else 0.9)

    monkeypatch.setattr(variant_module, "_tried", tried)
    assert fastest(Small(), 16, [PLAIN, OTHER]) is PLAIN


@pytest.mark.skipif(torch.cuda.is_available(), reason="a GPU has one way")
def test_a_training_that_goes_on_keeps_its_way_and_measures_nothing(tmp_path: Path) -> None:
    for variant in cpu_variants(Small()):
        found = train_variant(
            Small(), 16, "small", tmp_path, on_measuring=lambda: pytest.fail("measured"), wanted=variant.name
        )
        assert found == variant
    assert train_variant(Small(), 16, "small", tmp_path, wanted="a way of another machine") in cpu_variants(Small())


def test_where_measuring_takes_more_memory_than_there_is_the_plain_way_is_taken() -> None:
    assert fastest(Small(large=True), 16, [PLAIN, OTHER]) is PLAIN


@pytest.mark.skipif(torch.cuda.is_available(), reason="nothing is measured on a GPU")
def test_it_is_measured_once_for_each_size(tmp_path: Path) -> None:
    measured: list[int] = []
    found = [
        train_variant(Small(), size, "small", tmp_path / "machine", on_measuring=lambda: measured.append(1))
        for size in (16, 16, 20)
    ]
    assert found[0] == found[1]
    assert len(measured) == 2


def test_measuring_changes_neither_the_network_nor_torch_s_generator() -> None:
    network = Small()
    before, state = network.convolution.weight.clone(), torch.get_rng_state()
    fastest(network, 16, [PLAIN, OTHER])
    assert torch.equal(network.convolution.weight, before)
    assert network.convolution.weight.is_contiguous()
    assert network.convolution.weight.grad is None
    assert torch.equal(torch.get_rng_state(), state)


def test_half_precision_is_tried_where_the_processor_may_have_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for capability, half in (("AVX2", False), ("AVX512", True)):
        monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda capability=capability: capability)
        assert any(variant.half for variant in cpu_variants(Small())) == half


def test_a_gpu_that_cannot_compute_is_told_and_the_cpu_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> object:
        raise RuntimeError("CUDA error: no kernel image is available for execution on the device\nMore text.")

    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(variant_module.functional, "conv2d", broken)
    monkeypatch.setattr(torch, "ones", broken)
    said: list[str] = []
    monkeypatch.setattr(variant_module, "fastest", lambda network, size, variants, on_unusable: variants[0])
    found = train_variant(Small(), 16, "small", tmp_path, on_unusable=said.append)
    assert found.device.type == "cpu"
    assert said == ["CUDA error: no kernel image is available for execution on the device."]
    assert gpu_problem() == said[0]


def test_a_gpu_that_the_driver_serves_and_nothing_uses_is_idle(monkeypatch: pytest.MonkeyPatch) -> None:
    assert idle_gpu(PLAIN) == ", ".join(this_machine().gpus)
    card = dataclasses.replace(PLAIN, device=torch.device("cuda"))
    with_gpu = msgspec.structs.replace(this_machine(), gpus=("NVIDIA T4",))
    monkeypatch.setattr(variant_module, "this_machine", lambda: with_gpu)
    assert idle_gpu(PLAIN) == "NVIDIA T4"
    assert idle_gpu(card) == ""


def apple(monkeypatch: pytest.MonkeyPatch) -> TrainVariant:
    """An Apple GPU that is this processor."""
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    monkeypatch.setattr(variant_module, "_APPLE", CPU)
    (found,) = variant_module.apple_variants()
    return found


def test_an_apple_gpu_is_taken_where_its_step_is_faster_and_comes_to_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected, real = apple(monkeypatch), variant_module._tried

    def tried(network: nn.Module, size: int, variant: TrainVariant) -> object:
        return dataclasses.replace(real(network, size, variant), seconds=0.5 if variant == expected else 1.0)

    monkeypatch.setattr(variant_module, "_tried", tried)
    assert train_variant(Small(), 16, "small", tmp_path) == expected
    monkeypatch.setattr(variant_module, "_agree", lambda plain, other: False)
    assert train_variant(Small(), 24, "small", tmp_path).name == "cpu"
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    assert train_variant(Small(), 16, "small", tmp_path).name != "mps", "what was measured with a GPU is for a GPU"


def test_an_apple_gpu_that_lacks_an_operation_is_told_and_the_cpu_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    apple(monkeypatch)
    monkeypatch.setattr(variant_module, "_APPLE", torch.device("mps"))
    real = variant_module._tried

    def tried(network: nn.Module, size: int, variant: TrainVariant) -> object:
        if variant.device.type == "mps":
            raise NotImplementedError("The operator 'aten::x' is not implemented for the MPS device.\nAnd more.")
        return real(network, size, variant)

    monkeypatch.setattr(variant_module, "_tried", tried)
    said: list[str] = []
    found = train_variant(Small(), 16, "small", tmp_path, on_unusable=said.append)
    assert found.device == CPU
    assert said == ["The operator 'aten::x' is not implemented for the MPS device."]
