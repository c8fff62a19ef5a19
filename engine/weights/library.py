"""The folder of weights that were fetched or imported: one safetensors file each, and beside it what it is."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec

from engine.base.errors import DamagedInput, StorageError, UserError
from engine.base.files import atomic_write

WEIGHTS_SUFFIX = ".safetensors"
INFO_SUFFIX = ".json"
FORMAT = 1


class WeightsInfo(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a file of weights is; stands beside it as JSON.

    `architecture`: timm's name, with the tag of the weights where it is known (`vgg16.tv_in1k`). `n_classes`: outputs
    of its own classifier, 0 where it has none. `origin`: how it came here. `source`: address or file name it came from.
    `sha256`: hex digest of the file as it is kept. `n_bytes`: its size.
    """

    format: int = FORMAT
    architecture: str
    title: str
    n_classes: int
    origin: Literal["fetched", "imported"]
    source: str
    licence: str
    sha256: str
    n_bytes: int


class KeptWeights(msgspec.Struct, frozen=True, kw_only=True):
    """A file of the library and what it is."""

    path: Path
    info: WeightsInfo


def kept_weights(library: Path) -> tuple[KeptWeights, ...]:
    """All weights of the library, by file name; a file without a readable description is left out."""
    found: list[KeptWeights] = []
    for path in sorted(library.glob(f"*{WEIGHTS_SUFFIX}")):
        info = _read_info(path)
        if info is not None:
            found.append(KeptWeights(path=path, info=info))
    return tuple(found)


def find_weights(library: Path | None, architecture: str) -> KeptWeights:
    """The weights kept for an architecture of timm: of the same tag where one is given, fetched before imported.

    Raises:
        UserError: there are none.
    """
    name, _, tag = architecture.partition(".")
    found = [
        kept
        for kept in (kept_weights(library) if library is not None else ())
        if kept.info.architecture == architecture or (not tag and kept.info.architecture.partition(".")[0] == name)
    ]
    if not found:
        raise UserError(
            f"There are no pretrained weights for {architecture} on this machine.",
            safe="Your photos and labels are unchanged.",
            advice="Get the weights (when online), import a file of weights, or train from scratch.",
        )
    return min(found, key=lambda kept: (kept.info.origin != "fetched", kept.path.name))


def keep_info(path: Path, info: WeightsInfo) -> KeptWeights:
    """The file of weights at `path` is described, atomically, and so belongs to the library.

    Raises:
        StorageError: the disk refused.
    """
    atomic_write(path.with_suffix(INFO_SUFFIX), msgspec.json.format(msgspec.json.encode(info)))
    return KeptWeights(path=path, info=info)


def remove_weights(kept: KeptWeights) -> None:
    """The weights are gone from the library; runs that were trained from them keep their own.

    Raises:
        StorageError: the disk refused.
    """
    try:
        kept.path.with_suffix(INFO_SUFFIX).unlink(missing_ok=True)
        kept.path.unlink(missing_ok=True)
    except OSError as error:
        raise StorageError(
            "The weights could not be removed.",
            safe="Trained models are unchanged.",
            advice="Check that the disk is connected and can be written to, then try again.",
            details=repr(error),
        ) from error


def damaged_weights(path: Path) -> DamagedInput:
    """The error for a file of weights that is not what it should be."""
    return DamagedInput(
        "damaged",
        "The file of weights is damaged or belongs to another network.",
        safe="Your photos and labels are unchanged.",
        advice="Remove the weights from the library, then fetch or import them again.",
        details=path.name,
    )


def _read_info(path: Path) -> WeightsInfo | None:
    try:
        info = msgspec.json.decode(path.with_suffix(INFO_SUFFIX).read_bytes(), type=WeightsInfo)
    except (OSError, msgspec.DecodeError, RecursionError):
        return None
    return info if info.format == FORMAT else None
