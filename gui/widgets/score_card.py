"""A score as a person should read it: how many of how many, how sure, and against what."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from engine.insight.metrics import Report
from gui.core.score_text import beneath, headline, percent, right_on
from gui.widgets.cards import Card, label


class ScoreCard(Card):
    """One report as a headline figure with its interval and baseline."""

    def __init__(self, heading: str, explanation: str = "", parent: QWidget | None = None) -> None:
        super().__init__(heading, parent=parent)
        self._figure = label("", "figure")
        self._right_on = label("", "section")
        self._beneath = label("", "muted", wrap=True)
        self.body.addWidget(self._figure)
        self.body.addWidget(self._right_on)
        self.body.addWidget(self._beneath)
        if explanation:
            self.body.addWidget(label(explanation, "muted", wrap=True))
        self.body.addStretch(1)

    def show_report(self, report: Report | None) -> None:
        """The card shows this report, or that there is none."""
        self.setVisible(report is not None)
        if report is not None:
            self._figure.setText(percent(report.accuracy))
            self._right_on.setText(right_on(report))
            self._beneath.setText(beneath(report))
            self.setAccessibleName(f"{headline(report)}. {beneath(report)}")
