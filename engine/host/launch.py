"""How a worker process is started, from source and from a frozen app."""

from __future__ import annotations

import os
import sys

WORKER_FLAG = "--engine-worker"


def worker_argv() -> list[str]:
    """The command line of a worker."""
    if getattr(sys, "frozen", False):
        return [sys.executable, WORKER_FLAG]
    return [sys.executable, "-m", "engine.host.worker"]


def worker_environment() -> dict[str, str]:
    """The worker's environment: threads leave one core to the interface where there are more than two."""
    environment = dict(os.environ)
    environment.setdefault("PYTHONUNBUFFERED", "1")
    return environment
