"""What a training on frozen features records of its model: sizes, and the speed that was measured on this machine."""

from __future__ import annotations

from engine.base.fspath import to_path
from engine.data.training_facts import TrainingFacts, write_training_facts
from engine.jobs.spec import TrainSpec
from engine.nets.source import BackboneSource
from engine.predict.variants import known_rate


def leave_frozen_facts(
    spec: TrainSpec, source: BackboneSource, *, n_head: int | None, learned: bool, n_calibrated: int
) -> None:
    """The run folder says how large the model is and how many photos a second it can look at.

    Args:
        n_head: numbers in what stands on the features; None where it is not made of such (trees, stored photos).
        learned: whether they were learned; the network below never is.
        n_calibrated: photos that the temperature was fitted on.
    Raises:
        StorageError: the disk refused.
    """
    n_body, size = source.facts.n_parameters, spec.recipe.input.size
    rate = known_rate(source, size, to_path(spec.machine))
    looks = 2 if spec.recipe.input.views == "flip" else 1
    facts = TrainingFacts(
        n_parameters=None if n_head is None or n_body is None else n_body + n_head,
        n_trainable=n_head if learned else 0,
        answer_rate=None if rate is None else rate / looks,
        n_calibrated=n_calibrated,
    )
    write_training_facts(to_path(spec.run_folder), facts)
