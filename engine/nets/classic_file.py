"""A classic classifier as files: what it is (`model.json`), and the fitted classifier without any program in it.

scikit-learn's are saved by skops, which describes them as data and builds only types that are allowed by name;
XGBoost's trees are its own binary JSON.
"""

from __future__ import annotations

import math
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import msgspec
import numpy as np

from engine.base.errors import StorageError
from engine.base.files import atomic_write
from engine.nets.boosted import Boosted
from engine.nets.model_file import INFO_FILE, MAX_CLASSES, MAX_NAME, MAX_SIZE, MIN_SIZE, ModelClass, damaged
from engine.nets.source import BackboneSource, source_again
from engine.nets.tap import TapInfo, tap_rules
from engine.recipe.head_cfg import ClassicCfg
from engine.recipe.recipe import Recipe
from engine.recipe.views_cfg import ONCE, ViewsCfg

SKOPS_FILE = "classifier.skops"
BOOSTED_FILE = "classifier.ubj"
FORMAT = 1
MAX_BYTES = 1 << 30
# Trees of forests and of boosting: tables of numbers. Every other type skops builds is on its own list.
ALLOWED = frozenset({"sklearn.tree._tree.Tree", "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor"})


class ClassicInfo(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a classic model is; the fields are those of `ModelInfo`. `known`: columns the classifier can answer with."""

    format: int = FORMAT
    recipe: Recipe
    classes: tuple[ModelClass, ...]
    backbone: str
    backbone_title: str
    backbone_licence: str
    weights: str
    n_features: int
    known: tuple[int, ...]
    temperature: float
    seed: int
    versions: dict[str, str]
    tap: TapInfo | None = None
    views: ViewsCfg = ONCE


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassicTrained:
    """A classic model that can be used."""

    info: ClassicInfo
    estimator: Any
    source: BackboneSource


def write_classic(folder: Path, info: ClassicInfo, estimator: object) -> None:
    """The folder holds the model, each file atomically, `model.json` last.

    Raises:
        StorageError: the disk refused.
    """
    name, data = encode_classifier(estimator)
    atomic_write(folder / name, data)
    atomic_write(folder / INFO_FILE, encode_classic_info(info))


def encode_classic_info(info: ClassicInfo) -> bytes:
    """The content of `model.json`."""
    return msgspec.json.format(msgspec.json.encode(info, order="sorted"))


def read_classic(folder: Path, library: Path | None = None) -> ClassicTrained:
    """The model a run left in its folder, on the backbone that is installed or in the library of weights.

    Raises:
        StorageError: the files are not there; DamagedInput: they hold no such model.
        UserError: the backbone's weights are not here, or others than the model was trained on.
    """
    try:
        info = decode_classic_info((folder / INFO_FILE).read_bytes())
        name = BOOSTED_FILE if (folder / BOOSTED_FILE).is_file() else SKOPS_FILE
        data = (folder / name).read_bytes()
    except OSError as error:
        raise StorageError(
            "The model could not be read.",
            safe="Your photos and labels are unchanged.",
            advice="Train again.",
            details=repr(error),
        ) from error
    source = source_again(info, library)
    return ClassicTrained(info=info, estimator=decode_classifier(name, data, info), source=source)


def encode_classifier(estimator: object) -> tuple[str, bytes]:
    """The file's name and its content."""
    if isinstance(estimator, Boosted):
        return BOOSTED_FILE, estimator.to_bytes()
    from skops.io import dumps

    return SKOPS_FILE, cast("bytes", dumps(estimator))


def decode_classifier(name: str, data: bytes, info: ClassicInfo) -> Any:
    """The classifier a file holds, fit for the columns of `info`.

    Raises:
        DamagedInput: not such a file, or it names a type that is not allowed.
    """
    if len(data) > MAX_BYTES:
        raise damaged(f"{name}: {len(data)} bytes")
    known = np.array(info.known, dtype=np.int64)
    estimator = _boosted(data, known) if name == BOOSTED_FILE else _from_skops(data)
    classes = getattr(estimator, "classes_", None)
    width = getattr(estimator, "n_features_in_", info.n_features)
    if classes is None or not np.array_equal(classes, known) or width != info.n_features:
        raise damaged(f"{name}: other classes or features than {INFO_FILE} says")
    return estimator


def decode_classic_info(data: bytes) -> ClassicInfo:
    """What `model.json` holds, checked.

    Raises:
        DamagedInput: not a model of this version, or one that contradicts itself.
    """
    try:
        info = msgspec.json.decode(data, type=ClassicInfo)
    except (msgspec.DecodeError, RecursionError) as error:
        raise damaged(f"{INFO_FILE}: {error}") from error
    names = [entry.name for entry in info.classes]
    rules = {
        "format": info.format == FORMAT,
        "classes": 1 <= len(names) <= MAX_CLASSES and all(1 <= len(name) <= MAX_NAME for name in names),
        "known": list(info.known) == sorted(set(info.known)) and set(info.known) <= set(range(len(names))),
        **tap_rules(info),
        "head": isinstance(info.recipe.head, ClassicCfg),
        "size": MIN_SIZE <= info.recipe.input.size <= MAX_SIZE,
        "temperature": math.isfinite(info.temperature) and info.temperature > 0.0,
    }
    for rule, holds in rules.items():
        if not holds:
            raise damaged(f"{INFO_FILE}: {rule}")
    return info


def _boosted(data: bytes, known: np.ndarray[Any, np.dtype[np.int64]]) -> Boosted:
    try:
        return Boosted.from_bytes(data, known)
    except (ImportError, ValueError) as error:
        # XGBoost's own error is a ValueError.
        raise damaged(f"{BOOSTED_FILE}: {error!r:.300}") from error


def _from_skops(data: bytes) -> Any:
    from skops.io import get_untrusted_types, loads

    try:
        wanted = set(get_untrusted_types(data=data))
        if wanted - ALLOWED:
            raise damaged(f"{SKOPS_FILE}: holds {sorted(wanted - ALLOWED)[:5]}")
        return loads(data, trusted=sorted(wanted))
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, AttributeError, ImportError, OSError) as error:
        raise damaged(f"{SKOPS_FILE}: {error!r:.300}") from error
