"""Which pretrained networks are on this machine, read and removed on a pool thread."""

from __future__ import annotations

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


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedWeights:
    """A network of the list.

    `kept`: its file in the library, None if it has none. `n_begun`: bytes that an interrupted fetch has left.
    `address`: where its file can be fetched from by other means, empty where that is not known.
    """

    row: WeightsRow
    kept: KeptWeights | None = None
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
        self._n_asked = 0

    def read(self) -> None:
        """The list is made anew."""
        self._n_asked += 1
        on_pool(partial(listed_weights, self._library, self._hub), partial(self._tell, self._n_asked), context=self)

    def _tell(self, number: int, rows: tuple[ListedWeights, ...]) -> None:
        # Two threads may overtake each other; only the last question's answer is of now.
        if number == self._n_asked:
            self.found.emit(rows)


def listed_weights(library: Path, hub: str = "") -> tuple[ListedWeights, ...]:
    """All networks of the list, with what the library has of each."""
    from engine.weights.library import kept_weights
    from engine.weights.listing import weights_rows

    kept = {(one.info.sha256, one.info.origin): one for one in kept_weights(library)}
    return tuple(_listed(row, kept.get((row.sha256, row.state)), library, hub) for row in weights_rows(library))


def _listed(row: WeightsRow, kept: KeptWeights | None, library: Path, hub: str) -> ListedWeights:
    from engine.weights.hub import DEFAULT_HUB, HubFile
    from engine.weights.library import WEIGHTS_SUFFIX
    from engine.weights.part import Part

    facts = shortlisted(row.name)
    if facts is None or row.state != "on_hub":
        return ListedWeights(row=row, kept=kept)
    file = HubFile(repo=facts.repo, file=facts.file, revision=facts.revision)
    begun = Part(library / f"{facts.architecture}{WEIGHTS_SUFFIX}").size
    return ListedWeights(row=row, n_begun=begun, address=file.url(hub or DEFAULT_HUB))
