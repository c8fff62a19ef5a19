"""A network trained as a whole, as files: what it is (`model.json`) and all its weights (`net.safetensors`)."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from engine.base.errors import StorageError
from engine.base.files import atomic_write
from engine.nets.model_file import INFO_FILE, MAX_CLASSES, MAX_NAME, MAX_SIZE, MIN_SIZE, ModelClass, damaged
from engine.recipe.head_cfg import DenseHeadCfg
from engine.recipe.recipe import Recipe
from engine.recipe.views_cfg import ONCE, ViewsCfg

if TYPE_CHECKING:
    from engine.nets.network import Network

NET_FILE = "net.safetensors"
FORMAT = 1


class NetworkInfo(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a trained network is; the fields are those of `ModelInfo`. `licence`: of its first weights, or empty."""

    format: int = FORMAT
    recipe: Recipe
    classes: tuple[ModelClass, ...]
    title: str
    licence: str
    temperature: float
    seed: int
    versions: dict[str, str]
    views: ViewsCfg = ONCE


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkTrained:
    """A trained network that can be used.

    `load`: the network in evaluation mode on the CPU (imports torch; may raise `DamagedInput`). `data`: the content of
    its file of weights.
    """

    info: NetworkInfo
    load: Callable[[], Network]
    data: Callable[[], bytes]


def write_network_info(folder: Path, info: NetworkInfo) -> None:
    """The folder, which holds the weights already, holds the model.

    Raises:
        StorageError: the disk refused.
    """
    atomic_write(folder / INFO_FILE, encode_network_info(info))


def read_network(folder: Path) -> NetworkTrained:
    """The model a run left in its folder.

    Raises:
        StorageError: the files are not there; DamagedInput: they hold no such model.
    """
    path = folder / NET_FILE
    try:
        info = decode_network_info((folder / INFO_FILE).read_bytes())
        path.stat()
    except OSError as error:
        raise StorageError(
            "The model could not be read.",
            safe="Your photos and labels are unchanged.",
            advice="Train again.",
            details=repr(error),
        ) from error

    def load() -> Network:
        from engine.nets.network import load_network

        return load_network(info.recipe, len(info.classes), path)

    return NetworkTrained(info=info, load=load, data=path.read_bytes)


def encode_network_info(info: NetworkInfo) -> bytes:
    """The content of `model.json`."""
    return msgspec.json.format(msgspec.json.encode(info, order="sorted"))


def decode_network_info(data: bytes) -> NetworkInfo:
    """What `model.json` holds, checked.

    Raises:
        DamagedInput: not a model of this version, or one that contradicts itself.
    """
    try:
        info = msgspec.json.decode(data, type=NetworkInfo)
    except (msgspec.DecodeError, RecursionError) as error:
        raise damaged(f"{INFO_FILE}: {error}") from error
    names = [entry.name for entry in info.classes]
    rules = {
        "format": info.format == FORMAT,
        "classes": 1 <= len(names) <= MAX_CLASSES and all(1 <= len(name) <= MAX_NAME for name in names),
        "head": isinstance(info.recipe.head, DenseHeadCfg),
        "size": MIN_SIZE <= info.recipe.input.size <= MAX_SIZE,
        "temperature": math.isfinite(info.temperature) and info.temperature > 0.0,
    }
    for rule, holds in rules.items():
        if not holds:
            raise damaged(f"{INFO_FILE}: {rule}")
    return info
