"""Two answers to a drop on a class: its photos join that class, or become a class of their own."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QRadioButton, QVBoxLayout, QWidget


class TargetChoice(QWidget):
    """`changed` carries the name of the class that was chosen, and whether it is the one dropped on.

    `target`: name of the class dropped on; `own`: the name that the dropped folder suggests; `own_exists`: whether
    there is a class of that name.
    """

    changed = Signal(str, bool)

    def __init__(self, target: str, own: str, *, own_exists: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._target = target
        self._own = own
        self.join = QRadioButton(self.tr("Add the photos to “{0}”").format(target))
        words = self.tr("Add them to “{0}” instead") if own_exists else self.tr("Make a new class “{0}” of them")
        self.apart = QRadioButton(words.format(own))
        self.join.setChecked(True)
        self.join.toggled.connect(self._tell)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.join)
        box.addWidget(self.apart)

    @Slot()
    def _tell(self) -> None:
        joins = self.join.isChecked()
        self.changed.emit(self._target if joins else self._own, joins)
