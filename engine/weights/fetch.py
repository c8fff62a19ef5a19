"""Weights from the hub into the library: fetched, checked, and described."""

from __future__ import annotations

from pathlib import Path

from filelock import FileLock, Timeout
from safetensors import SafetensorError, safe_open

from engine.base.errors import DamagedInput, UserError
from engine.base.events import Emit
from engine.base.stop import StopToken
from engine.recipe.catalogue import HubWeights
from engine.weights.hub import DEFAULT_HUB, HubFile, fetch
from engine.weights.library import WEIGHTS_SUFFIX, KeptWeights, WeightsInfo, keep_info, kept_weights


def fetch_weights(
    facts: HubWeights, library: Path, *, emit: Emit, stop: StopToken, hub: str = DEFAULT_HUB
) -> KeptWeights:
    """The weights of a network, from the library if they are there, else from the hub at address `hub`.

    Raises:
        Stopped: on request; the next call goes on where this one stopped.
        UserError: the hub cannot be reached or does not have them, or they are being fetched already.
        DamagedInput: what came is not what was announced, or no safetensors.
        StorageError: the disk refused or is too small.
    """
    source = HubFile(repo=facts.repo, file=facts.file, revision=facts.revision)
    path = library / f"{facts.architecture}{WEIGHTS_SUFFIX}"
    try:
        with FileLock(library / f".{path.name}.lock", timeout=0):
            for kept in kept_weights(library):
                if kept.path == path:
                    return kept
            sha256 = fetch(source, path, hub=hub, sha256=facts.sha256, emit=emit, stop=stop)
            _check_is_safetensors(path)
            return keep_info(path, _info(facts, source.url(hub), sha256, path.stat().st_size))
    except Timeout as error:
        raise UserError(f"The weights of {facts.title} are being fetched already.", advice="Wait for it.") from error


def _info(facts: HubWeights, url: str, sha256: str, n_bytes: int) -> WeightsInfo:
    return WeightsInfo(
        architecture=facts.architecture,
        title=facts.title,
        n_classes=facts.n_classes,
        origin="fetched",
        source=url,
        licence=facts.licence,
        sha256=sha256,
        n_bytes=n_bytes,
    )


def _check_is_safetensors(path: Path) -> None:
    try:
        with safe_open(path, framework="numpy") as file:
            n_tensors = len(file.keys())
    except (SafetensorError, OSError, ValueError) as error:
        path.unlink(missing_ok=True)
        raise _no_weights(repr(error)) from error
    if n_tensors == 0:
        path.unlink(missing_ok=True)
        raise _no_weights("no tensors")


def _no_weights(details: str) -> DamagedInput:
    return DamagedInput(
        "damaged",
        "What came from the hub is no file of weights.",
        safe="Nothing of it was kept.",
        advice="Choose another network, or import a file of weights.",
        details=details,
    )
