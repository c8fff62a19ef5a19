"""The folder of weights that a job is told to use."""

from __future__ import annotations

from pathlib import Path

from engine.base.dirs import weights_dir
from engine.base.fspath import to_path


def library_of(named: bytes) -> Path:
    """The folder named in a spec; the user's own where none is."""
    return to_path(named) if named else weights_dir()
