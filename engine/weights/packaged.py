"""Where the weights that packages carry are on this machine, and which they are; torch is not needed to know."""

from __future__ import annotations

import hashlib
import importlib.util
from functools import lru_cache
from pathlib import Path

from engine.base.errors import UserError
from engine.recipe.catalogue import BackboneFacts


def weights_path(facts: BackboneFacts) -> Path:
    """The file with the backbone's weights; the package that carries it is located but not imported.

    Raises:
        UserError: the package is not installed, or lacks the file.
    """
    spec = importlib.util.find_spec(facts.weights_package)
    for folder in (spec.submodule_search_locations or ()) if spec is not None else ():
        path = Path(folder) / facts.weights_file
        if path.is_file():
            return path
    raise UserError(
        f"The weights of {facts.title} are not installed.",
        safe="Your photos and labels are unchanged.",
        advice=f"Install the Python package {facts.weights_distribution}, or choose another backbone.",
    )


def weights_id(facts: BackboneFacts) -> str:
    """The identity of the installed weights in caches: the hex digest they have as safetensors in a model bundle.

    Where the package carries other weights than the published ones, the digest of its file.

    Raises:
        UserError: as `weights_path`.
    """
    found = _sha256_of(weights_path(facts))
    return facts.bundle_sha256 if found == facts.weights_sha256 else found


@lru_cache(maxsize=16)
def _sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
