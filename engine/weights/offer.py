"""What the hub offers for a network, as the file the job that looks it up leaves."""

from __future__ import annotations

from pathlib import Path

import msgspec

from engine.base.errors import StorageError
from engine.base.files import atomic_write
from engine.recipe.catalogue import HubWeights
from engine.weights.hub import HubFile


class HubOffer(msgspec.Struct, frozen=True, kw_only=True):
    """Published weights of the network called `name` in recipes; the rest as in `HubWeights`."""

    name: str
    architecture: str
    title: str
    repo: str
    file: str
    revision: str
    licence: str

    def address(self, hub: str) -> str:
        """Where the file is on the hub at address `hub`."""
        return HubFile(repo=self.repo, file=self.file, revision=self.revision).url(hub)


def offer_of(name: str, facts: HubWeights) -> HubOffer:
    """The offer that the catalogue or timm describes."""
    return HubOffer(
        name=name,
        architecture=facts.architecture,
        title=facts.title,
        repo=facts.repo,
        file=facts.file,
        revision=facts.revision,
        licence=facts.licence,
    )


def write_offer(path: Path, offer: HubOffer) -> None:
    """The file holds the offer, atomically.

    Raises:
        StorageError: the disk refused.
    """
    atomic_write(path, msgspec.json.encode(offer))


def read_offer(path: Path) -> HubOffer:
    """The offer that the file holds.

    Raises:
        StorageError: it is missing, or holds something else.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=HubOffer)
    except (OSError, msgspec.DecodeError) as error:
        raise StorageError("What is known of the network could not be read.", details=repr(error)) from error
