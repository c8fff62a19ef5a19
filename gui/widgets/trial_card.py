"""The score as it is and as it would be if some classes were one, with the caution that belongs to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from gui.core.score_text import interval, percent
from gui.widgets.cards import GAP, Card, Picture, label, row

if TYPE_CHECKING:
    from engine.insight.metrics import Report
    from engine.project.comparisons import MergeTrial


class TrialCard(Card):
    """Shows a `MergeTrial`, or why there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(role="sunken", parent=parent)
        self.headline = label("", "section", wrap=True)
        self.body.addWidget(self.headline)
        self._table = QWidget()
        self._table.setLayout(self._grid())
        self.body.addWidget(self._table)
        caution = self.tr(
            "Fewer classes are easier to tell apart: a higher score does not make a better model. Merge what you need"
            " not tell apart, not what the model finds hard."
        )
        self._caution = QWidget()
        line = row(Picture("triangle-alert", 18, "warning"), text := label(caution, wrap=True), spacing=GAP + 2)
        line.setStretch(1, 1)
        self.caution = text
        self._caution.setLayout(line)
        self.body.addWidget(self._caution)

    def show_trial(self, trial: MergeTrial) -> None:
        """The score with the classes apart, and as one."""
        names = self.tr(" and ").join(trial.merged)
        points = 100 * (trial.after.accuracy - trial.before.accuracy)
        self.headline.setText(
            self.tr("If {0} were one class: {1} right instead of {2} ({3} points), on {4} photos").format(
                names,
                percent(trial.after.accuracy),
                percent(trial.before.accuracy),
                f"{points:+.1f}".replace("-", "−"),
                f"{trial.after.n:,}",
            )
        )
        self._show_row(1, trial.before)
        self._show_row(2, trial.after)
        self._show_rest(visible=True)

    def show_nothing(self, why: str) -> None:
        """There is no trial to show."""
        self.headline.setText(why)
        self._show_rest(visible=False)

    def _show_rest(self, *, visible: bool) -> None:
        for part in (self._table, self._caution):
            part.setVisible(visible)
        self.setAccessibleName(f"{self.headline.text()} {self.caution.text()}" if visible else self.headline.text())

    def _grid(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(3 * GAP)
        grid.setVerticalSpacing(4)
        self._cells: dict[tuple[int, int], QLabel] = {}
        for column, text in enumerate(("", self.tr("right"), self.tr("95 % interval"), self.tr("macro F1"))):
            grid.addWidget(label(text, "muted"), 0, column)
        for at, name in enumerate((self.tr("Apart, as now"), self.tr("As one class")), start=1):
            grid.addWidget(label(name), at, 0)
            for column in range(1, 4):
                cell = self._cells[at, column] = label()
                grid.addWidget(cell, at, column)
        grid.setColumnStretch(4, 1)
        return grid

    def _show_row(self, at: int, report: Report) -> None:
        texts = (percent(report.accuracy), interval(report.accuracy_ci95), f"{report.macro_f1:.3f}")
        for column, text in enumerate(texts, start=1):
            self._cells[at, column].setText(text)
