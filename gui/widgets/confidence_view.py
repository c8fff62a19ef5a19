"""Whether a model's confidences can be believed: the chart, and the sentence that says it with its n."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.insight.calibration import Calibration
from gui.core.score_text import percent
from gui.widgets.cards import GAP, label, upright_area
from gui.widgets.reliability_chart import ReliabilityChart

# With fewer photos a tenth of confidence holds a handful, and its share right is mostly chance.
FEW = 200


class ConfidenceView(QWidget):
    """`chosen` carries the number of a bar, from the left."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sentence = label("", "section", wrap=True, selectable=True)
        self.more = label("", "muted", wrap=True)
        self.scaling = label("", "muted", wrap=True, selectable=True)
        self.chart = ReliabilityChart(self.tr("Share right by confidence"))
        self.chart.chosen.connect(self.chosen)
        hint = self.tr(
            "Bars: how many answers of a confidence are right, with the number of photos above. Line across: how sure"
            " they were. On the dashed line both are the same. Choose a bar to see its photos."
        )
        inner = QWidget()
        inside = QVBoxLayout(inner)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(GAP)
        for part in (self.sentence, self.more, self.scaling, self.chart, label(hint, "muted", wrap=True)):
            inside.addWidget(part)
        inside.addStretch(1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(upright_area(inner, self.tr("Confidence")))

    def show_calibration(self, found: Calibration | None) -> None:
        """The calibration of a run; None: nothing is known of its confidences."""
        self.chart.setVisible(found is not None)
        self.chart.show_calibration(found)
        if found is None:
            self.sentence.setText(self.tr("No scored photos of this kind"))
            self.more.setText("")
            self._show_scaling(None)
            return
        text = self.tr(
            "Confidences are {0} percentage points off on average (calibration error, %n photo(s)).", "", found.n
        )
        self.sentence.setText(text.format(f"{100 * found.ece:.1f}"))
        sure = sum(one.n * one.confidence for one in found.bins) / found.n
        right = sum(one.n * one.right for one in found.bins) / found.n
        kind = (
            self.tr("The model is surer than it is right")
            if sure > right
            else self.tr("The model is right more often than it is sure")
        )
        text = self.tr("{0}: on average {1} sure, {2} right.").format(kind, percent(sure), percent(right))
        if found.n < FEW:
            text += " " + self.tr("With so few photos chance alone moves these numbers by several points.")
        self.more.setText(text)
        self._show_scaling(found)

    def _show_scaling(self, found: Calibration | None) -> None:
        by = None if found is None else found.scaling
        self.scaling.setVisible(by is not None)
        if found is None or by is None:
            self.scaling.setText("")
            return
        fitted = (
            self.tr("fitted on photos it had not learned from")
            if by.n_fitted is None
            else self.tr("fitted on %n photo(s) it had not learned from", "", by.n_fitted)
        )
        text = self.tr(
            "Confidences were scaled by a temperature of {0}, {1}; none of them test photos. Without it they would be"
            " {2} percentage points off, not {3}."
        )
        numbers = f"{100 * by.ece_before:.1f}", f"{100 * found.ece:.1f}"
        self.scaling.setText(text.format(f"{by.temperature:.2f}", fitted, *numbers))
