"""Processes that train together: shares of a batch, sums, a stop for all; two come to the same as one."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
from torch import Tensor

from engine.base.errors import Stopped, UserError
from engine.nets.network import build_network
from engine.recipe.head_cfg import DenseHeadCfg
from engine.recipe.model_cfg import BuiltCfg, blocks
from engine.recipe.recipe import InputCfg, Recipe
from engine.recipe.training_cfg import AUGMENTS, OptimCfg, StageCfg, TrainingCfg
from engine.train import learner as learner_module
from engine.train.learner import Learner
from engine.train.ranks import ALONE, Ranks, share_of, together
from engine.train.variant import TrainVariant

pytestmark = pytest.mark.usefixtures("one_thread")

CPU = TrainVariant(name="cpu", device=torch.device("cpu"), channels_last=False, half=False)
CFG = TrainingCfg(stages=(StageCfg(epochs=1, lr=0.02),), augment=AUGMENTS["off"], optim=OptimCfg(name="sgd"), clip=1.0)
X = torch.rand(9, 3, 16, 16, generator=torch.Generator().manual_seed(1)) * 255
TARGETS = torch.eye(3)[torch.arange(9) % 3]


class Threads:
    """Ranks that are threads of one process."""

    def __init__(self, world: int) -> None:
        self.world = world
        self.barrier = threading.Barrier(world, timeout=20)
        self.told: dict[int, Tensor] = {}

    def run(self, work: Callable[[Ranks], object]) -> list[object]:
        """What each of them comes to."""
        with ThreadPoolExecutor(self.world) as pool:
            return list(pool.map(work, [_Thread(self, rank) for rank in range(self.world)]))


class _Thread:
    def __init__(self, all_: Threads, rank: int) -> None:
        self._all = all_
        self.rank = rank
        self.world = all_.world

    def add_up(self, tensor: Tensor) -> Tensor:
        self._all.told[self.rank] = tensor.detach().clone()
        self._all.barrier.wait()
        found = sum(self._all.told[rank] for rank in range(self.world))
        self._all.barrier.wait()
        with torch.no_grad():
            return tensor.copy_(found)

    def hear(self, word: int) -> int:
        return int(self.add_up(torch.tensor([word if self.rank == 0 else 0])))


# Drawing weights takes torch's one generator; threads must do so in turn.
DRAWING = threading.Lock()


def learned(
    ranks: Ranks, cfg: TrainingCfg, *, norm: bool, sizes: tuple[int, ...], micro: int = 0
) -> tuple[list, Tensor]:
    """Losses and right answers of a few steps, and all weights and buffers after them."""
    recipe = Recipe(
        input=InputCfg(size=16),
        model=BuiltCfg(layers=blocks((4,), norm=norm)),
        head=DenseHeadCfg(norm=norm),
        training=cfg,
    )
    weights = torch.tensor([1.0, 2.0, 0.5]) if cfg.imbalance == "class_weights" else None
    with DRAWING:
        network = build_network(recipe, 3, library=None, seed=0)
    made = Learner(network, cfg, CPU, weights=weights, on_short=lambda n: None, ranks=ranks)
    made.micro = micro
    made.begin_stage(cfg.stages[0])
    made.train_mode(cfg.stages[0])
    steps = [made.learn(X[:n], TARGETS[:n], step) for step, n in enumerate(sizes)]
    return steps, torch.cat([tensor.float().flatten() for tensor in made.tensors().values()])


@pytest.mark.parametrize(
    ("world", "norm", "more", "micro"),
    [
        (2, False, {}, 0),
        (2, True, {}, 0),
        (3, True, {"imbalance": "class_weights", "ema": 0.9}, 0),
        (2, True, {"imbalance": "focal"}, 5),
    ],
    ids=["two", "batch norm", "three, weighted, mean", "in parts, focal"],
)
def test_a_step_of_many_is_the_step_of_one(world: int, norm: bool, more: dict[str, object], micro: int) -> None:
    cfg = TrainingCfg(stages=CFG.stages, augment=CFG.augment, optim=CFG.optim, clip=1.0, **more)
    # Shares of different size, one photo for all, and none for some.
    sizes = (9, 8, 9, 2, 1, 9)
    steps, weights = learned(ALONE, cfg, norm=norm, sizes=sizes, micro=micro)
    for other_steps, other in Threads(world).run(lambda r: learned(r, cfg, norm=norm, sizes=sizes, micro=micro)):
        assert [right for _, right in other_steps] == [right for _, right in steps]
        assert [loss for loss, _ in other_steps] == pytest.approx([loss for loss, _ in steps], rel=1e-4)
        assert torch.allclose(other, weights, rtol=1e-4, atol=1e-5)


def test_shares_cover_everything_once_and_differ_by_one_at_most() -> None:
    ranks = _Thread(Threads(3), 1)
    for n in range(8):
        own = [share_of(n, ranks, rank) for rank in range(3)]
        assert [at for s in own for at in range(n)[s]] == list(range(n))
        sizes = [s.stop - s.start for s in own]
        assert max(sizes) - min(sizes) <= 1
        assert share_of(n, ranks) == own[1]


def test_what_the_first_ends_all_end() -> None:
    def work(ranks: Ranks) -> str:
        with together(ranks):
            pass
        try:
            with together(ranks):
                if ranks.rank == 0:
                    raise Stopped
        except Stopped:
            return "stopped"
        return "went on"

    assert Threads(3).run(work) == ["stopped"] * 3


def test_a_process_short_of_memory_says_so_instead_of_keeping_the_others_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def short(*given: object) -> Tensor:
        raise torch.OutOfMemoryError("out of memory")

    monkeypatch.setattr(learner_module, "loss_of", short)
    with pytest.raises(UserError, match="too little memory"):
        learned(_Thread(Threads(2), 1), CFG, norm=False, sizes=(9,))
