"""Joining models into a row of the table: which of them, in which way, and under which name."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QSignalBlocker, QSize, Qt, Signal, Slot
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QComboBox, QFormLayout, QLineEdit, QListView, QWidget

from engine.base.ids import RunId
from engine.insight.ensemble import Combined
from engine.recipe.joining import LEARNED, METHODS, Method
from gui.dialogs.dialog import Dialog
from gui.widgets.cards import GAP, label

translate = QCoreApplication.translate
LIST_HEIGHT = 200
ROW_HEIGHT = 28
LABEL_WIDTH = 48
MAX_LENGTH = 80


@dataclass(frozen=True, slots=True)
class Joinable:
    """A model that can be joined; `crossed`: it has cross-validated answers, which weights and stacks learn from."""

    run_id: RunId
    name: str
    crossed: bool


class JoinModelsDialog(Dialog):
    """`chosen` carries a `Combined`."""

    chosen = Signal(object)

    def __init__(
        self, parent: QWidget | None, models: Sequence[Joinable], preset: Collection[RunId], taken: Collection[str]
    ) -> None:
        """`preset`: ticked at first. `taken`: names of those that are joined already."""
        super().__init__(
            parent, translate("Dialog", "Join models"), accept_text=translate("Dialog", "Join them"), width=560
        )
        self._models = tuple(models)
        self._taken = frozenset(taken)
        self._named = False
        self._build(preset)
        self._items.itemChanged.connect(self._allow)
        self.method.currentIndexChanged.connect(self._allow)
        self.name.textEdited.connect(self._name)
        self.accepted.connect(self._choose)
        self._allow()

    def ticked(self) -> tuple[RunId, ...]:
        """The models that would be joined; those that the method cannot take are not among them."""
        return tuple(
            one.run_id
            for at, one in enumerate(self._models)
            if self._items.item(at).isEnabled() and self._items.item(at).checkState() == Qt.CheckState.Checked
        )

    def tick(self, at: int, *, on: bool) -> None:
        """The model at a place of the list is among them, or not."""
        self._items.item(at).setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)

    def _build(self, preset: Collection[RunId]) -> None:
        self.method = QComboBox()
        self.method.setAccessibleName(self.tr("How they are joined"))
        for method, text in self._methods().items():
            self.method.addItem(text, method)
        self.about = label("", "muted", wrap=True)
        self._items = QStandardItemModel(self)
        for one in self._models:
            item = QStandardItem(one.name)
            item.setCheckState(Qt.CheckState.Checked if one.run_id in preset else Qt.CheckState.Unchecked)
            item.setSizeHint(QSize(0, ROW_HEIGHT))
            self._items.appendRow(item)
        self.models = QListView()
        self.models.setModel(self._items)
        self.models.setAccessibleName(self.tr("Models to join"))
        self.models.setFixedHeight(min(LIST_HEIGHT, len(self._models) * ROW_HEIGHT + 4))
        self.models.setCurrentIndex(self._items.index(0, 0))
        self.name = QLineEdit()
        self.name.setMaxLength(MAX_LENGTH)
        self.name.setAccessibleName(self.tr("Name of the joined models"))
        self.hint = label("", "muted", wrap=True)
        way, name = QFormLayout(), QFormLayout()
        for form, text, field in ((way, self.tr("How"), self.method), (name, self.tr("Name"), self.name)):
            form.setHorizontalSpacing(2 * GAP)
            heading = label(text)
            heading.setBuddy(field)
            heading.setMinimumWidth(LABEL_WIDTH)
            form.addRow(heading, field)
        self.body.addLayout(way)
        self.body.addWidget(self.about)
        self.body.addWidget(self.models)
        self.body.addLayout(name)
        self.body.addWidget(self.hint)
        self.models.setFocus()

    def _methods(self) -> dict[Method, str]:
        names = (self.tr("Average"), self.tr("Weighted average"), self.tr("Stacked"))
        return dict(zip(METHODS, names, strict=True))

    def _about(self, method: Method) -> str:
        texts: dict[Method, str] = {
            "average": self.tr("The mean of what the models say. Nothing is learned."),
            "weighted": self.tr(
                "A mean in which better models count for more. The weights are learned from cross-validated answers"
                " alone, never from test photos."
            ),
            "stacked": self.tr(
                "A small model learns for each class how far to believe each model. It learns from cross-validated"
                " answers alone, never from test photos."
            ),
        }
        return texts[method]

    @Slot()
    def _name(self) -> None:
        self._named = bool(self.name.text().strip())
        self._allow()

    @Slot()
    def _allow(self) -> None:
        method: Method = self.method.currentData()
        self.about.setText(self._about(method))
        self._offer(method)
        n = len(self.ticked())
        if not self._named:
            self.name.setText(self.tr("{0} of %n model(s)", "", n).format(self.method.currentText()))
        assert self.accept_button is not None
        self.accept_button.setEnabled(n > 1 and bool(self.name.text().strip()))
        self.hint.setText(self._hint(n))

    def _offer(self, method: Method) -> None:
        """Models that the method cannot take are shown, and cannot be ticked."""
        ticks = Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled
        with QSignalBlocker(self._items):
            for at, one in enumerate(self._models):
                can = one.crossed or method not in LEARNED
                item = self._items.item(at)
                item.setFlags(ticks if can else Qt.ItemFlag.ItemIsSelectable)
                item.setText(one.name if can else self.tr("{0}  (not cross-validated)").format(one.name))
        self.models.viewport().update()

    def _hint(self, n_ticked: int) -> str:
        if n_ticked < 2:
            return self.tr("Tick at least two models.")
        if self.name.text().strip() in self._taken:
            return self.tr("This replaces the joined models of that name.")
        return self.tr("They become a row of the table, tested like every other; the models stay as they are.")

    @Slot()
    def _choose(self) -> None:
        method: Method = self.method.currentData()
        self.chosen.emit(Combined(name=self.name.text().strip(), method=method, members=self.ticked()))
