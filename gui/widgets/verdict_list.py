"""What is wrong with a run, a line for each verdict: how much it matters, what it is, what to do."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from engine.insight.verdicts import Kind, Severity, Verdict
from gui.widgets.cards import GAP, Picture, label

# Icon, its colour, and the level whose frame the style sheet knows.
LOOKS: dict[Severity, tuple[str, str, str]] = {
    "severe": ("circle-x", "danger", "error"),
    "warning": ("triangle-alert", "warning", "warning"),
    "info": ("info", "info", "info"),
}
ICON = 18


class VerdictRow(QFrame):
    """One verdict; another of its kind replaces it."""

    def __init__(self, verdict: Verdict, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        icon_name, token, level = LOOKS[verdict.severity]
        self.setProperty("role", "toast")
        self.setProperty("level", level)
        self.text = label("", wrap=True, selectable=True)
        self.advice = label("", "muted", wrap=True, selectable=True)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(self.text)
        texts.addWidget(self.advice)
        box = QHBoxLayout(self)
        box.setContentsMargins(GAP + 4, GAP, GAP + 4, GAP)
        box.setSpacing(GAP + 2)
        box.addWidget(Picture(icon_name, ICON, token), 0, Qt.AlignmentFlag.AlignTop)
        box.addLayout(texts, 1)
        self.show_verdict(verdict)

    def show_verdict(self, verdict: Verdict) -> None:
        """The line says this."""
        if (verdict.text, verdict.advice) != (self.text.text(), self.advice.text()):
            self.text.setText(verdict.text)
            self.advice.setText(verdict.advice)
            self.setAccessibleName(f"{verdict.text} {verdict.advice}")


class VerdictList(QWidget):
    """Hidden while there is nothing to say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: dict[Kind, VerdictRow] = {}
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(GAP)
        self.setAccessibleName(self.tr("What is wrong with this run"))
        self.hide()

    def show_verdicts(self, found: Sequence[Verdict]) -> None:
        """These are said, in this order; what was said before and is not among them is gone."""
        kinds = [verdict.kind for verdict in found]
        for kind in [kind for kind in self._rows if kind not in kinds]:
            gone = self._rows.pop(kind)
            self._box.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
        for at, verdict in enumerate(found):
            row = self._rows.get(verdict.kind)
            if row is None:
                row = self._rows[verdict.kind] = VerdictRow(verdict)
                self._box.insertWidget(at, row)
            row.show_verdict(verdict)
        self.setVisible(bool(found))

    def texts(self) -> list[str]:
        """What is said, from top to bottom."""
        rows = sorted(self._rows.values(), key=self._box.indexOf)
        return [row.text.text() for row in rows]
