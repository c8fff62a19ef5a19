"""Which pretrained networks are on this machine, read and removed on a pool thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from engine.recipe.catalogue import shortlisted
from gui.core.pool_work import on_pool

if TYPE_CHECKING:
    from engine.weights.library import KeptWeights
    from engine.weights.listing import WeightsRow
    from engine.weights.offer import HubOffer
    from engine.weights.part import Part


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedWeights:
    """A network of the list.

    `kept`: its file in the library, None if it has none. `part`: where an interrupted fetch leaves its beginning, None
    where nothing can be fetched; `n_begun`: how many bytes are there. `address`: where its file can be fetched from by
    other means, empty where that is not known.
    """

    row: WeightsRow
    kept: KeptWeights | None = None
    part: Part | None = None
    n_begun: int = 0
    address: str = ""


class WeightsReader(QObject):
    """`found` carries a tuple of `ListedWeights` for the newest `read`, in the GUI thread."""

    found = Signal(object)

    def __init__(self, library: Path, hub: str, parent: QObject | None = None) -> None:
        """`library`: the folder of weights. `hub`: address of another hub than the usual one, empty for that."""
        super().__init__(parent)
        self._library = library
        self._hub = hub
        self._offers: dict[str, HubOffer] = {}
        self._n_asked = 0

    def add(self, offer: HubOffer) -> None:
        """The list has this network too, as long as this lives."""
        self._offers[offer.name] = offer
        self.read()

    def read(self) -> None:
        """The list is made anew."""
        self._n_asked += 1
        work = partial(listed_weights, self._library, self._hub, tuple(self._offers.values()))
        on_pool(work, partial(self._tell, self._n_asked), context=self)

    def _tell(self, number: int, rows: tuple[ListedWeights, ...]) -> None:
        # Two threads may overtake each other; only the last question's answer is of now.
        if number == self._n_asked:
            self.found.emit(rows)


def listed_weights(library: Path, hub: str = "", offers: Sequence[HubOffer] = ()) -> tuple[ListedWeights, ...]:
    """All networks of the list, with what the library has of each; then those of `offers` that it has not."""
    from engine.weights.library import kept_weights
    from engine.weights.listing import WeightsRow, weights_rows

    kept = {(one.info.sha256, one.info.origin): one for one in kept_weights(library)}
    rows = weights_rows(library)
    listed = [_listed(row, kept.get((row.sha256, row.state)), library, hub) for row in rows]
    names = {row.name for row in rows}
    for offer in offers:
        if f"timm/{offer.architecture}" not in names:
            row = WeightsRow(
                name=offer.name, title=offer.title, state="on_hub", licence=offer.licence, source=offer.repo
            )
            listed.append(_offered(row, offer, library, hub))
    return tuple(listed)


def _listed(row: WeightsRow, kept: KeptWeights | None, library: Path, hub: str) -> ListedWeights:
    from engine.weights.offer import offer_of

    facts = shortlisted(row.name)
    if facts is None or row.state != "on_hub":
        return ListedWeights(row=row, kept=kept)
    return _offered(row, offer_of(row.name, facts), library, hub)


def _offered(row: WeightsRow, offer: HubOffer, library: Path, hub: str) -> ListedWeights:
    from engine.weights.hub import DEFAULT_HUB
    from engine.weights.library import WEIGHTS_SUFFIX
    from engine.weights.part import Part

    part = Part(library / f"{offer.architecture}{WEIGHTS_SUFFIX}")
    return ListedWeights(row=row, part=part, n_begun=part.size, address=offer.address(hub or DEFAULT_HUB))
