"""Whether an error says that memory ran out, and how much of it this process takes."""

from __future__ import annotations

import os
from pathlib import Path

import torch

_WORDS = ("out of memory", "can't allocate memory", "not enough memory", "cannot allocate memory")
_STATM = Path("/proc/self/statm")


def is_lack_of_memory(error: BaseException) -> bool:
    """Whether an error, of whatever kind, says that memory ran out."""
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    text = str(error).lower()
    return isinstance(error, RuntimeError) and any(words in text for words in _WORDS)


def memory_in_use(device: torch.device) -> int:
    """Bytes: on a GPU the most that tensors have taken at once, on an Apple GPU what they take now, on a CPU what the
    process takes; 0 if unknown.
    """
    if device.type == "cuda":
        return int(torch.cuda.max_memory_allocated(device))
    if device.type == "mps":
        return int(torch.mps.driver_allocated_memory())
    try:
        return int(_STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError, AttributeError):
        return 0
