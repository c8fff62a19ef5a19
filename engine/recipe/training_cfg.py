"""How a network is trained: augmentation, stages, optimiser, schedule, imbalance, stopping."""

from __future__ import annotations

from typing import Literal

import msgspec

Metric = Literal["loss", "accuracy", "macro_f1"]


class AugmentCfg(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Random changes to training photos; photos that score the model are never changed.

    `flip_h`, `flip_v`: probability of mirroring. `rotate`: largest angle, degrees either way. `shift`: largest shift,
    as a share of the side. `shear`: largest angle, degrees. `zoom`: size of the cut-out as a share of the photo is
    between 1 - `zoom` and 1. `colour`: strength of changes to brightness, contrast and saturation, 0..1. `policy`: a
    published bundle of changes on top. `mixup`, `cutmix`: alpha of the Beta distribution, 0 = off. `erase`: probability
    of a grey patch. `up_front`: every training photo stands in eight fixed versions (mirrored both ways, then scaled
    and turned); its versions count as that photo.
    """

    flip_h: float = 0.0
    flip_v: float = 0.0
    rotate: float = 0.0
    shift: float = 0.0
    shear: float = 0.0
    zoom: float = 0.0
    colour: float = 0.0
    policy: Literal["none", "randaugment", "trivialaugment"] = "none"
    mixup: float = 0.0
    cutmix: float = 0.0
    erase: float = 0.0
    up_front: bool = False


AUGMENTS: dict[str, AugmentCfg] = {
    "off": AugmentCfg(),
    "light": AugmentCfg(flip_h=0.5, zoom=0.1),
    "standard": AugmentCfg(flip_h=0.5, rotate=10.0, shift=0.1, zoom=0.25, colour=0.2),
    "strong": AugmentCfg(
        flip_h=0.5, rotate=20.0, shift=0.1, shear=5.0, zoom=0.5, colour=0.4, policy="trivialaugment", erase=0.25
    ),
}


class StageCfg(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Some epochs with part of the network learning.

    `layers`: `head` = the backbone is frozen, `last` = its last `n_last` stages learn too, `all` = everything.
    `lr`: peak learning rate. `layer_decay`: factor on the rate from each group of layers to the one before; 1 = none.
    """

    epochs: int
    layers: Literal["head", "last", "all"] = "all"
    n_last: int = 1
    lr: float = 1e-3
    layer_decay: float = 1.0


class OptimCfg(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The optimiser by its name in timm; `momentum` is for those that have one."""

    name: str = "adamw"
    weight_decay: float = 0.05
    momentum: float = 0.9


class ScheduleCfg(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the learning rate moves within each stage.

    `warmup`: share of the stage's steps over which it rises from zero, 0..1. `floor`: lowest rate, as a share of the
    peak. `step`: times `factor` every `every` epochs. `plateau`: times `factor` after `patience` epochs without gain.
    """

    kind: Literal["constant", "cosine", "step", "one_cycle", "plateau"] = "cosine"
    warmup: float = 0.0
    floor: float = 0.01
    every: int = 5
    factor: float = 0.1
    patience: int = 2


class StoppingCfg(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When to stop early, by a number of the validation photos, and which epoch's weights to keep.

    `patience`: epochs without gain before the training ends; 0 = never. `restore_best`: the best epoch's weights are
    the result, not the last epoch's.
    """

    metric: Metric = "loss"
    patience: int = 0
    restore_best: bool = True


class TrainingCfg(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All of the training but the data, the network and the head.

    `imbalance`: what is done about classes of different size: nothing, weights in the loss, as many draws of each
    class, or the focal loss (Lin et al. 2017) with `focal_gamma`. `smoothing`: label smoothing, 0..1. `ema`: decay of
    the running mean of the weights, 0 = off. `clip`: largest norm of the gradient, 0 = any. `initial_weights`: hex
    SHA-256 of a file of weights in the library that all runs of a comparison start from, or empty.
    """

    stages: tuple[StageCfg, ...] = (StageCfg(epochs=1),)
    batch: int = 32
    augment: AugmentCfg = AUGMENTS["standard"]
    optim: OptimCfg = OptimCfg()
    schedule: ScheduleCfg = ScheduleCfg()
    stopping: StoppingCfg = StoppingCfg()
    imbalance: Literal["none", "class_weights", "balanced_sampler", "focal"] = "class_weights"
    focal_gamma: float = 2.0
    smoothing: float = 0.0
    ema: float = 0.0
    clip: float = 0.0
    initial_weights: str = ""

    @property
    def n_epochs(self) -> int:
        """Epochs of all stages together."""
        return sum(stage.epochs for stage in self.stages)
