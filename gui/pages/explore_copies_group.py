"""One group of copies: its photos side by side, and the buttons and keys by which it is decided."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from engine.store.rows import PhotoFilter
from gui.core.copy_words import title_of
from gui.core.session import Session
from gui.models.copy_model import CopyModel
from gui.pages.explore_copies_verbs import CopyVerbs
from gui.widgets.cards import GAP, Picture, button, label, row
from gui.widgets.copy_views import CopyBoard

if TYPE_CHECKING:
    from engine.project.copies import Copy, CopyGroup


class CopyGroupPanel(QWidget):
    """Shows one group; buttons speak of the photo that is chosen on the board."""

    def __init__(self, session: Session, verbs: CopyVerbs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._verbs = verbs
        self._group: CopyGroup | None = None
        self.copies = CopyModel(self)
        self.board = CopyBoard(self.copies, session.thumbs)
        self.board.chosen.connect(self._show_choice)
        self.title = label("", "section")
        self.conflict = QWidget()
        text = label(self.tr("The same picture carries different labels; at least one of them is wrong."), wrap=True)
        line = row(Picture("triangle-alert", 18, "warning"), text)
        line.setStretch(1, 1)
        self.conflict.setLayout(line)
        box = QVBoxLayout(self)
        box.setContentsMargins(2 * GAP, 0, 0, 0)
        box.setSpacing(GAP)
        box.addWidget(self.title)
        box.addWidget(self.conflict)
        box.addWidget(self.board, 1)
        for parts in self._actions():
            box.addLayout(row(*parts))

    def show_group(self, group: CopyGroup | None, colours: Mapping[int, str]) -> None:
        """The photos of this group are on the board, the best one chosen; `colours`: `#rrggbb` by class id."""
        self._group = group
        self.copies.set_group(group, colours)
        if group is not None:
            self.title.setText(title_of(group))
            self.conflict.setVisible(group.in_conflict)

    def hold(self) -> None:
        """Nothing can be decided until a group is shown again."""
        for made in (self.keep_best, self.keep_chosen, self.keep_all, self.apart, self.all_apart, self.relabel):
            made.setEnabled(False)

    def chosen(self) -> Copy | None:
        """The photo that is chosen."""
        photo_id = self.board.photo_id()
        return next((copy for copy in self.copies.copies() if copy.photo.id == photo_id), None)

    @Slot()
    def _show_choice(self) -> None:
        group, chosen = self._group, self.chosen()
        if group is None or chosen is None:
            return
        counts = chosen in group.counted
        several = len(group.counted) > 1
        self.keep_best.setEnabled(several)
        self.keep_chosen.setEnabled(several and counts)
        self.keep_all.setEnabled(several and not group.in_conflict and not group.kept)
        # Equal files are one picture whatever anybody says.
        self.apart.setEnabled(any(copy.photo.sha256 != chosen.photo.sha256 for copy in group.copies))
        self.all_apart.setEnabled(not group.only_exact and len(group.copies) > 2)
        self.relabel.setVisible(group.in_conflict)
        self.relabel.setEnabled(chosen.photo.state == "labelled")
        text = self.tr("Label all {0}").format(chosen.class_name)
        self.relabel.setText(f"\u2009{text}")
        self.relabel.setAccessibleName(text)

    @Slot()
    def _keep_best(self) -> None:
        if self._group is not None:
            self._verbs.keep(self._group, self._group.best)

    @Slot()
    def _keep_chosen(self) -> None:
        photo_id = self.board.photo_id()
        if self._group is not None and photo_id is not None:
            self._verbs.keep(self._group, photo_id)

    @Slot()
    def _keep_all(self) -> None:
        if self._group is not None:
            self._verbs.keep_all(self._group)

    @Slot()
    def _set_apart(self) -> None:
        photo_id = self.board.photo_id()
        if self._group is not None and photo_id is not None:
            self._verbs.set_apart(self._group, photo_id)

    @Slot()
    def _set_all_apart(self) -> None:
        if self._group is not None:
            self._verbs.set_all_apart(self._group)

    @Slot()
    def _label_all(self) -> None:
        chosen = self.chosen()
        if self._group is not None and chosen is not None and chosen.photo.class_id is not None:
            self._verbs.label_all(self._group, chosen.photo.class_id)

    @Slot()
    def _show_in_photos(self) -> None:
        ids = tuple(int(copy.photo.id) for copy in self.copies.copies())
        title = self.tr("copies of one picture")
        self._session.show_photos.emit(PhotoFilter(among=ids, among_title=title))

    def _actions(self) -> tuple[tuple[QPushButton | None, ...], ...]:
        self.keep_best = self._action(self.tr("Keep the best"), "B", self._keep_best, kind="primary", icon_name="check")
        self.keep_chosen = self._action(self.tr("Keep the chosen one"), "K", self._keep_chosen)
        self.keep_all = self._action(
            self.tr("Keep all"), "A", self._keep_all, tip=self.tr("They stay together in every split")
        )
        self.apart = self._action(
            self.tr("This is no copy"), "N", self._set_apart, tip=self.tr("The chosen photo, of the others")
        )
        self.all_apart = self._action(self.tr("None are copies"), "Shift+N", self._set_all_apart)
        self.relabel = self._action(
            self.tr("Label all"), "L", self._label_all, icon_name="tag", tip=self.tr("With the label of the chosen one")
        )
        self.show_all = button(self.tr("Show in Photos"), "quiet")
        self.show_all.clicked.connect(self._show_in_photos)
        return (
            (self.keep_best, self.keep_chosen, self.keep_all, self.relabel, None),
            (self.apart, self.all_apart, None, self.show_all),
        )

    def _action(
        self, text: str, key: str, act: Callable[[], None], *, kind: str = "", icon_name: str = "", tip: str = ""
    ) -> QPushButton:
        made = button(text, kind, icon_name=icon_name, tip=f"{tip} ({key})".strip())
        made.clicked.connect(act)
        # A click leaves the keys to the list of groups.
        made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        # Not the button's own shortcut, which shows the button pressed for a while before it acts.
        QShortcut(QKeySequence(key), self).activated.connect(made.click)
        return made
