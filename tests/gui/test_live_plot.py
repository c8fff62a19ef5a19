"""The plot itself: read by key and pointer, zoomed, smoothed, in the colours of the scheme, loaded when first shown."""

from __future__ import annotations

import math
import subprocess
import sys

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from engine.insight.curves import Curves
from gui.core import theme
from gui.core.run_log import LogRow
from gui.models.log_model import LogModel, clock_text
from gui.widgets.live_plot import LivePlot
from tests.gui.fake_training import history


def curves(n_epochs: int = 8, *, best: int = 5) -> Curves:
    made = Curves()
    for event in history(n_epochs, best=best):
        made.add(event)
    return made


@pytest.fixture
def plot(qtbot: QtBot, qapp: QApplication) -> LivePlot:
    made = LivePlot()
    qtbot.addWidget(made)
    made.show_runs([("Run", curves())])
    made.resize(700, 560)
    made.show()
    qtbot.waitUntil(lambda: n_drawn(made) == 80, timeout=20_000)
    return made


def n_drawn(plot: LivePlot) -> int:
    """Steps that are drawn of the first run."""
    lines = plot.canvas.lines if plot.canvas is not None else []
    return len(lines[0].steps.xData) if lines and lines[0].steps.xData is not None else 0


def press(qtbot: QtBot, plot: LivePlot, key: Qt.Key) -> None:
    qtbot.keyClick(plot, key)


def seen(plot: LivePlot) -> float:
    low, high = plot.canvas.loss.box.viewRange()[0]
    return high - low


def test_the_library_is_not_loaded_before_a_plot_is_shown() -> None:
    code = "import sys, gui.app, gui.pages.train; print('pyqtgraph' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_values_are_read_epoch_by_epoch_with_the_arrow_keys(qtbot: QtBot, plot: LivePlot) -> None:
    assert plot.values.text().startswith("Epoch 8  ·")
    press(qtbot, plot, Qt.Key.Key_Left)
    assert plot.values.text().startswith("Epoch 7  ·")
    for _ in range(3):
        press(qtbot, plot, Qt.Key.Key_Right)
    assert plot.values.text().startswith("Epoch 8  ·")
    press(qtbot, plot, Qt.Key.Key_Left)
    press(qtbot, plot, Qt.Key.Key_Escape)
    assert plot.values.text().startswith("Epoch 8  ·")


def test_values_are_those_under_the_pointer(qtbot: QtBot, plot: LivePlot) -> None:
    plot.canvas.hovered.emit(2.5)
    assert "Epoch 2.5  ·  loss 0.667" in plot.values.text()
    assert plot.accessibleDescription() == plot.values.text()
    plot.canvas.hovered.emit(math.nan)
    assert plot.values.text().startswith("Epoch 8  ·")


def test_zooming_shows_fewer_epochs_and_zero_shows_all(qtbot: QtBot, plot: LivePlot) -> None:
    whole = seen(plot)
    press(qtbot, plot, Qt.Key.Key_Plus)
    assert seen(plot) == pytest.approx(whole / 1.5, rel=0.01)
    assert n_drawn(plot) < 80
    press(qtbot, plot, Qt.Key.Key_Minus)
    assert seen(plot) == pytest.approx(whole, rel=0.01)
    press(qtbot, plot, Qt.Key.Key_Plus)
    press(qtbot, plot, Qt.Key.Key_0)
    qtbot.waitUntil(lambda: seen(plot) == pytest.approx(whole, rel=0.05))
    assert n_drawn(plot) == 80


@pytest.mark.parametrize(("keys", "zooms"), [("ControlModifier", True), ("NoModifier", False)])
def test_the_wheel_zooms_with_ctrl_and_else_scrolls_the_page(
    qtbot: QtBot, plot: LivePlot, keys: str, zooms: bool
) -> None:
    whole = seen(plot)
    centre = QPointF(plot.canvas.viewport().rect().center())
    event = QWheelEvent(
        centre, plot.canvas.viewport().mapToGlobal(centre), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier[keys], Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    plot.canvas.wheelEvent(event)
    assert event.isAccepted() == zooms
    assert (seen(plot) < whole * 0.9) == zooms


def test_smoothing_is_a_choice_from_none_to_much(qtbot: QtBot, plot: LivePlot) -> None:
    plot.show_smoothing(0)
    assert plot.canvas.lines[0].steps.yData[-1] == 0.25
    plot.show_smoothing(95)
    assert plot.canvas.lines[0].steps.yData[-1] > 0.3
    assert len(plot.canvas.lines[0].raw.xData) == 80


def test_a_long_training_is_drawn_with_few_points(qtbot: QtBot, plot: LivePlot) -> None:
    long = Curves()
    for event in history(300, n_steps=60):
        long.add(event)
    plot.show_runs([("Long", long)])
    assert n_drawn(plot) <= 1000


def test_the_best_epoch_is_marked(qtbot: QtBot, plot: LivePlot) -> None:
    lines = plot.canvas.lines[0]
    assert [mark.value() for mark in lines.best if mark.isVisible()] == [5, 5]
    assert [star.data["x"].tolist() for star in lines.stars] == [[5.0], [5.0]]


def test_it_follows_the_scheme(qtbot: QtBot, plot: LivePlot, qapp: QApplication) -> None:
    theme.apply(qapp, "dark")
    qtbot.waitUntil(lambda: plot.canvas.backgroundBrush().color().name() == theme.DARK["plot_ground"])
    theme.apply(qapp, "light")
    qtbot.waitUntil(lambda: plot.canvas.backgroundBrush().color().name() == theme.LIGHT["plot_ground"])


def test_several_runs_have_a_line_each_and_can_be_taken_away(qtbot: QtBot, plot: LivePlot) -> None:
    plot.show_runs([("A", curves(3)), ("B", curves(4))])
    assert plot.values.text().splitlines()[1].startswith("B  ·  Epoch 4")
    plot.show_runs([])
    assert plot.values.text() == ""


def test_the_log_is_a_proper_model(qtmodeltester: ModelTester) -> None:
    log = LogModel(("Time", "What happened"))
    log.set_rows([LogRow(seconds=1.0, text="Began")])
    log.append(LogRow(seconds=75.0, text="Best so far", level="good"))
    qtmodeltester.check(log)
    assert [log.data(log.index(1, column)) for column in range(2)] == ["1:15", "Best so far"]


@pytest.mark.parametrize(("seconds", "text"), [(0.4, "0:00"), (760, "12:40"), (3723, "1:02:03")])
def test_the_time_of_a_line_is_a_clock(seconds: float, text: str) -> None:
    assert clock_text(seconds) == text
