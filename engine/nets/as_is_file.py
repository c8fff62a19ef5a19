"""A pretrained network as it is, as files: its own thousand outputs, and which of them mean a project's classes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load as load_arrays
from safetensors.numpy import save as save_arrays

from engine.base.errors import StorageError
from engine.base.files import atomic_write
from engine.nets.heads import log_softmax
from engine.nets.imagenet import N_CLASSES
from engine.nets.model_file import (
    INFO_FILE,
    MAX_CLASSES,
    MAX_NAME,
    MAX_SIZE,
    MIN_SIZE,
    ModelClass,
    check_tensor_header,
    damaged,
)
from engine.nets.source import BackboneSource, source_again
from engine.nets.tap import TapInfo, tap_rules
from engine.recipe.head_cfg import AsIsCfg
from engine.recipe.recipe import Recipe
from engine.recipe.views_cfg import ONCE, ViewsCfg

OWN_HEAD_FILE = "own_head.safetensors"
FORMAT = 1


class AsIsInfo(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the model is; the fields are those of `ModelInfo`. `meaning`: each class's columns among the thousand.

    `temperature`: see `scaled`; it changes confidences alone, never the answer.
    """

    format: int = FORMAT
    recipe: Recipe
    classes: tuple[ModelClass, ...]
    meaning: tuple[tuple[int, ...], ...]
    backbone: str
    backbone_title: str
    backbone_licence: str
    weights: str
    n_features: int
    versions: dict[str, str]
    tap: TapInfo | None = None
    views: ViewsCfg = ONCE
    temperature: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnHead:
    """The network's own classifier: (d, 1000) float32 weights and (1000,) bias."""

    weights: NDArray[np.float32]
    bias: NDArray[np.float32]

    def probs(
        self, features: NDArray[np.float32], meaning: tuple[tuple[int, ...], ...], temperature: float = 1.0
    ) -> NDArray[np.float32]:
        """(n, k) probabilities of the k classes `meaning` stands for, among those classes alone; rows sum to 1.

        A class gets the sum of its columns; one that means nothing gets 0.

        Args:
            features: (n, d) pooled, as the backbone gives them.
        """
        logits = features @ self.weights + self.bias
        # Only the columns that mean something compete: the others never occur among these photos.
        used = sorted({column for columns in meaning for column in columns})
        shares = np.exp(log_softmax(logits[:, used]))
        place = {column: at for at, column in enumerate(used)}
        sums = np.stack([shares[:, [place[c] for c in columns]].sum(axis=1) for columns in meaning], axis=1)
        return scaled(np.asarray(sums / sums.sum(axis=1, keepdims=True), dtype=np.float32), temperature)


def scaled(probs: NDArray[np.float32], temperature: float) -> NDArray[np.float32]:
    """(n, k) probabilities whose logarithms were divided by `temperature` > 0; rows sum to 1."""
    if temperature == 1.0:
        return probs
    raised = (probs / probs.max(axis=1, keepdims=True)) ** np.float32(1 / temperature)
    return np.asarray(raised / raised.sum(axis=1, keepdims=True), dtype=np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class AsIsTrained:
    """A network as it is, ready to be used."""

    info: AsIsInfo
    head: OwnHead
    source: BackboneSource


def write_as_is(folder: Path, info: AsIsInfo, head: OwnHead) -> None:
    """The folder holds the model, each file atomically, `model.json` last.

    Raises:
        StorageError: the disk refused.
    """
    atomic_write(folder / OWN_HEAD_FILE, encode_own_head(head))
    atomic_write(folder / INFO_FILE, encode_as_is_info(info))


def read_as_is(folder: Path, library: Path | None = None) -> AsIsTrained:
    """The model a run left in its folder, on the backbone that is installed or in the library of weights.

    Raises:
        StorageError: the files are not there; DamagedInput: they hold no such model.
        UserError: the backbone's weights are not here, or others.
    """
    try:
        info = decode_as_is_info((folder / INFO_FILE).read_bytes())
        data = (folder / OWN_HEAD_FILE).read_bytes()
    except OSError as error:
        raise StorageError(
            "The model could not be read.",
            safe="Your photos and labels are unchanged.",
            advice="Train again.",
            details=repr(error),
        ) from error
    source = source_again(info, library)
    return AsIsTrained(info=info, head=decode_own_head(data, info), source=source)


def encode_as_is_info(info: AsIsInfo) -> bytes:
    """The content of `model.json`."""
    return msgspec.json.format(msgspec.json.encode(info, order="sorted"))


def decode_as_is_info(data: bytes) -> AsIsInfo:
    """What `model.json` holds, checked.

    Raises:
        DamagedInput: not a model of this version, or one that contradicts itself.
    """
    try:
        info = msgspec.json.decode(data, type=AsIsInfo)
    except (msgspec.DecodeError, RecursionError) as error:
        raise damaged(f"{INFO_FILE}: {error}") from error
    names = [entry.name for entry in info.classes]
    columns = [column for mine in info.meaning for column in mine]
    rules = {
        "format": info.format == FORMAT,
        "classes": 1 <= len(names) <= MAX_CLASSES and all(1 <= len(name) <= MAX_NAME for name in names),
        "meaning": len(info.meaning) == len(names)
        and bool(columns)
        and all(0 <= column < N_CLASSES for column in columns),
        "temperature": math.isfinite(info.temperature) and info.temperature > 0.0,
        **tap_rules(info),
        "head": isinstance(info.recipe.head, AsIsCfg),
        "size": MIN_SIZE <= info.recipe.input.size <= MAX_SIZE,
    }
    for rule, holds in rules.items():
        if not holds:
            raise damaged(f"{INFO_FILE}: {rule}")
    return info


def encode_own_head(head: OwnHead) -> bytes:
    """The content of `own_head.safetensors`."""
    data: bytes = save_arrays({"weights": np.ascontiguousarray(head.weights), "bias": np.ascontiguousarray(head.bias)})
    return data


def decode_own_head(data: bytes, info: AsIsInfo) -> OwnHead:
    """The head a file holds.

    Raises:
        DamagedInput: not such a head.
    """
    check_tensor_header(data, OWN_HEAD_FILE)
    try:
        arrays = load_arrays(data)
    except (SafetensorError, KeyError, ValueError, TypeError) as error:
        raise damaged(f"{OWN_HEAD_FILE}: {error}") from error
    shapes = {"weights": (info.n_features, N_CLASSES), "bias": (N_CLASSES,)}
    for name, shape in shapes.items():
        array = arrays.get(name)
        if array is None or array.dtype != np.float32 or array.shape != shape or not np.isfinite(array).all():
            raise damaged(f"{OWN_HEAD_FILE}: {name}")
    return OwnHead(weights=arrays["weights"], bias=arrays["bias"])
