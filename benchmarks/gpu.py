"""Rows P5 and P6: training from scratch and fine-tuning on a GPU; there are no such rows without one."""

from __future__ import annotations

import statistics
from pathlib import Path
from typing import Any

from benchmarks.row import Row
from benchmarks.shell import fresh_home, script

CIFAR = Path(__file__).resolve().parents[2] / "shared" / "data" / "cifar10.tar.gz"
LIMIT_SECONDS = 3.0


def from_scratch(scratch: Path) -> Row | str:
    """P5: CIFAR-10 from scratch, mean of the seeds; or why it cannot be measured."""
    if not CIFAR.is_file():
        return "the photos of CIFAR-10 do not lie beside the project"
    found: dict[str, Any] = script(fresh_home(scratch), "ours.from_scratch", CIFAR).json()
    if "skipped" in found:
        return str(found["skipped"])
    accuracies, seconds = found["accuracies"], statistics.mean(found["seconds"])
    return Row(
        name="P5",
        what=f"{found['n']} photos of 32 px from scratch, {len(accuracies)} seeds ({found['variant']})",
        ours=f"{statistics.mean(accuracies):.4f} in {seconds:.1f} s (least {min(accuracies):.4f})",
        rival=f"0.94 in {LIMIT_SECONDS:.0f} s",
        ratio=LIMIT_SECONDS / seconds,
        target="mean >= 0.94, at most 3 s",
    )


def resident(scratch: Path) -> Row | str:
    """P6: ResNet-50 at 224 px with photos on the GPU against tensors there; or why it cannot be measured."""
    found: dict[str, Any] = script(fresh_home(scratch), "ours.resident").json()
    if "skipped" in found:
        return str(found["skipped"])
    return Row(
        name="P6",
        what=f"fine-tuning ResNet-50 at 224 px on {found['n']} photos ({found['variant']})",
        ours=f"{found['ours']:.0f} photos/s",
        rival=f"{found['synthetic']:.0f} photos/s (tensors on the GPU, no augmentation)",
        ratio=found["ours"] / found["synthetic"],
        target=">= 0.9",
    )
