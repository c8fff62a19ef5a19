"""The range test finds a rate that learns, well below those that break."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from engine.base.errors import Stopped
from engine.base.stop import StopToken
from engine.data.rate_found import RateFound
from engine.nets.network import build_network
from engine.recipe.head_cfg import DenseHeadCfg
from engine.recipe.model_cfg import BuiltCfg, blocks
from engine.recipe.recipe import InputCfg, Recipe
from engine.recipe.training_cfg import AUGMENTS, OptimCfg, StageCfg, TrainingCfg
from engine.train.data import Labelled, Photos, Training
from engine.train.learner import Learner
from engine.train.lr_finder import find_rate, suggestion
from engine.train.variant import TrainVariant
from tests.helpers.learning import drawing

pytestmark = pytest.mark.usefixtures("one_thread")

CPU = TrainVariant(name="cpu", device=torch.device("cpu"), channels_last=False, half=False)
CFG = TrainingCfg(
    stages=(StageCfg(epochs=1),), batch=16, augment=AUGMENTS["off"], optim=OptimCfg(name="sgd", weight_decay=0.0)
)
RECIPE = Recipe(
    input=InputCfg(size=24), model=BuiltCfg(layers=blocks((8, 16), norm=True)), head=DenseHeadCfg(), training=CFG
)


def found(n_steps: int, stop: StopToken | None = None) -> RateFound:
    pixels = np.stack([np.asarray(drawing(n % 3, n).resize((24, 24))) for n in range(60)])
    labelled = Labelled(rows=np.arange(60), columns=(np.arange(60) % 3).astype(np.int32))
    data = Training(Photos(pixels, CPU.device), labelled, 3, CFG, seed=0)
    learner = Learner(build_network(RECIPE, 3, library=None, seed=0), CFG, CPU, weights=None, on_short=lambda n: None)
    return find_rate(learner, data, CFG.stages[0], n_steps=n_steps, stop=stop or StopToken())


def test_it_suggests_a_rate_between_those_that_do_nothing_and_those_that_break() -> None:
    test = found(60)
    assert list(test.rates) == sorted(test.rates)
    assert len(test.rates) == len(test.losses)
    assert test.suggested is not None
    assert 1e-4 < test.suggested < 0.3
    assert min(test.losses) < test.losses[0]


def test_the_steepest_fall_decides_and_not_the_lowest_loss() -> None:
    rates = [10.0**-n for n in (5, 4, 3, 2, 1)]
    assert suggestion(rates, [2.0, 1.9, 1.2, 0.8, 0.7]) == pytest.approx(0.3e-3)


def test_where_nothing_falls_nothing_is_suggested() -> None:
    assert suggestion([1e-3, 1e-2, 1e-1], [1.0, 1.1, 1.5]) is None
    assert suggestion([1e-3], [1.0]) is None


def test_a_stop_is_heard() -> None:
    stop = StopToken()
    stop.request()
    with pytest.raises(Stopped):
        found(10, stop)
