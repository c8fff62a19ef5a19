"""The ways torch can run a backbone on the devices this machine has."""

from __future__ import annotations

import functools

import torch

from engine.nets.backbones import Backbone
from engine.predict.extractor import EXACT_TOLERANCE, HALF_TOLERANCE, REFERENCE, Candidate
from engine.predict.torch_extractor import TorchExtractor


def build_torch(backbone: Backbone, variant: str) -> TorchExtractor:
    """The variant of that name.

    Raises:
        RuntimeError: this machine lacks the device; ValueError: no such variant.
    """
    match variant:
        case "eager":
            return TorchExtractor(backbone, variant, channels_last=False)
        case "channels_last":
            return TorchExtractor(backbone, variant)
        case "channels_last_bf16":
            return TorchExtractor(backbone, variant, precision=torch.bfloat16)
        case "cuda_fp16":
            return TorchExtractor(backbone, variant, device="cuda", precision=torch.float16)
        case "cuda_bf16":
            return TorchExtractor(backbone, variant, device="cuda", precision=torch.bfloat16)
        case "mps":
            return TorchExtractor(backbone, variant, device="mps")
    raise ValueError(f"no variant {variant}")


def torch_candidates(backbone: Backbone) -> list[Candidate]:
    """All variants but the reference that may be fast here, the likeliest last."""
    exact = {"channels_last"}
    half: list[str] = []
    # Without AVX-512, bfloat16 is emulated and ten times slower than float32.
    if torch.backends.cpu.get_cpu_capability().startswith("AVX512"):
        half.append("channels_last_bf16")
    if torch.backends.mps.is_available():
        exact.add("mps")
    if torch.cuda.is_available():
        half += ["cuda_bf16", "cuda_fp16"]
    return [
        Candidate(
            variant=variant,
            build=functools.partial(build_torch, backbone, variant),
            tolerance=EXACT_TOLERANCE if variant in exact else HALF_TOLERANCE,
        )
        for variant in [*sorted(exact), *half]
        if variant != REFERENCE
    ]
