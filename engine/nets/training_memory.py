"""How much memory a training will need, estimated without doing it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from engine.nets.network import Network, network_facts
from engine.recipe.training_cfg import StageCfg, TrainingCfg

_FLOAT32 = 4
# Running means an optimiser keeps for each weight; those of the Adam family keep two.
_SLOTS = {"sgd": 1, "nesterov": 1, "momentum": 1, "rmsprop": 1, "lion": 1}
_SLOTS_OF_OTHERS = 2
# Intermediate results of the optimiser's step, each as large as what learns; photos have gone by then.
_STEP_COPIES = 2
# More photos a step are hardly ever of use to those who have thousands.
MOST_PHOTOS = 512


def learn_only(network: Network, stage: StageCfg) -> None:
    """Only the parameters that `stage` lets learn ask for slopes from now on."""
    groups = network.stages()
    n_frozen = {"all": 0, "last": max(0, len(groups) - 1 - stage.n_last), "head": len(groups) - 1}[stage.layers]
    for position, group in enumerate(groups):
        for parameter in group:
            parameter.requires_grad_(position >= n_frozen)


@dataclass(frozen=True, slots=True, kw_only=True)
class StageMemory:
    """What one stage of a training takes, in bytes, as a function of the photos a step.

    `fixed`: weights, what learns and what the optimiser keeps. `each_photo`: what is kept of one photo until the way
    back. `in_step`: what the optimiser's step takes when the photos have gone.
    """

    fixed: int
    each_photo: float
    in_step: int

    def at(self, batch: int) -> int:
        """Bytes with `batch` photos a step."""
        return self.fixed + max(round(self.each_photo * batch), self.in_step)


def stage_memories(network: Network, training: TrainingCfg, size: int) -> tuple[StageMemory, ...]:
    """The estimated memory of each stage of training with photos of `size` pixels, float32.

    It is the sum of: weights and buffers; for what learns, slopes and the optimiser's running means; the running mean
    of the weights where it is on; the tensors that autograd keeps for the backward pass, counted exactly by running
    the network on tensors without numbers; and the largest output of any layer twice, for what is on its way forth or
    back (or what the optimiser's step needs, where that is more). Not in it: the scratch memory of convolution
    libraries, the photos waiting in the cache, and Python with its libraries (about 0.5 GB). Mixed precision needs
    less. The peak of two steps on a CPU, for eight networks of 0.1 to 69 million parameters, was 0.8 to 1.3 times the
    estimate, for six of them 1.0 to 1.1.

    Args:
        network: on the meta device (`sketch_network`); which parameters ask for slopes is changed.
    """
    return tuple(_of_stage(network, training, stage, size) for stage in training.stages)


def training_bytes(memories: Sequence[StageMemory], batch: int) -> int:
    """Bytes at the largest stage with `batch` photos a step."""
    return max(memory.at(batch) for memory in memories)


def largest_batch(memories: Sequence[StageMemory], free: int) -> int:
    """The largest power of two, 2 to `MOST_PHOTOS`, of photos a step that fits `free` bytes; 0 if none does."""
    batch = MOST_PHOTOS
    while batch >= 2:
        if training_bytes(memories, batch) <= free:
            return batch
        batch //= 2
    return 0


def _of_stage(network: Network, training: TrainingCfg, stage: StageCfg, size: int) -> StageMemory:
    learn_only(network, stage)
    facts = network_facts(network)
    slots = _SLOTS.get(training.optim.name, _SLOTS_OF_OTHERS)
    weights = facts.n_bytes * (2 if training.ema else 1)
    return StageMemory(
        fixed=weights + facts.n_trainable * _FLOAT32 * (1 + slots),
        each_photo=_passing_bytes(network, training.batch, size) / training.batch,
        in_step=_STEP_COPIES * facts.n_trainable * _FLOAT32,
    )


def _passing_bytes(network: Network, batch: int, size: int) -> int:
    """Bytes of what autograd holds after a forward pass, parameters left out, and of the largest output twice."""
    own = {id(tensor.untyped_storage()) for tensor in [*network.parameters(), *network.buffers()]}
    # The blocks themselves are held: their identities stay theirs only as long as they live.
    blocks: dict[int, torch.UntypedStorage] = {}
    largest = 0

    def keep(tensor: Tensor) -> Tensor:
        block = tensor.untyped_storage()
        if id(block) not in own:
            blocks[id(block)] = block
        return tensor

    def see(_module: nn.Module, _given: object, out: object) -> None:
        nonlocal largest
        largest = max(largest, out.nbytes if isinstance(out, Tensor) else 0)

    photos = torch.zeros(batch, 3, size, size, device="meta")
    wanted = torch.zeros(batch, dtype=torch.long, device="meta")
    hooks = [module.register_forward_hook(see) for module in network.train().modules()]
    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        functional.cross_entropy(network(photos), wanted)
    for hook in hooks:
        hook.remove()
    return photos.nbytes + sum(block.nbytes() for block in blocks.values()) + 2 * largest
