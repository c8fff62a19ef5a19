"""Job: train a model by its recipe; which learner does it is said by the recipe's head."""

from __future__ import annotations

import importlib

from engine.base.events import Emit
from engine.base.stop import StopToken
from engine.jobs.spec import TrainSpec
from engine.recipe.head_cfg import AsIsCfg, ClassicCfg, DenseHeadCfg, LogisticCfg

# Imported only where they run: each loads other heavy libraries.
_LEARNERS: dict[type, str] = {
    LogisticCfg: "engine.jobs.train_quick",
    ClassicCfg: "engine.jobs.train_classic",
    DenseHeadCfg: "engine.jobs.train_network",
    AsIsCfg: "engine.jobs.score_as_is",
}


def run(spec: TrainSpec, emit: Emit, stop: StopToken) -> None:
    """Train and leave the results in the run folder; see the learners' modules for what they raise."""
    importlib.import_module(_LEARNERS[type(spec.recipe.head)]).run(spec, emit, stop)
