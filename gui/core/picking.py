"""What a click on a chart stands for, and showing those photos on the Photos page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject

from engine.insight.chosen import Choice, chosen
from engine.insight.overview import PhotoFacts
from engine.store.rows import PhotoFilter
from gui.core.session import Session


@dataclass(frozen=True, slots=True)
class Pick:
    """A bar, a point or a line; `title` says what its photos have in common."""

    choice: Choice
    title: str


def show_pick(session: Session, facts: Sequence[PhotoFacts], pick: Pick, context: QObject) -> None:
    """The Photos page is turned to and lists the photos that the pick stands for."""

    def tell(ids: tuple[int, ...]) -> None:
        show_among(session, ids, pick.title, excluded=pick.choice.excluded)

    # Not on this thread: there may be many photos to choose among.
    session.store.ask(lambda project: chosen(facts, pick.choice), tell, context=context)


def show_among(session: Session, ids: Sequence[int], title: str, *, excluded: bool = False) -> None:
    """The Photos page is turned to and lists these photos; `title` says what they have in common."""
    state = "excluded" if excluded else None
    session.show_photos.emit(PhotoFilter(state=state, among=tuple(ids), among_title=title))
