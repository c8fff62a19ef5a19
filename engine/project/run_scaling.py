"""By what temperature a run's confidences were scaled, on how many photos it was fitted, and what they were before."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import msgspec

from engine.data.training_facts import read_training_facts
from engine.insight.calibration import Scaling, calibration, unscaled
from engine.project.run_views import MODEL_FILE
from engine.store import runs as stored
from engine.store.db import Database


class _Scaled(msgspec.Struct, frozen=True):
    """The part of every kind's `model.json` that says by what its confidences were scaled."""

    temperature: float | None = None


def run_scaling(db: Database, run: stored.StoredRun, folder: Path, part: str) -> Scaling | None:
    """What the run in `folder` did to its confidences; None where it did nothing, or has no model that can be read.

    Args:
        part: `test` or `cv`, with answers to photos whose class the run knows.
    """
    temperature, n_fitted = _temperature(folder), read_training_facts(folder).n_calibrated
    if temperature is None or n_fitted == 0:
        return None
    before = stored.labelled_predictions(db, run, part, partial(unscaled, temperature=temperature))
    return Scaling(
        temperature=temperature,
        # Runs of earlier versions did not record it; those that were cross-validated were fitted on those answers.
        n_fitted=n_fitted or len(stored.labelled_predictions(db, run, "cv").photo_ids) or None,
        ece_before=calibration(before.true_columns, before.probs).ece,
    )


def _temperature(folder: Path) -> float | None:
    try:
        found = msgspec.json.decode((folder / MODEL_FILE).read_bytes(), type=_Scaled).temperature
    except (OSError, msgspec.DecodeError):
        return None
    return found if found is not None and found > 0 else None
