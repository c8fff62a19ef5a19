"""What several views bring: gain, loss or nothing beyond chance, looking once and several times side by side."""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout, QLabel, QStackedWidget, QWidget

from engine.insight.view_gain import HOW, Side, ViewGain, gain_text
from gui.widgets.cards import GAP, Card, Picture, label, row

ICON = 18
LOOKS = {"gain": ("circle-check", "success"), "loss": ("triangle-alert", "warning"), "none": ("info", "info")}


class GainCard(Card):
    """Hidden until `show_gain`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._icons = QStackedWidget()
        self._icons.setFixedSize(ICON, ICON)
        for name, token in LOOKS.values():
            self._icons.addWidget(Picture(name, ICON, token))
        self.outcome = label("", "section")
        self.body.addLayout(row(self._icons, self.outcome, None))
        self.body.addLayout(self._table())
        self.text = label("", wrap=True, selectable=True)
        self.on_what = label("", "muted", wrap=True)
        self.body.addWidget(self.text)
        self.body.addWidget(self.on_what)
        self.hide()

    def _table(self) -> QGridLayout:
        self._cells: dict[tuple[int, int], QLabel] = {}
        grid = QGridLayout()
        grid.setHorizontalSpacing(3 * GAP)
        grid.setVerticalSpacing(4)
        headings = ("", self.tr("right"), self.tr("95 % interval"), self.tr("macro F1"))
        for column, text in enumerate(headings):
            grid.addWidget(label(text, "muted"), 0, column)
        for at in (1, 2):
            for column in range(4):
                cell = self._cells[at, column] = label()
                grid.addWidget(cell, at, column)
        grid.setColumnStretch(4, 1)
        return grid

    def show_gain(self, found: ViewGain | None) -> None:
        """The comparison is shown; None: there is none."""
        self.setVisible(found is not None)
        if found is None:
            return
        names = {
            "gain": self.tr("A gain"),
            "loss": self.tr("A loss"),
            "none": self.tr("No difference beyond chance"),
        }
        self.outcome.setText(names[found.outcome])
        self._icons.setCurrentIndex(list(LOOKS).index(found.outcome))
        self._show_side(1, self.tr("Looking once"), found.once)
        self._show_side(2, self.tr("Looking {0} times").format(found.views.n_views), found.several)
        self.text.setText(gain_text(found))
        self.on_what.setText(
            self.tr("Tried on {0} {1}. The test photos were left alone.").format(found.n, HOW[found.how])
        )
        self.setAccessibleName(f"{names[found.outcome]}. {gain_text(found)}")

    def _show_side(self, at: int, name: str, side: Side) -> None:
        low, high = side.accuracy_ci95
        texts = (name, f"{side.accuracy:.1%}", f"{low:.1%} – {high:.1%}", f"{side.macro_f1:.3f}")
        for column, text in enumerate(texts):
            self._cells[at, column].setText(text.replace("%", " %"))
