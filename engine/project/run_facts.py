"""The facts of a run, read from what it left in its folder."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from pathlib import Path

from engine.data.training_facts import read_training_facts
from engine.insight.curve_files import METRICS_FILE, read_curves
from engine.insight.run_facts import RunFacts, facts_of


def run_facts(folder: Path, started_at: str, ended_at: str) -> RunFacts:
    """What the run in `folder` recorded of itself; the times are ISO 8601, empty where there is none."""
    try:
        changed = (folder / METRICS_FILE).stat().st_mtime_ns
    except OSError:
        changed = 0
    return _facts(folder, changed, minutes_between(started_at, ended_at))


def minutes_between(started_at: str, ended_at: str) -> float | None:
    """Minutes from one ISO 8601 time to another; None where one is missing."""
    try:
        return (datetime.fromisoformat(ended_at) - datetime.fromisoformat(started_at)).total_seconds() / 60
    except ValueError:
        return None


@lru_cache(maxsize=512)
def _facts(folder: Path, changed: int, minutes: float | None) -> RunFacts:
    """`changed`: when the record of the training was written last, so that what is read again is what changed."""
    return facts_of(read_training_facts(folder), read_curves(folder), minutes)
