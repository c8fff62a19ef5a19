"""The layer table: type, output and parameters of every layer of a recipe's network, before anything is trained."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from engine.nets.body import looking_at
from engine.nets.network import Network, network_facts, sketch_network
from engine.nets.training_memory import learn_only, training_bytes
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
        n_bytes = training_bytes(network, training, size)
    return LayerTable(
        title=network.title,
        n_stages=len(network.stages()) - 1,
        rows=rows,
        n_parameters=facts.n_parameters,
        n_trainable=max(_n_learning(network, recipe)),
        n_buffers=facts.n_buffers,
        n_bytes=facts.n_bytes,
        batch=training.batch,
        training_bytes=n_bytes,
    )


def _n_learning(network: Network, recipe: Recipe) -> list[int]:
    """Parameters that learn, for each stage of the training."""
    counts: list[int] = []
    for stage in recipe.training.stages if recipe.training is not None else ():
        learn_only(network, stage)
        counts.append(network_facts(network).n_trainable)
    return counts


def _rows(network: Network, size: int) -> tuple[LayerRow, ...]:
    rows: list[LayerRow] = []
    seen: set[nn.Module] = set()
    stages = {module: number for number, group in enumerate(network.stage_modules()) for module in group}
    head = len(network.stage_modules()) - 1

    def note(name: str, module: nn.Module, out: object) -> None:
        if module not in seen:
            seen.add(module)
            stage = head if name.startswith("head.") else stages.get(module, 0)
            rows.append(_row(name, module, stage, out))

    hooks = [
        module.register_forward_hook(lambda module, _, out, name=name: note(name, module, out))
        for name, module in network.named_modules()
        if name and _is_layer(module)
    ]
    photo = torch.zeros(1, 3, size, size, device="meta")
    with looking_at(size), torch.no_grad():
        network.eval()(photo)
    for hook in hooks:
        hook.remove()
    return tuple(rows)


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
