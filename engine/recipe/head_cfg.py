"""What stands on the network's features and answers: a logistic regression, a classic classifier, dense layers, or the
network's own thousand classes.
"""

from __future__ import annotations

from typing import Literal

import msgspec


class LogisticCfg(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="logistic"
):
    """Multinomial logistic regression on frozen features (Quick).

    `strengths`: candidates for C, the inverse of the L2 penalty's weight, smaller = simpler model; one is chosen by
    cross-validation with `folds` folds. `balanced`: every class weighs the same, however many photos it has.
    """

    strengths: tuple[float, ...] = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
    folds: int = 5
    balanced: bool = True


class ClassicCfg(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="classic"
):
    """A classic classifier on frozen features, scored by cross-validation with `folds` folds as Quick is.

    `strength`: C of the SVM (radial basis functions). `trees`: of the forest. `rounds`, `depth`: of boosting, and of
    its trees. `neighbours`: of k-NN. `balanced`: classes weigh the same (SVM, forest, boosting).
    """

    method: Literal["svm", "forest", "boosting", "neighbours"] = "svm"
    strength: float = 3.0
    trees: int = 300
    rounds: int = 100
    depth: int = 4
    neighbours: int = 5
    folds: int = 5
    balanced: bool = True


class DenseCfg(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A dense layer: `width` outputs, ReLU, then batch norm and dropout where wanted."""

    width: int
    norm: bool = False
    dropout: float = 0.0


class DenseHeadCfg(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="dense"
):
    """Layers trained together with the network; after them comes one linear layer with an output a class.

    `pool`: the mean of the feature map, or the whole map flattened. `norm`, `dropout`: of what enters the first layer.
    """

    pool: Literal["average", "flatten"] = "average"
    norm: bool = False
    dropout: float = 0.0
    dense: tuple[DenseCfg, ...] = ()


class Mapping(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, array_like=True):
    """A class of the project and the indices of the ImageNet classes (0..999) that mean it."""

    class_name: str
    columns: tuple[int, ...]


class AsIsCfg(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="as_is"):
    """The pretrained network's own classes, untrained; a class of the project gets the sum of those that mean it.

    Empty `mapping`: by name, where a class of the project is called as an ImageNet class is.
    """

    mapping: tuple[Mapping, ...] = ()


HeadCfg = LogisticCfg | ClassicCfg | DenseHeadCfg | AsIsCfg
