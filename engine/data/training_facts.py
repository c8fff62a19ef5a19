"""What a training found out about its model, beside the model: sizes and speed, in a file of the run's folder."""

from __future__ import annotations

from pathlib import Path

import msgspec

from engine.base.files import atomic_write

FACTS_FILE = "facts.json"


class TrainingFacts(msgspec.Struct, frozen=True, kw_only=True):
    """None is what is not known, or is no number of this kind of model.

    `n_parameters`: numbers in the whole model, what describes the photos included. `n_trainable`: those that learned at
    some time. `answer_rate`: photos a second through the model on the machine that trained it, reading them from the
    disk not counted. `n_calibrated`: photos that the temperature was fitted on.
    """

    n_parameters: int | None = None
    n_trainable: int | None = None
    answer_rate: float | None = None
    n_calibrated: int | None = None


def write_training_facts(folder: Path, facts: TrainingFacts) -> None:
    """The run folder holds them, atomically.

    Raises:
        StorageError: the disk refused.
    """
    atomic_write(folder / FACTS_FILE, msgspec.json.format(msgspec.json.encode(facts, order="sorted")))


def read_training_facts(folder: Path) -> TrainingFacts:
    """Those in the run folder; nothing is known where an earlier version trained, or the file cannot be read."""
    try:
        return msgspec.json.decode((folder / FACTS_FILE).read_bytes(), type=TrainingFacts)
    except (OSError, msgspec.DecodeError):
        return TrainingFacts()
