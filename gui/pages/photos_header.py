"""The line above the photos: what is listed, search, order and size."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLineEdit, QSlider, QWidget

from gui.core.icons import icon
from gui.pages.photos_narrowing import NarrowButton
from gui.widgets.cards import GAP, label
from gui.widgets.photo_grid import SIZES

TYPING_MS = 200


class PhotosHeader(QFrame):
    """`text_changed` comes when typing pauses; `size_changed` carries a tile side; the others as they are named."""

    text_changed = Signal(str)
    order_changed = Signal(str)
    size_changed = Signal(int)

    def __init__(self, side: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "bar")
        self._title = label("", "title")
        self._count = label("", "muted")
        self._selected = label("", "muted")
        self._selected.hide()
        self._search = QLineEdit()
        self._search.setPlaceholderText(self.tr("Find by file or folder name"))
        self._search.setAccessibleName(self.tr("Find photos by file or folder name"))
        self._search.setToolTip(self.tr("Find by file or folder name (Ctrl+F)"))
        self._search.setClearButtonEnabled(True)
        self._search.addAction(icon("search", "text_muted"), QLineEdit.ActionPosition.LeadingPosition)
        self._search.setMinimumWidth(110)
        self._search.setMaximumWidth(260)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(TYPING_MS)
        self._typing.timeout.connect(self._tell_text)
        self._search.textChanged.connect(self._typed)
        self._order = self._make_order()
        self.narrow = NarrowButton()
        self._size = self._make_size(side)
        box = QHBoxLayout(self)
        box.setContentsMargins(2 * GAP, GAP, 2 * GAP, GAP)
        box.setSpacing(GAP)
        for part in (self._title, self._count, self._selected):
            box.addWidget(part)
        box.addStretch(1)
        box.addWidget(self._search, 2)
        box.addWidget(self.narrow)
        box.addWidget(self._order)
        box.addWidget(self._size)

    def set_title(self, title: str, n: int) -> None:
        """What is listed and how many photos it has."""
        self._title.setText(title)
        self._count.setText(f"{n:,}")

    def set_selected(self, n: int) -> None:
        """How many photos are selected; said from two on."""
        self._selected.setText(self.tr("%n selected", "", n) if n > 1 else "")
        self._selected.setVisible(n > 1)

    def set_order(self, order: str) -> None:
        """The order shown in the box; nothing is emitted."""
        self._order.blockSignals(True)
        self._order.setCurrentIndex(max(0, self._order.findData(order)))
        self._order.blockSignals(False)

    def set_size(self, side: int) -> None:
        """The tile side shown by the slider; nothing is emitted."""
        nearest = min(range(len(SIZES)), key=lambda at: abs(SIZES[at] - side))
        self._size.blockSignals(True)
        self._size.setValue(nearest)
        self._size.blockSignals(False)

    def clear(self) -> None:
        """Search and order as for a project just opened; nothing is emitted."""
        self._search.blockSignals(True)
        self._search.clear()
        self._search.blockSignals(False)
        self.set_order("added")

    def focus_search(self) -> None:
        """The search field takes the keys."""
        self._search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._search.selectAll()

    def _make_order(self) -> QComboBox:
        made = QComboBox()
        made.setAccessibleName(self.tr("Order"))
        made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        made.setMinimumContentsLength(12)
        made.view().setMinimumWidth(190)
        made.setToolTip(self.tr("Order of the photos"))
        for value, text in (
            ("added", self.tr("As added")),
            ("name", self.tr("By name")),
            ("class", self.tr("By class")),
            ("newest", self.tr("Newest first")),
            ("confident_wrong", self.tr("Surely wrong first")),
            ("least_certain", self.tr("Least certain first")),
            ("confident_right", self.tr("Surely right first")),
        ):
            made.addItem(text, value)
        made.currentIndexChanged.connect(self._tell_order)
        return made

    def _make_size(self, side: int) -> QSlider:
        made = QSlider(Qt.Orientation.Horizontal)
        made.setRange(0, len(SIZES) - 1)
        made.setPageStep(1)
        made.setFixedWidth(88)
        made.setAccessibleName(self.tr("Size of the photos"))
        made.setToolTip(self.tr("Size of the photos (Ctrl++ and Ctrl+-)"))
        made.setValue(min(range(len(SIZES)), key=lambda at: abs(SIZES[at] - side)))
        made.valueChanged.connect(self._tell_size)
        return made

    @Slot()
    def _typed(self) -> None:
        self._typing.start()

    @Slot()
    def _tell_text(self) -> None:
        self.text_changed.emit(self._search.text())

    @Slot()
    def _tell_order(self) -> None:
        self.order_changed.emit(self._order.currentData())

    @Slot(int)
    def _tell_size(self, value: int) -> None:
        self.size_changed.emit(SIZES[value])
