"""A trained model as files: what it is (`model.json`), its head (`head.safetensors`), and how both are checked."""

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

from engine.base.errors import DamagedInput, StorageError
from engine.base.files import atomic_write
from engine.nets.heads import Head
from engine.nets.source import BackboneSource, source_again
from engine.nets.tap import TapInfo, tap_rules
from engine.recipe.recipe import Recipe
from engine.recipe.views_cfg import ONCE, ViewsCfg

INFO_FILE = "model.json"
HEAD_FILE = "head.safetensors"
FORMAT = 1
MAX_CLASSES = 10_000
MAX_NAME = 500
MIN_SIZE, MAX_SIZE = 16, 2048
# A header larger than this describes no head and no backbone that there is.
MAX_TENSOR_HEADER = 1 << 20


class ModelClass(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A class the model knows; its position is its column. `n_photos`: how many it learned from."""

    class_id: int
    name: str
    n_photos: int


class ModelInfo(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a trained model is.

    `weights`: identity of the backbone's weights. `feature_key`: name of the cache of its features. `strength`: the C
    that was chosen. `temperature`: see `Head`. `versions`: of what made it. `tap`: where the features come from; None
    for a whole backbone of the catalogue. `views`: how often it looks at each photo when it classifies.
    """

    format: int = FORMAT
    recipe: Recipe
    classes: tuple[ModelClass, ...]
    backbone: str
    backbone_title: str
    backbone_licence: str
    weights: str
    n_features: int
    feature_key: str
    strength: float
    temperature: float
    seed: int
    versions: dict[str, str]
    tap: TapInfo | None = None
    views: ViewsCfg = ONCE


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainedModel:
    """A model that can be used: what it is, its head, and its backbone."""

    info: ModelInfo
    head: Head
    source: BackboneSource


def write_model(folder: Path, info: ModelInfo, head: Head) -> None:
    """The folder holds the model, each file atomically, `model.json` last.

    Raises:
        StorageError: the disk refused.
    """
    atomic_write(folder / HEAD_FILE, encode_head(head))
    atomic_write(folder / INFO_FILE, encode_info(info))


def read_model(folder: Path, library: Path | None = None) -> TrainedModel:
    """The model a run left in its folder, on the backbone that is installed or in the library of weights.

    Raises:
        StorageError: the files are not there.
        DamagedInput: they do not hold a model of this version.
        UserError: the backbone's weights are not here, or others than the model was trained on.
    """
    try:
        info_bytes, head_bytes = (folder / INFO_FILE).read_bytes(), (folder / HEAD_FILE).read_bytes()
    except OSError as error:
        raise StorageError(
            "The model could not be read.",
            safe="Your photos and labels are unchanged.",
            advice="Train again.",
            details=repr(error),
        ) from error
    info = decode_info(info_bytes)
    return TrainedModel(info=info, head=decode_head(head_bytes, info), source=source_again(info, library))


def encode_info(info: ModelInfo) -> bytes:
    """The content of `model.json`."""
    return msgspec.json.format(msgspec.json.encode(info, order="sorted"))


def decode_info(data: bytes) -> ModelInfo:
    """What `model.json` holds, checked.

    Raises:
        DamagedInput: not a model of this version, or one that contradicts itself or its backbone.
    """
    try:
        info = msgspec.json.decode(data, type=ModelInfo)
    except (msgspec.DecodeError, RecursionError) as error:
        raise damaged(f"{INFO_FILE}: {error}") from error
    names = [entry.name for entry in info.classes]
    rules = {
        "format": info.format == FORMAT,
        "classes": 1 <= len(names) <= MAX_CLASSES and all(1 <= len(name) <= MAX_NAME for name in names),
        "class ids": len({entry.class_id for entry in info.classes}) == len(names),
        **tap_rules(info),
        "size": MIN_SIZE <= info.recipe.input.size <= MAX_SIZE,
        "temperature": math.isfinite(info.temperature) and info.temperature > 0.0,
        "strength": math.isfinite(info.strength) and info.strength > 0.0,
    }
    for rule, holds in rules.items():
        if not holds:
            raise damaged(f"{INFO_FILE}: {rule}")
    return info


def encode_head(head: Head) -> bytes:
    """The content of `head.safetensors`; the temperature stands in `model.json`."""
    data: bytes = save_arrays({"weights": np.ascontiguousarray(head.weights), "bias": np.ascontiguousarray(head.bias)})
    return data


def decode_head(data: bytes, info: ModelInfo) -> Head:
    """The head a file holds, fit for the classes and the backbone of `info`.

    Raises:
        DamagedInput: not such a head.
    """
    check_tensor_header(data, HEAD_FILE)
    try:
        arrays = load_arrays(data)
    except (SafetensorError, KeyError, ValueError, TypeError) as error:
        raise damaged(f"{HEAD_FILE}: {error}") from error
    if arrays.keys() != {"weights", "bias"}:
        raise damaged(f"{HEAD_FILE}: holds {sorted(arrays)}")
    k = len(info.classes)
    weights = _checked(arrays["weights"], (info.n_features, k))
    bias = _checked(arrays["bias"], (k,))
    return Head(weights=weights, bias=bias, temperature=info.temperature)


def check_tensor_header(data: bytes, name: str) -> None:
    """Nothing, if the header's length is sane; the header itself is checked by the safetensors library.

    Raises:
        DamagedInput: too short, or the header is absurdly long.
    """
    length = int.from_bytes(data[:8], "little")
    if len(data) < 8 or length > min(MAX_TENSOR_HEADER, len(data) - 8):
        raise damaged(f"{name}: header of {length} bytes")


def damaged(details: str) -> DamagedInput:
    """The error for model files that are not what they should be."""
    return DamagedInput(
        "damaged",
        "The model file is damaged, or was not made by this version of Fieldmark.",
        safe="Nothing was changed.",
        advice="Ask for the file again, or save the model again in the project it came from.",
        details=details,
    )


def _checked(array: NDArray[np.float32], shape: tuple[int, ...]) -> NDArray[np.float32]:
    if array.dtype != np.float32 or array.shape != shape or not np.isfinite(array).all():
        raise damaged(f"{HEAD_FILE}: {array.dtype} {array.shape} instead of float32 {shape}, or not finite")
    return array
