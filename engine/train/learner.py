"""A network that learns batch by batch: its optimiser, its running mean, how much of a batch is held at once."""

from __future__ import annotations

import contextlib
import copy
import math
from collections.abc import Callable, Iterator, Mapping

import torch
from torch import Tensor, nn

from engine.base.errors import EngineBug, UserError
from engine.nets.network import Network
from engine.recipe.training_cfg import StageCfg, TrainingCfg
from engine.train.as_one import as_one, own_share
from engine.train.checkpoint import OptimiserState
from engine.train.losses import loss_of
from engine.train.optim import first_learning, make_optimiser, parameter_groups
from engine.train.ranks import ALONE, Ranks, add_up_gradients
from engine.train.shortage import is_lack_of_memory
from engine.train.variant import TrainVariant


class Learner:
    """Network, optimiser and running mean, on the variant's device.

    Args:
        weights: (k,) class weights for the loss, or None.
        micro: photos that are held at once, 0 = a whole batch.
        on_short: called with the new `micro` when memory was short.
        ranks: the processes that learn together, all with the same weights.
    """

    def __init__(
        self,
        network: Network,
        cfg: TrainingCfg,
        variant: TrainVariant,
        *,
        weights: Tensor | None,
        on_short: Callable[[int], None],
        ranks: Ranks = ALONE,
    ) -> None:
        self.network = network
        self.micro = 0
        self.optimiser: torch.optim.Optimizer | None = None
        self._cfg = cfg
        self._variant = variant
        self._weights = None if weights is None else weights.to(variant.device)
        self._on_short = on_short
        self._ranks = ranks
        variant.place(network)
        self._ema: Network | None = copy.deepcopy(network).eval() if cfg.ema else None

    @property
    def judged(self) -> Network:
        """The weights that are judged and kept: the running mean where there is one."""
        return self._ema or self.network

    def begin_stage(self, stage: StageCfg) -> None:
        """Only the stage's layers learn, with a fresh optimiser.

        Raises:
            UserError: there is no such optimiser.
        """
        stages = self.network.stages()
        first = first_learning(stage, len(stages))
        for number, parameters in enumerate(stages):
            for parameter in parameters:
                parameter.requires_grad_(number >= first)
        self.optimiser = make_optimiser(self._cfg.optim, parameter_groups(stages, stage, self._cfg.optim.weight_decay))

    def train_mode(self, stage: StageCfg) -> None:
        """Learning layers in training mode; frozen ones answer as they always do, so that batch norm does not move."""
        self.network.train()
        modules = self.network.stage_modules()
        for frozen in modules[: first_learning(stage, len(modules))]:
            for module in frozen:
                module.eval()

    def set_rate(self, rate: float) -> float:
        """All learning rates are `rate` times their peaks; returns the highest."""
        for group in self._made().param_groups:
            group["lr"] = group["peak"] * rate
        return self.lr

    @property
    def lr(self) -> float:
        """The highest learning rate now; 0 before the first stage."""
        return 0.0 if self.optimiser is None else max(float(group["lr"]) for group in self.optimiser.param_groups)

    def learn(self, x: Tensor, targets: Tensor, step: int) -> tuple[float, int]:
        """One step on a batch, number `step` of the training: its mean loss, and how many photos were right.

        Of several processes each is given the whole batch and learns from its share; what they find is added up, so
        that all take the same step.

        A loss that is no finite number changes no weight; nor does a gradient, and the loss is then told as NaN. Where
        memory is short, half as many photos are held at once from then on, and their gradients are added up.

        Raises:
            UserError: a single photo does not fit, or a process that is not alone has too little memory.
            RuntimeError: another process is gone.
        """
        while True:
            micro = self.micro or len(x)
            try:
                return self._step(x, targets, micro, step)
            except (torch.OutOfMemoryError, MemoryError, RuntimeError) as error:
                if not is_lack_of_memory(error):
                    raise
                self._halve(min(micro, len(x)), error)

    def tensors(self) -> dict[str, Tensor]:
        """The weights, for a checkpoint."""
        held = {f"network.{name}": tensor for name, tensor in self.network.state_dict().items()}
        if self._ema is not None:
            held |= {f"ema.{name}": tensor for name, tensor in self._ema.state_dict().items()}
        return held

    def load(self, tensors: Mapping[str, Tensor]) -> None:
        """The weights are those of a checkpoint."""
        for prefix, module in (("network.", self.network), ("ema.", self._ema)):
            if module is not None:
                module.load_state_dict(
                    {name.removeprefix(prefix): t for name, t in tensors.items() if name.startswith(prefix)}
                )

    def load_optimiser(self, state: OptimiserState) -> None:
        """The optimiser of the present stage is as it was at a checkpoint.

        Raises:
            DamagedInput: the checkpoint is of other layers.
        """
        state.restore(self._made())

    def _made(self) -> torch.optim.Optimizer:
        if self.optimiser is None:
            raise EngineBug("A network was to learn before its first stage had begun.")
        return self.optimiser

    def _step(self, x: Tensor, targets: Tensor, micro: int, step: int) -> tuple[float, int]:
        optimiser = self._made()
        optimiser.zero_grad(set_to_none=True)
        total, n_right = 0.0, 0
        for at in range(0, len(x), micro):
            n = len(x[at : at + micro])
            own, n_own = own_share(n, self._ranks)
            part, wanted = x[at : at + micro][own], targets[at : at + micro][own]
            if self._variant.channels_last:
                part = part.contiguous(memory_format=torch.channels_last)
            with (
                self._variant.casting(),
                _norms_still(self.network) if n == 1 else contextlib.nullcontext(),
                as_one(n, self._ranks),
            ):
                logits = self.network(part)
            loss = loss_of(logits, wanted, self._cfg, self._weights) * (n_own / len(x))
            loss.backward()  # type: ignore[no-untyped-call]
            total += float(loss.detach())
            n_right += int((logits.argmax(dim=1) == wanted.argmax(dim=1))[:n_own].sum())
        total, n_right = self._of_all(total, n_right)
        if not math.isfinite(total):
            return total, n_right
        add_up_gradients(list(self.network.parameters()), self._ranks)
        learning = [parameter for parameter in self.network.parameters() if parameter.grad is not None]
        norm = nn.utils.get_total_norm([p.grad for p in learning if p.grad is not None])
        if not math.isfinite(float(norm)):
            return math.nan, n_right
        if self._cfg.clip:
            nn.utils.clip_grads_with_norm_(learning, self._cfg.clip, norm)
        optimiser.step()
        if self._ema is not None:
            self._move_mean(self._ema, step)
        return total, n_right

    def _of_all(self, total: float, n_right: int) -> tuple[float, int]:
        if self._ranks.world == 1:
            return total, n_right
        summed = self._ranks.add_up(torch.tensor([total, float(n_right)], dtype=torch.float64))
        return float(summed[0]), int(summed[1])

    def _move_mean(self, ema: Network, step: int) -> None:
        # A young mean follows faster, or the first weights would weigh for ever.
        decay = min(self._cfg.ema, (1 + step) / (10 + step))
        with torch.no_grad():
            own = self.network.state_dict()
            for name, mean in ema.state_dict().items():
                if mean.dtype.is_floating_point:
                    mean.lerp_(own[name], 1 - decay)
                else:
                    mean.copy_(own[name])

    def _halve(self, micro: int, error: BaseException) -> None:
        self._made().zero_grad(set_to_none=True)
        if self._ranks.world > 1:
            # The others wait for this one's part of a sum that it cannot give.
            raise UserError(
                "One of the processes that train together had too little memory.",
                safe="What was learned up to the last checkpoint is kept, your photos and labels are unchanged.",
                advice="Go on with fewer processes, or choose a smaller batch in the recipe.",
                details=repr(error),
            ) from error
        if micro <= 1:
            raise UserError(
                "One photo alone does not fit in memory with this network.",
                safe="Your photos and labels are unchanged.",
                advice="Choose a smaller photo size or a smaller network, or close other programs.",
                details=repr(error),
            ) from error
        self.micro = micro // 2
        self._on_short(self.micro)


@contextlib.contextmanager
def _norms_still(network: nn.Module) -> Iterator[None]:
    """Batch norm takes the means it knows: one photo alone has no spread, and torch refuses to learn from it."""
    norms = [m for m in network.modules() if isinstance(m, nn.modules.batchnorm._BatchNorm) and m.training]  # noqa: SLF001
    for norm in norms:
        norm.eval()
    try:
        yield
    finally:
        for norm in norms:
            norm.train()
