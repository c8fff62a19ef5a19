"""The chosen pretrained network: what is known of it, and what can be done with it."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFormLayout, QLabel, QWidget

from gui.core.weights_reading import ListedWeights
from gui.core.weights_words import facts_text, licence_text, megabytes, state_text
from gui.widgets.cards import GAP, Card, button, label, row


class WeightsDetail(Card):
    """`fetch_wanted`, `remove_wanted` and `import_wanted` carry the `ListedWeights` shown."""

    fetch_wanted = Signal(object)
    remove_wanted = Signal(object)
    import_wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._shown: ListedWeights | None = None
        self._title = label("", "section", wrap=True)
        self._facts = label("", "muted", wrap=True)
        self.fetch = button("", "primary", icon_name="download")
        self.take_in = button(self.tr("Import a file for it…"), icon_name="folder-input")
        self.remove = button(self.tr("Remove…"), "danger", icon_name="trash-2")
        self.copy = button(self.tr("Copy the address"), "quiet", icon_name="clipboard-copy")
        for made, slot in (
            (self.fetch, self._fetch),
            (self.take_in, self._import),
            (self.remove, self._remove),
            (self.copy, self._copy),
        ):
            made.setAutoDefault(False)
            made.clicked.connect(slot)
        self._lines: dict[str, tuple[QLabel, QLabel]] = {}
        for part in (self._title, self._facts):
            self.body.addWidget(part)
        self.body.addLayout(self._make_lines())
        self.body.addLayout(row(self.fetch, self.take_in, self.remove, None, self.copy))
        self.show_network(None, busy=False)

    def shown(self) -> ListedWeights | None:
        """The network that is shown."""
        return self._shown

    def show_network(self, one: ListedWeights | None, *, busy: bool) -> None:
        """That network is shown; `busy`: it is being fetched."""
        self._shown = one
        self.setVisible(one is not None)
        if one is None:
            return
        self._title.setText(one.row.title)
        self._facts.setText(facts_text(one))
        self._tell("weights", self.tr("being fetched") if busy else state_text(one))
        self._tell("licence", licence_text(one))
        self._tell("source", one.row.source)
        self._tell("address", one.address)
        self._tell("digest", one.row.sha256)
        fetchable = one.row.state == "on_hub"
        self.fetch.setVisible(fetchable)
        self.fetch.setEnabled(not busy)
        self.fetch.setText("\u2009" + self._fetch_text(one))
        self.fetch.setAccessibleName(self._fetch_text(one))
        self.take_in.setVisible(fetchable)
        self.take_in.setEnabled(not busy)
        self.remove.setVisible(one.kept is not None or one.n_begun > 0)
        self.remove.setEnabled(not busy)
        self.copy.setVisible(bool(one.address))

    def text_of(self, key: str) -> str:
        """What is said of the `weights`, `licence`, `source`, `address` or `digest`; empty where nothing is."""
        return self._lines[key][1].text()

    def _fetch_text(self, one: ListedWeights) -> str:
        if one.n_begun:
            return self.tr("Go on fetching…")
        if one.row.n_bytes is None:
            return self.tr("Fetch…")
        return self.tr("Fetch {0}…").format(megabytes(one.row.n_bytes))

    def _make_lines(self) -> QFormLayout:
        names = {
            "weights": self.tr("Weights"),
            "licence": self.tr("Licence"),
            "source": self.tr("From"),
            "address": self.tr("Address"),
            "digest": self.tr("SHA-256"),
        }
        form = QFormLayout()
        form.setHorizontalSpacing(2 * GAP)
        form.setVerticalSpacing(GAP // 2)
        for key, name in names.items():
            caption, value = label(name, "muted"), label("", wrap=True, selectable=True)
            form.addRow(caption, value)
            self._lines[key] = caption, value
        return form

    def _tell(self, key: str, text: str) -> None:
        caption, value = self._lines[key]
        # A long word without a place to break would make the page as wide as itself.
        value.setText(text.replace("/", "/\u200b") if key in ("source", "address") else text)
        for part in (caption, value):
            part.setVisible(bool(text))

    @Slot()
    def _fetch(self) -> None:
        self.fetch_wanted.emit(self._shown)

    @Slot()
    def _import(self) -> None:
        self.import_wanted.emit(self._shown)

    @Slot()
    def _remove(self) -> None:
        self.remove_wanted.emit(self._shown)

    @Slot()
    def _copy(self) -> None:
        if self._shown is not None:
            QGuiApplication.clipboard().setText(self._shown.address)
