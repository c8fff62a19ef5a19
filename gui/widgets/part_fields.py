"""One control for each kind of field a recipe has: a switch, a number, a choice, a text, a list of numbers."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtGui import QValidator
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QLineEdit,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from engine.recipe.bounds import Bounds
from engine.recipe.fields import Field
from gui.widgets.cards import indent_figures

# A number that is multiplied goes from one power of ten to the next in three steps: 1, 2, 5, 10.
_STEPS = (1.0, 2.0, 5.0, 10.0)
_DECIMALS = 10
_LEAST_WIDTH = 120
_NUMBER_WIDTH = 160
_QT_MAX = 2**31 - 1


class Editor(QWidget):
    """Holds one value; `changed` when the user has changed it to another that is allowed."""

    changed = Signal()

    def __init__(self, control: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.control = control
        control.setMinimumWidth(_LEAST_WIDTH)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(control)
        self.setFocusProxy(control)

    def value(self) -> Any:
        """What the control says."""
        raise NotImplementedError

    def set_value(self, value: Any) -> None:
        """The control says this; `changed` is not emitted."""
        with QSignalBlocker(self.control):
            self._show(value)

    def _show(self, value: Any) -> None:
        raise NotImplementedError


class SwitchEditor(Editor):
    """Yes or no."""

    def __init__(self) -> None:
        self._box = QCheckBox()
        super().__init__(self._box)
        self._box.toggled.connect(self.changed)

    def value(self) -> bool:
        return self._box.isChecked()

    def _show(self, value: bool) -> None:
        self._box.setChecked(value)


class WholeEditor(Editor):
    """A whole number within its bounds."""

    def __init__(self, bounds: Bounds) -> None:
        self._box = QSpinBox()
        super().__init__(self._box)
        _dress(self._box)
        self._box.setRange(int(bounds.low), min(_QT_MAX, int(bounds.high)))
        self._box.valueChanged.connect(self.changed)

    def value(self) -> int:
        return self._box.value()

    def _show(self, value: int) -> None:
        self._box.setValue(value)


class NumberBox(QDoubleSpinBox):
    """A number written as briefly as it can be; one of a wide range is multiplied by its arrows instead of added to."""

    def __init__(self, bounds: Bounds, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._log = bounds.log
        self.setDecimals(_DECIMALS)
        self.setRange(bounds.low, bounds.high)
        width = bounds.high - bounds.low
        self.setSingleStep(1.0 if width > 20 else 0.5 if width > 5 else 0.05)

    def textFromValue(self, value: float) -> str:
        return f"{value:.6g}"

    def valueFromText(self, text: str) -> float:
        try:
            return float(text)
        except ValueError:
            return self.value()

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        try:
            found = float(text)
        except ValueError:
            return QValidator.State.Intermediate, text, position
        inside = self.minimum() <= found <= self.maximum()
        return (QValidator.State.Acceptable if inside else QValidator.State.Intermediate), text, position

    def stepBy(self, steps: int) -> None:
        if not self._log or self.value() <= 0:
            super().stepBy(steps)
            return
        value = self.value()
        for _ in range(abs(steps)):
            value = _next(value, up=steps > 0)
        self.setValue(value)


class NumberEditor(Editor):
    """A number within its bounds."""

    def __init__(self, bounds: Bounds) -> None:
        self._box = NumberBox(bounds)
        super().__init__(self._box)
        _dress(self._box)
        self._box.valueChanged.connect(self.changed)

    def value(self) -> float:
        return float(f"{self._box.value():.6g}")

    def _show(self, value: float) -> None:
        self._box.setValue(value)


class ChoiceEditor(Editor):
    """One of several words."""

    def __init__(self, field: Field, word: Callable[[Field, str], str]) -> None:
        self._box = QComboBox()
        super().__init__(self._box)
        self._box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._box.setMinimumContentsLength(12)
        for choice in field.choices:
            self._box.addItem(word(field, choice), choice)
        self._box.currentIndexChanged.connect(self.changed)

    def value(self) -> str:
        return str(self._box.currentData())

    def _show(self, value: str) -> None:
        self._box.setCurrentIndex(self._box.findData(value))


class TextEditor(Editor):
    """A text; with `suggestions` also one of these."""

    def __init__(self, suggestions: tuple[str, ...] = ()) -> None:
        self._box = QComboBox() if suggestions else None
        if self._box is None:
            self._line = QLineEdit()
        else:
            # Its own line lies where the text belongs; another one would be dressed as a field within the field.
            self._box.setEditable(True)
            self._line = self._box.lineEdit()
            self._box.addItems(list(suggestions))
            self._box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        super().__init__(self._box or self._line)
        if self._box is not None:
            self._box.currentIndexChanged.connect(self._finished)
        self._line.editingFinished.connect(self._finished)
        self._told = ""

    def value(self) -> str:
        return self._line.text().strip()

    def _show(self, value: str) -> None:
        self._told = value
        if self._box is not None:
            self._box.setCurrentText(value)
        else:
            self._line.setText(value)

    @Slot()
    def _finished(self) -> None:
        if self.value() != self._told:
            self._told = self.value()
            self.changed.emit()


class ListEditor(Editor):
    """Numbers with commas between them; what cannot be read leaves the value as it was."""

    def __init__(self, bounds: Bounds, *, whole: bool) -> None:
        self._line = QLineEdit()
        super().__init__(self._line)
        self._bounds = bounds
        self._whole = whole
        self._value: tuple[float, ...] = ()
        self._line.editingFinished.connect(self._finished)

    def value(self) -> tuple[float, ...]:
        return self._value

    def _show(self, value: tuple[float, ...]) -> None:
        self._value = tuple(value)
        self._line.setText(", ".join(f"{number:g}" for number in value))

    @Slot()
    def _finished(self) -> None:
        found = self._read()
        if found is None or found == self._value:
            self._show(self._value)
            return
        self._show(found)
        self.changed.emit()

    def _read(self) -> tuple[float, ...] | None:
        texts = [text for text in self._line.text().replace(";", ",").split(",") if text.strip()]
        try:
            numbers: list[float] = [int(text) if self._whole else float(text) for text in texts]
        except ValueError:
            return None
        if not all(math.isfinite(n) and self._bounds.low <= n <= self._bounds.high for n in numbers):
            return None
        return tuple(numbers) if numbers or self._whole else None


def _dress(box: QAbstractSpinBox) -> None:
    """A number's field looks like the others and tells of a number once it is complete."""
    box.setMaximumWidth(_NUMBER_WIDTH)
    box.setKeyboardTracking(False)
    indent_figures(box)


def editor_for(field: Field, word: Callable[[Field, str], str], suggestions: tuple[str, ...] = ()) -> Editor:
    """The control for a field that is no part of its own.

    Raises:
        ValueError: the field holds parts.
    """
    if field.kind == "switch":
        return SwitchEditor()
    if field.kind == "choice":
        return ChoiceEditor(field, word)
    if field.kind == "text":
        return TextEditor(suggestions)
    if field.bounds is None:
        raise ValueError(f"{field.name} has no control of its own")
    if field.kind == "whole":
        return WholeEditor(field.bounds)
    if field.kind == "number":
        return NumberEditor(field.bounds)
    return ListEditor(field.bounds, whole=field.kind == "wholes")


def _next(value: float, *, up: bool) -> float:
    """The next of 1, 2, 5, 10, 20 ... above or below."""
    power = 10.0 ** math.floor(math.log10(value) + 1e-9)
    digit = value / power
    if up:
        return power * next((step for step in _STEPS if step > digit * 1.001), 20.0)
    below = [step for step in _STEPS if step < digit * 0.999]
    return power * below[-1] if below else power * 0.5
