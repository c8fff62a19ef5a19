"""Narrowing the list of photos by tag and by why photos were excluded: the menu, and what a filter is called."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QSize, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from engine.store.rows import PhotoFilter
from gui.core.icons import icon

Named = Sequence[tuple[str, int]]
# A menu of more entries fits no screen, and thousands (each copy says of which photo it is one) take long to make.
MOST_NAMED = 40


class NarrowButton(QPushButton):
    """A button with a menu; `wanted` carries the chosen `PhotoFilter`."""

    wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setIcon(icon("filter"))
        self.setIconSize(QSize(16, 16))
        self.setAccessibleName(self.tr("Narrow by tag or reason"))
        self.setToolTip(self.tr("Show only photos with a tag, or excluded for a reason"))
        self.choices = QMenu(self)
        self.setMenu(self.choices)
        self.show_names((), ())

    def show_names(self, tags: Named, reasons: Named) -> None:
        """The menu offers these tags and reasons, each with how many photos have it; of very many the first ones."""
        self.choices.clear()
        self._add(self.tr("Tag"), [(name, n, PhotoFilter(tag=name)) for name, n in tags[:MOST_NAMED]], len(tags))
        left_out = [(name or self.tr("no reason said"), n, _left_out(name)) for name, n in reasons[:MOST_NAMED]]
        self._add(self.tr("Excluded because"), left_out, len(reasons))
        if not tags and not reasons:
            self.choices.addAction(self.tr("No tags, and nothing excluded yet")).setEnabled(False)

    def _add(self, heading: str, entries: Sequence[tuple[str, int, PhotoFilter]], n_all: int) -> None:
        if entries:
            # A style sheet draws the headings of sections as lines without words.
            if not self.choices.isEmpty():
                self.choices.addSeparator()
            self.choices.addAction(heading).setEnabled(False)
        for name, n, query in entries:
            made = QAction(f"{name.replace('&', '&&')}\t{n:,}", self.choices)
            made.triggered.connect(lambda _=False, query=query: self.wanted.emit(query))
            self.choices.addAction(made)
        if n_all > len(entries):
            self.choices.addAction(self.tr("and %n more", "", n_all - len(entries))).setEnabled(False)


def title_of(query: PhotoFilter) -> str:
    """What the photos of a narrowed list have in common, empty for a list that is not narrowed."""
    translate = QCoreApplication.translate
    parts = []
    if query.among is not None:
        parts.append(query.among_title or translate("Narrowing", "chosen photos"))
    if query.tag is not None:
        parts.append(translate("Narrowing", "tag {0}").format(query.tag))
    if query.reason is not None:
        parts.append(
            translate("Narrowing", "excluded, {0}").format(query.reason or translate("Narrowing", "no reason said"))
        )
    return ", ".join(parts)


def reason_of(query: PhotoFilter) -> str:
    """What may be offered as the reason to exclude photos of this list."""
    return query.reason or query.among_title or query.tag or ""


def _left_out(reason: str) -> PhotoFilter:
    return PhotoFilter(state="excluded", reason=reason)
