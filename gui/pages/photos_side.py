"""The left side of the Photos page: the class list, and below it the button and the place to drop for a new class."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from gui.models.class_model import ClassModel
from gui.widgets.cards import GAP, button, label
from gui.widgets.class_list import ClassList, is_acceptable


class ClassSide(QFrame):
    """A drop beside the list is one on its free space: the list tells of it. A long list has no free space itself.

    `new_wanted` is emitted by the New class button.
    """

    new_wanted = Signal()

    def __init__(self, model: ClassModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "bar")
        self.setMinimumWidth(200)
        self.setMaximumWidth(420)
        self.setAcceptDrops(True)
        self.list = ClassList(model)
        self.list.drag_changed.connect(self._show_drag)
        new = button(self.tr("New class"), icon_name="plus", tip=self.tr("New class (Ctrl+K)"))
        new.clicked.connect(self._new_clicked)
        self.hint = label(self._usual_text(), "muted", wrap=True)
        self.foot = QFrame()
        self.foot.setProperty("role", "drop")
        foot = QVBoxLayout(self.foot)
        foot.setContentsMargins(GAP, GAP, GAP, GAP)
        foot.setSpacing(6)
        foot.addWidget(new)
        foot.addWidget(self.hint)
        box = QVBoxLayout(self)
        box.setContentsMargins(4, GAP, 4, GAP)
        box.setSpacing(GAP)
        box.addWidget(self.list, 1)
        box.addWidget(self.foot)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if is_acceptable(event):
            event.acceptProposedAction()
            self._show_drag(dragging=True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._show_drag(dragging=False)

    def dropEvent(self, event: QDropEvent) -> None:
        self._show_drag(dragging=False)
        self.list.take_drop(event, None)

    @Slot(bool)
    def _show_drag(self, dragging: bool) -> None:
        # The words change, the place does not: a target that moves under the pointer is missed.
        self.hint.setMinimumHeight(self.hint.height() if dragging else 0)
        self.hint.setText(self.tr("Drop for a new class") if dragging else self._usual_text())
        self.foot.setProperty("hot", "true" if dragging else "false")
        self.foot.style().unpolish(self.foot)
        self.foot.style().polish(self.foot)

    def _usual_text(self) -> str:
        return self.tr("Drop a folder here to make a class of it.")

    def _new_clicked(self) -> None:
        self.new_wanted.emit()
