"""What is told of a run apart from its answers."""

from __future__ import annotations

import pytest

from engine.base.events import NetworkReady
from engine.data.training_facts import TrainingFacts
from engine.insight.run_facts import facts_of
from tests.engine.insight.test_curves import epoch, gathered

READY = NetworkReady(
    title="Net", n_parameters=9, n_buffers=0, device="cpu", variant="float32", n_epochs=3, n_steps_per_epoch=10
)


def test_a_training_that_went_on_after_a_night_did_not_take_the_night() -> None:
    at_once = [READY, epoch(1, "train"), epoch(1), epoch(2, "train"), epoch(2)]
    assert facts_of(TrainingFacts(), gathered(*at_once), 600.0).minutes == 600.0
    went_on = [*at_once, READY, epoch(2, "train"), epoch(2), epoch(3, "train"), epoch(3)]
    assert facts_of(TrainingFacts(), gathered(*went_on), 600.0).minutes == pytest.approx(3 * (2.0 + 2.0) / 60)
