"""A network begins with an earlier one's weights, each class with its own."""

from __future__ import annotations

import torch

from engine.nets.network import Network, build_network
from engine.recipe.head_cfg import DenseCfg, DenseHeadCfg
from engine.recipe.model_cfg import BuiltCfg, blocks
from engine.recipe.recipe import InputCfg, Recipe
from engine.recipe.training_cfg import TrainingCfg
from engine.train.warm_start import take_over

X = torch.rand(5, 3, 16, 16, generator=torch.Generator().manual_seed(0)) * 255


def network(n_classes: int, seed: int, width: int = 6) -> Network:
    recipe = Recipe(
        input=InputCfg(size=16),
        model=BuiltCfg(layers=blocks((4,), norm=True)),
        head=DenseHeadCfg(dense=(DenseCfg(width=width),)),
        training=TrainingCfg(),
    )
    return build_network(recipe, n_classes, library=None, seed=seed).eval()


def answers(made: Network) -> torch.Tensor:
    with torch.no_grad():
        return made(X)


def test_known_classes_answer_as_before_wherever_they_stand_now() -> None:
    earlier, made = network(3, seed=1), network(4, seed=2)
    assert take_over(made, [30, 99, 10, 20], earlier, [10, 20, 30])
    assert torch.allclose(answers(made)[:, [2, 3, 0]], answers(earlier), atol=1e-6)


def test_a_new_class_keeps_the_weights_it_was_given() -> None:
    earlier, made = network(2, seed=1), network(3, seed=2)
    new = made.head.layers[-1].weight[1].clone()
    take_over(made, [10, 99, 20], earlier, [10, 20])
    assert torch.equal(made.head.layers[-1].weight[1], new)


def test_another_network_is_left_alone() -> None:
    made = network(3, seed=2)
    before = answers(made)
    assert not take_over(made, [1, 2, 3], network(3, seed=1, width=7), [1, 2, 3])
    assert torch.equal(answers(made), before)
