"""A network that is trained as a whole: preprocessing, body and head; how it is made, kept and counted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors
from torch import Tensor, nn

from engine.base.errors import DamagedInput, EngineBug
from engine.base.files import atomic_write
from engine.nets.backbones import check_state
from engine.nets.body import Body, stage_modules, stage_parameters, width_of
from engine.nets.built import BuiltBody
from engine.nets.dense_head import DenseHead
from engine.nets.timm_body import build_body
from engine.recipe.head_cfg import DenseHeadCfg
from engine.recipe.model_cfg import BackboneCfg
from engine.recipe.recipe import Recipe

# Body and head draw from streams of their own: a head starts alike whatever weights its body has.
_HEAD_STREAM = 1 << 40


class Network(nn.Module):
    """Preprocessing, body and head.

    `forward` takes (n, 3, side, side) RGB, uint8 or float32 of values 0..255, to (n, k) logits.
    """

    def __init__(self, body: Body, head: DenseHead, n_classes: int) -> None:
        super().__init__()
        self.body = body
        self.head = head
        self.n_classes = n_classes
        self.title = body.title
        self.register_buffer("mean", torch.tensor(body.input_mean).reshape(1, 3, 1, 1), persistent=False)
        self.register_buffer("std", torch.tensor(body.input_std).reshape(1, 3, 1, 1), persistent=False)

    def embed(self, x: Tensor) -> Tensor:
        """(n, d) float32: what enters the head, pooled or flattened."""
        mean, std = self.get_buffer("mean"), self.get_buffer("std")
        out: Tensor = self.body((x.float() - mean) / std)
        return out

    def forward(self, x: Tensor) -> Tensor:
        """(n, k) logits; see the class."""
        out: Tensor = self.head(self.embed(x))
        return out

    def stages(self) -> list[list[nn.Parameter]]:
        """The parameters of each stage from input to output; the last entry is the head."""
        return [*stage_parameters(self.body), list(self.head.parameters())]

    def stage_modules(self) -> list[list[nn.Module]]:
        """The modules of the same stages, so that frozen ones can be put into evaluation mode."""
        return [*stage_modules(self.body), [self.head]]


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkFacts:
    """Sizes of a network.

    `n_parameters`: what learning could change. `n_trainable`: those it may change now. `n_buffers`: means and variances
    that batch norm keeps; Keras counts them as (untrainable) parameters, torch does not. The counter of batches that
    torch keeps beside them is in none of these. `n_bytes`: of parameters and buffers together.
    """

    n_parameters: int
    n_trainable: int
    n_buffers: int
    n_bytes: int


def build_network(recipe: Recipe, n_classes: int, *, library: Path | None, seed: int) -> Network:
    """The network of a recipe, in training mode on the CPU, float32, all of it trainable.

    Pretrained weights are loaded where the recipe says so; all others come from `seed` alone, and neither read nor
    change torch's global generator.

    Raises:
        UserError: no such network, weights that are not here, or photos too small for it.
        DamagedInput: the weights are not those of this architecture.
    """
    return _build(recipe, n_classes, library=library, seed=seed, pretrained=True)


def sketch_network(recipe: Recipe, n_classes: int) -> Network:
    """The network of a recipe without numbers (on the meta device): shapes and counts, in no time and no memory.

    Raises:
        UserError: as `build_network`; weights are not needed.
    """
    with torch.device("meta"):
        return _build(recipe, n_classes, library=None, seed=0, pretrained=False)


def network_facts(network: nn.Module) -> NetworkFacts:
    """How large the network is."""
    parameters = list(network.parameters())
    kept = network.state_dict().keys()
    buffers = [buffer for name, buffer in network.named_buffers() if name in kept and buffer.dtype.is_floating_point]
    return NetworkFacts(
        n_parameters=sum(parameter.numel() for parameter in parameters),
        n_trainable=sum(parameter.numel() for parameter in parameters if parameter.requires_grad),
        n_buffers=sum(buffer.numel() for buffer in buffers),
        n_bytes=sum(tensor.numel() * tensor.element_size() for tensor in [*parameters, *buffers]),
    )


def save_network(path: Path, network: Network) -> None:
    """`path` holds all weights of the network as safetensors, atomically.

    Raises:
        StorageError: the disk refused; the old file, if any, is intact.
    """
    state = {name: tensor.detach().cpu().contiguous() for name, tensor in network.state_dict().items()}
    atomic_write(path, save_tensors(state))


def load_network(recipe: Recipe, n_classes: int, path: Path) -> Network:
    """The network of a recipe with the weights that `save_network` left, in evaluation mode on the CPU.

    Raises:
        UserError: the recipe describes no network there is.
        DamagedInput: the file is missing or damaged, or any tensor is missing, left over or of another shape.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise DamagedInput("missing", "The weights of the model are not there any more.", details=str(error)) from error
    except OSError as error:
        raise DamagedInput("damaged", "The weights of the model cannot be read.", details=repr(error)) from error
    return network_from(recipe, n_classes, data, path.name)


def network_from(recipe: Recipe, n_classes: int, data: bytes, name: str) -> Network:
    """The network of a recipe with the weights that `save_network` wrote, as bytes; see `load_network`.

    Raises:
        UserError, DamagedInput: as `load_network`; `name` stands in the details.
    """
    try:
        state = load_tensors(data)
    except (SafetensorError, ValueError, KeyError, TypeError) as error:
        raise DamagedInput(
            "damaged",
            "The weights of the model are damaged.",
            safe="Your photos and labels are unchanged.",
            advice="Train again, or use another model.",
            details=f"{name}: {error!r}",
        ) from error
    network = _build(recipe, n_classes, library=None, seed=0, pretrained=False)
    check_state(state, network.state_dict())
    network.load_state_dict(state)
    return network.eval()


def _build(recipe: Recipe, n_classes: int, *, library: Path | None, seed: int, pretrained: bool) -> Network:
    head = recipe.head
    if not isinstance(head, DenseHeadCfg):
        raise EngineBug("A network was to be built for a recipe that trains none.", details=type(head).__name__)
    with _seeded(seed):
        body = _body(recipe, head, library=library, pretrained=pretrained)
    n_inputs = width_of(body, recipe.input.size)
    with _seeded(seed + _HEAD_STREAM):
        return Network(body, DenseHead(head, n_inputs, n_classes), n_classes)


def _body(recipe: Recipe, head: DenseHeadCfg, *, library: Path | None, pretrained: bool) -> Body:
    model = recipe.model
    if isinstance(model, BackboneCfg):
        wanted = pretrained and model.weights == "pretrained"
        return build_body(model, head.pool, size=recipe.input.size, pretrained=wanted, library=library)
    return BuiltBody(model, head.pool)


@contextmanager
def _seeded(seed: int) -> Iterator[None]:
    """Random numbers on the CPU come from `seed` inside the block; the generator is afterwards as it was before."""
    state = torch.default_generator.get_state()
    torch.default_generator.manual_seed(seed)
    try:
        yield
    finally:
        torch.default_generator.set_state(state)
