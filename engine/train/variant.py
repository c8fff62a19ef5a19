"""The device and the way a network is trained on it: order of memory and precision, measured where need be."""

from __future__ import annotations

import contextlib
import copy
import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import torch
from torch import Tensor, nn
from torch.nn import functional

from engine.base.errors import StorageError
from engine.base.files import atomic_write
from engine.predict.machine import this_machine
from engine.predict.variants import drawn_photos
from engine.train.shortage import is_lack_of_memory

# Of what is remembered; raised when what is measured changes.
FORMAT = 5
MEASURE_BATCH = 8
N_MEASURED = 2
# A step that takes so long tells enough by itself.
LONG_SECONDS = 2.0
# Another way than the plain one rounds otherwise, so that a training comes out otherwise in the end: it has to be worth
# it, and which one is taken must not hang on what else the machine had to do while it was measured.
WORTH = 0.85
# How far a variant's gradient and loss may be from those of plain float32.
MIN_COSINE = 0.97
MAX_LOSS_GAP = 0.02
_CPU, _APPLE = torch.device("cpu"), torch.device("mps")


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainVariant:
    """How to train; `name` says it to people."""

    name: str
    device: torch.device
    channels_last: bool
    half: bool

    def casting(self) -> contextlib.AbstractContextManager[object]:
        """A context in which the network computes in the variant's precision."""
        return torch.autocast(self.device.type, torch.bfloat16) if self.half else contextlib.nullcontext()

    def place(self, network: nn.Module) -> nn.Module:
        """The network, moved to the device and put in the variant's order of memory."""
        network.to(self.device)
        return network.to(memory_format=torch.channels_last) if self.channels_last else network


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tried:
    """What one step of a variant took, and what it came to: its loss, and its gradient as one vector."""

    variant: TrainVariant
    seconds: float
    loss: float
    gradient: Tensor


def _nothing(_: str) -> None:
    return None


def train_variant(
    network: nn.Module,
    size: int,
    key: str,
    folder: Path,
    *,
    on_measuring: Callable[[], None] = lambda: None,
    on_unusable: Callable[[str], None] = _nothing,
    wanted: str = "",
) -> TrainVariant:
    """The way this network is trained on this machine.

    On a GPU of NVIDIA bfloat16 (float32 where it has none) with channels last, as NVIDIA advises. Elsewhere the fastest
    of what there is: on a CPU the two orders of memory in float32, and bfloat16 where the processor may have it; on an
    Apple GPU float32. A way is taken only if it is clearly faster than the plain one (`WORTH`) and its step comes to
    the same; measured once, and remembered in `folder`. Equal seeds give equal numbers on a CPU in each of its ways.

    Args:
        network: on the CPU; it is not changed. size: side of the input in pixels. key: what tells the architecture
            apart from others. on_measuring: called before anything is measured, which takes seconds. on_unusable: told
            why a GPU that is there cannot be used. wanted: name of the way to take if this machine has it, as that of
            a training that is to go on, or to be repeated.
    """
    if torch.cuda.is_available():
        if not (problem := gpu_problem()):
            # Emulated it would be slower than float32.
            half = torch.cuda.is_bf16_supported(including_emulation=False)
            name = "cuda, channels last" + (", bf16" if half else "")
            return TrainVariant(name=name, device=torch.device("cuda"), channels_last=True, half=half)
        on_unusable(problem)
    variants = {variant.name: variant for variant in (*cpu_variants(network), *apple_variants())}
    if wanted in variants:
        return variants[wanted]
    measured = (FORMAT, key, size, this_machine(), tuple(variants))
    path = folder / f"train-{hashlib.sha256(msgspec.json.encode(measured)).hexdigest()[:16]}.json"
    try:
        return variants[msgspec.json.decode(path.read_bytes(), type=str)]
    except (OSError, msgspec.DecodeError, KeyError):
        pass
    on_measuring()
    chosen = fastest(network, size, list(variants.values()), on_unusable)
    # What was measured is a convenience: a machine folder that cannot be written costs a second next time.
    with contextlib.suppress(StorageError, OSError):
        folder.mkdir(parents=True, exist_ok=True)
        atomic_write(path, msgspec.json.encode(chosen.name))
    return chosen


def idle_gpu(variant: TrainVariant) -> str:
    """Names of the GPUs that the driver serves here and that this way of training leaves idle; empty without any."""
    return ", ".join(this_machine().gpus) if variant.device.type == "cpu" else ""


def cpu_variants(network: nn.Module) -> list[TrainVariant]:
    """The ways of training on a CPU that may be fast, the plain one first."""
    found = [TrainVariant(name="cpu", device=_CPU, channels_last=False, half=False)]
    if any(isinstance(module, nn.Conv2d) for module in network.modules()):
        found.append(TrainVariant(name="cpu, channels last", device=_CPU, channels_last=True, half=False))
    # Processors without AVX-512 have no bfloat16; of those with it, measuring tells.
    if torch.backends.cpu.get_cpu_capability().startswith("AVX512"):
        found.append(TrainVariant(name="cpu, channels last, bf16", device=_CPU, channels_last=True, half=True))
    return found


def apple_variants() -> list[TrainVariant]:
    """The ways of training on an Apple GPU; none where there is no such GPU."""
    if not torch.backends.mps.is_available():
        return []
    return [TrainVariant(name="mps", device=_APPLE, channels_last=False, half=False)]


def fastest(
    network: nn.Module,
    size: int,
    variants: Sequence[TrainVariant],
    on_unusable: Callable[[str], None] = _nothing,
) -> TrainVariant:
    """The one with the fastest step among those that come to the same as the first, plain one and are worth it.

    Args:
        on_unusable: told why a GPU among them cannot take a step of this network.
    """
    try:
        plain, *others = (
            tried for variant in variants if (tried := _tried_if_able(network, size, variant, on_unusable))
        )
    except (torch.OutOfMemoryError, MemoryError, RuntimeError) as error:
        if not is_lack_of_memory(error):
            raise
        return variants[0]
    best = plain
    for other in others:
        if other.seconds < min(best.seconds, WORTH * plain.seconds) and _agree(plain, other):
            best = other
    return best.variant


def _tried_if_able(
    network: nn.Module, size: int, variant: TrainVariant, on_unusable: Callable[[str], None]
) -> _Tried | None:
    """None for a GPU that lacks an operation the network needs: the libraries for some have not all of them."""
    try:
        return _tried(network, size, variant)
    except (RuntimeError, TypeError) as error:
        # Numbers of 64 bits are refused as a TypeError.
        if variant.device.type == "cpu":
            raise
        on_unusable(_first_line(error))
        return None


def gpu_problem() -> str:
    """Why the GPU cannot compute, in a sentence; empty if it can."""
    try:
        x = torch.ones(1, 4, 8, 8, device="cuda")
        if float(functional.conv2d(x, x).sum().cpu()) == x.numel():
            return ""
    except RuntimeError as error:
        return _first_line(error)
    return "It gives wrong results."


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [repr(error)])[0].rstrip(".") + "."


def _tried(network: nn.Module, size: int, variant: TrainVariant) -> _Tried:
    """The best time of a step over a small batch; the first one is not counted, if it was not long already."""
    tried = variant.place(copy.deepcopy(network)).train()
    x = torch.from_numpy(drawn_photos(MEASURE_BATCH, size)).permute(0, 3, 1, 2).contiguous().to(variant.device)
    labels = torch.zeros(MEASURE_BATCH, dtype=torch.long, device=variant.device)
    seconds: list[float] = []
    told = 0.0
    for number in range(N_MEASURED + 1):
        tried.zero_grad(set_to_none=True)
        # Dropout leaves out the same in all variants.
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
            begin = time.perf_counter()
            with variant.casting():
                logits = tried(x)
            loss = functional.cross_entropy(logits.float(), labels)
            loss.backward()  # type: ignore[no-untyped-call]
            # A GPU is still at work; its answer is not there before it has ended.
            told = float(loss.detach())
        seconds.append(time.perf_counter() - begin)
        if number == 0 and seconds[0] > LONG_SECONDS:
            break
    gradient = torch.cat([p.grad.flatten().cpu() for p in tried.parameters() if p.grad is not None])
    return _Tried(variant=variant, seconds=min(seconds[1:] or seconds), loss=told, gradient=gradient)


def _agree(plain: _Tried, other: _Tried) -> bool:
    """Whether two variants of one step would learn the same; written so that a NaN says no."""
    cosine = float(functional.cosine_similarity(plain.gradient, other.gradient, dim=0))
    return cosine >= MIN_COSINE and abs(other.loss - plain.loss) <= MAX_LOSS_GAP * abs(plain.loss)
