"""A step of learning: parts add up to the whole batch, a lone photo is no hindrance, bad numbers change nothing."""

from __future__ import annotations

import pytest
import torch

from engine.base.errors import UserError
from engine.nets.network import build_network
from engine.recipe.head_cfg import DenseHeadCfg
from engine.recipe.model_cfg import BuiltCfg, blocks
from engine.recipe.recipe import InputCfg, Recipe
from engine.recipe.training_cfg import AUGMENTS, OptimCfg, StageCfg, TrainingCfg
from engine.train import learner as learner_module
from engine.train.learner import Learner
from engine.train.optim import make_optimiser
from engine.train.variant import TrainVariant

pytestmark = pytest.mark.usefixtures("one_thread")

CPU = TrainVariant(name="cpu", device=torch.device("cpu"), channels_last=False, half=False)
CFG = TrainingCfg(stages=(StageCfg(epochs=1, lr=0.1),), augment=AUGMENTS["off"], optim=OptimCfg(name="sgd"))
X = torch.rand(9, 3, 16, 16, generator=torch.Generator().manual_seed(1)) * 255
TARGETS = torch.eye(3)[torch.arange(9) % 3]


def learner(cfg: TrainingCfg = CFG, *, norm: bool = False, weights: torch.Tensor | None = None) -> Learner:
    recipe = Recipe(
        input=InputCfg(size=16),
        model=BuiltCfg(layers=blocks((4,), norm=norm)),
        head=DenseHeadCfg(norm=norm),
        training=cfg,
    )
    made = Learner(build_network(recipe, 3, library=None, seed=0), cfg, CPU, weights=weights, on_short=lambda n: None)
    made.begin_stage(cfg.stages[0])
    made.train_mode(cfg.stages[0])
    return made


def weights_of(made: Learner) -> torch.Tensor:
    return torch.cat([parameter.detach().flatten().clone() for parameter in made.network.parameters()])


def test_parts_of_a_batch_add_up_to_the_step_of_the_whole() -> None:
    whole, parts = learner(), learner()
    parts.micro = 2
    for step in range(3):
        assert parts.learn(X, TARGETS, step)[0] == pytest.approx(whole.learn(X, TARGETS, step)[0], rel=1e-5)
    assert torch.allclose(weights_of(whole), weights_of(parts), atol=1e-6)


def test_class_weights_move_the_answer_towards_the_heavier_class() -> None:
    answers = []
    for heavy in (0, 2):
        weights = torch.ones(3)
        weights[heavy] = 20.0
        made = learner(weights=weights)
        for step in range(5):
            made.learn(X, TARGETS, step)
        with torch.no_grad():
            answers.append(made.network.eval()(X).softmax(dim=1).mean(dim=0))
    assert answers[0][0] > 2 * answers[1][0]
    assert answers[1][2] > 2 * answers[0][2]


def test_a_lone_photo_is_learned_from_and_the_means_of_batch_norm_stay() -> None:
    made = learner(norm=True)
    before, means = weights_of(made), [buffer.clone() for buffer in made.network.buffers()]
    loss, _ = made.learn(X[:1], TARGETS[:1], 0)
    assert 0 < loss < 10
    assert not torch.equal(weights_of(made), before)
    assert all(torch.equal(a, b) for a, b in zip(made.network.buffers(), means, strict=True))
    made.learn(X, TARGETS, 1)
    assert not all(torch.equal(a, b) for a, b in zip(made.network.buffers(), means, strict=True))


@pytest.mark.parametrize("where", ["loss", "gradient"])
def test_numbers_that_are_none_change_no_weight(monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    made = learner()
    before, real = weights_of(made), learner_module.loss_of

    def loss(*given: object) -> torch.Tensor:
        found = real(*given)  # type: ignore[arg-type]
        # The square root of nothing is nothing, and its slope is infinite.
        return found * float("inf") if where == "loss" else found + (found - found.detach()).sqrt()

    monkeypatch.setattr(learner_module, "loss_of", loss)
    found, _ = made.learn(X, TARGETS, 0)
    assert not torch.isfinite(torch.tensor(found))
    assert torch.equal(weights_of(made), before)


def test_clipping_bounds_a_step() -> None:
    plain = OptimCfg(name="sgd", weight_decay=0.0)
    moves = []
    for clip in (0.0, 0.01):
        made = learner(TrainingCfg(stages=CFG.stages, optim=plain, clip=clip))
        before = weights_of(made)
        made.learn(X, TARGETS, 0)
        moves.append(float((weights_of(made) - before).norm()))
    # Nesterov's first step is the gradient and 0.9 of it again, times the rate.
    assert moves[1] == pytest.approx(0.1 * 0.01 * 1.9, rel=1e-3)
    assert moves[0] > 2 * moves[1]


def test_an_optimiser_that_does_not_exist_or_cannot_be_used_is_refused_with_advice() -> None:
    for name in ("adamx", "adahessian"):
        with pytest.raises(UserError) as told:
            make_optimiser(OptimCfg(name=name), [{"params": [torch.nn.Parameter(torch.ones(2))], "lr": 0.1}])
        assert "adamw" in told.value.advice
