"""The left side of the Photos page: the class list with its button, and what a drop there does."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from gui.models.class_model import ClassModel
from gui.widgets.cards import GAP, button, label
from gui.widgets.class_list import ClassList


class ClassSide(QFrame):
    """`new_wanted` is emitted by the New class button."""

    new_wanted = Signal()

    def __init__(self, model: ClassModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "bar")
        self.setMinimumWidth(200)
        self.setMaximumWidth(420)
        self.list = ClassList(model)
        new = button(self.tr("New class"), icon_name="plus", tip=self.tr("New class (Ctrl+K)"))
        new.clicked.connect(self._new_clicked)
        hint = label(self.tr("Drop a folder here to make a class of it."), "muted", wrap=True)
        box = QVBoxLayout(self)
        box.setContentsMargins(4, GAP, 4, GAP + 4)
        box.setSpacing(GAP)
        box.addWidget(self.list, 1)
        foot = QVBoxLayout()
        foot.setContentsMargins(GAP, 0, GAP, 0)
        foot.setSpacing(6)
        foot.addWidget(new)
        foot.addWidget(hint)
        box.addLayout(foot)

    def _new_clicked(self) -> None:
        self.new_wanted.emit()
