"""The layer table: type, output and parameters of every layer of a recipe's network, before anything is trained."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from engine.nets.body import looking_at
from engine.nets.free_memory import free_bytes
from engine.nets.network import Network, network_facts, sketch_network
from engine.nets.training_memory import largest_batch, learn_only, stage_memories, training_bytes
from engine.recipe.layer_rows import LayerRow, LayerTable
from engine.recipe.recipe import Recipe


def layer_table(recipe: Recipe, n_classes: int) -> LayerTable:
    """The layers in the order in which a photo passes them, with totals; shapes only, so it takes no memory.

    Raises:
        UserError: the recipe describes no network there is, or its photos are too small for it.
    """
    network = sketch_network(recipe, n_classes)
    size = recipe.input.size
    rows = _rows(network, size)
    facts = network_facts(network)
    training = recipe.training
    assert training is not None  # a recipe without training has no network, and was refused above
    with looking_at(size):
        memories = stage_memories(network, training, size)
    return LayerTable(
        title=network.title,
        n_stages=len(network.stages()) - 1,
        rows=rows,
        n_parameters=facts.n_parameters,
        n_trainable=max(_n_learning(network, recipe)),
        n_buffers=facts.n_buffers,
        n_bytes=facts.n_bytes,
        batch=training.batch,
        training_bytes=training_bytes(memories, training.batch),
        largest_batch=largest_batch(memories, free_bytes()),
    )


def _n_learning(network: Network, recipe: Recipe) -> list[int]:
    """Parameters that learn, for each stage of the training."""
    counts: list[int] = []
    for stage in recipe.training.stages if recipe.training is not None else ():
        learn_only(network, stage)
        counts.append(network_facts(network).n_trainable)
    return counts


def _rows(network: Network, size: int) -> tuple[LayerRow, ...]:
    """First what is used without being called by its name (position codes), then the layers as they are called."""
    rows: dict[str, LayerRow] = {}
    stages = {module: number for number, group in enumerate(network.stage_modules()) for module in group}
    stages.update(dict.fromkeys(network.head.modules(), len(network.stage_modules()) - 1))
    layers = {name: module for name, module in network.named_modules() if name and _is_layer(module)}

    def note(name: str, module: nn.Module, out: object) -> None:
        rows.setdefault(name, _row(name, module, stages.get(module, 0), out))

    hooks = [
        module.register_forward_hook(lambda module, _, out, name=name: note(name, module, out))
        for name, module in layers.items()
    ]
    photo = torch.zeros(1, 3, size, size, device="meta")
    with looking_at(size), torch.no_grad():
        network.eval()(photo)
    for hook in hooks:
        hook.remove()
    uncalled = [
        _row(name, module, stages.get(module, 0), None)
        for name, module in layers.items()
        if name not in rows and any(True for _ in module.parameters(recurse=False))
    ]
    return (*uncalled, *rows.values())


def _is_layer(module: nn.Module) -> bool:
    """Whether the module does something itself, rather than only hold others."""
    if isinstance(module, nn.Identity):
        return False
    return not any(True for _ in module.children()) or any(True for _ in module.parameters(recurse=False))


def _row(name: str, module: nn.Module, stage: int, out: object) -> LayerRow:
    kept = [buffer for buffer in module.buffers(recurse=False) if buffer.dtype.is_floating_point]
    return LayerRow(
        name=name,
        kind=type(module).__name__,
        stage=stage,
        shape=tuple(out.shape[1:]) if isinstance(out, Tensor) else (),
        n_parameters=sum(parameter.numel() for parameter in module.parameters(recurse=False)),
        n_buffers=sum(buffer.numel() for buffer in kept),
    )
