"""How much memory a training may take on this machine."""

from __future__ import annotations

import os
from pathlib import Path

import torch

# The rest is for the photos, for the libraries' scratch memory, and for other programs.
SHARE = 0.7
_MEMINFO = Path("/proc/meminfo")


def free_bytes() -> int:
    """Bytes a training may take: a share of what is free now, on the GPU if there is one, else of main memory."""
    if torch.cuda.is_available():
        free, _ = torch.cuda.mem_get_info()
        return int(SHARE * free)
    return int(SHARE * _main_memory())


def _main_memory() -> int:
    """What is free of main memory; where the system does not say so, half of all there is."""
    try:
        for line in _MEMINFO.read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    except (OSError, ValueError, IndexError):
        pass
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
