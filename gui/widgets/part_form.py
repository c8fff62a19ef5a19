"""A form made from a part of a recipe: a labelled control for every field, with its help as the tooltip."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import msgspec
from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QFormLayout, QVBoxLayout, QWidget

from engine.recipe.catalogue import BACKBONES, SHORTLIST
from engine.recipe.fields import Field, Part, fields_of, summary_of
from gui.core.recipe_words import choice_label, field_label, kind_label
from gui.widgets.cards import GAP, label
from gui.widgets.part_fields import Editor, editor_for

PLAIN = ("switch", "whole", "number", "choice", "text", "wholes", "numbers")
TIP_WIDTH = 60
CAPTION_WIDTH = 200
# Where a part demands a value, a new one begins with this.
STARTS: dict[str, Any] = {"filters": 32, "p": 0.25, "epochs": 10, "width": 128, "class_name": "", "columns": ()}
# What is offered where a name is typed; anything else can be typed too.
SUGGESTIONS: dict[str, tuple[str, ...]] = {
    "backbone": (*BACKBONES, *SHORTLIST),
    "name": ("adamw", "adam", "sgd", "nadam", "rmsprop", "lamb"),
}  # fmt: skip


def new_part(part: Part) -> msgspec.Struct:
    """A part of that kind with usual values."""
    needed = {field.name: STARTS[field.name] for field in fields_of(part) if field.default is msgspec.NODEFAULT}
    return part(**needed)


class PartForm(QWidget):
    """The fields of one part that are no parts themselves; `changed` when the user has changed one."""

    changed = Signal()

    def __init__(
        self, part: Part, *, only: Collection[str] = (), title: bool = False, parent: QWidget | None = None
    ) -> None:
        """`only`: the fields to show, all if empty; `title`: the first line says what the part is."""
        super().__init__(parent)
        self._part = part
        self._value: msgspec.Struct | None = None
        self._editors: dict[str, Editor] = {}
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(2 * GAP)
        form.setVerticalSpacing(GAP)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        if title:
            form.addRow(label(f"{summary_of(part)}.", "muted", wrap=True))
        for field in fields_of(part):
            if field.kind in PLAIN and (not only or field.name in only):
                self._add(form, field)

    def value(self) -> Any:
        """The part as it stands in the form."""
        assert self._value is not None
        return self._value

    def set_value(self, value: msgspec.Struct) -> None:
        """The form shows this part; `changed` is not emitted."""
        self._value = value
        for name, editor in self._editors.items():
            editor.set_value(getattr(value, name))

    def editor(self, name: str) -> Editor:
        """The control of a field."""
        return self._editors[name]

    def _add(self, form: QFormLayout, field: Field) -> None:
        editor = editor_for(field, choice_label, SUGGESTIONS.get(field.name, ()))
        name = field_label(self._part, field)
        editor.control.setAccessibleName(name)
        editor.control.setToolTip(tip_text(field))
        editor.changed.connect(self._edited)
        self._editors[field.name] = editor
        caption = label(name)
        caption.setToolTip(tip_text(field))
        caption.setBuddy(editor.control)
        # All forms of a section stand on the same two columns.
        caption.setMinimumWidth(CAPTION_WIDTH)
        form.addRow(caption, editor)

    @Slot()
    def _edited(self) -> None:
        new = {name: editor.value() for name, editor in self._editors.items()}
        self._value = msgspec.structs.replace(self.value(), **new)
        self.changed.emit()


class OneOfForm(QWidget):
    """A part that can be of several kinds: which one, and its form below; `changed` when the user has changed it."""

    changed = Signal()

    def __init__(self, kinds: tuple[Part, ...], name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kinds = kinds
        self._value: msgspec.Struct | None = None
        self._form: PartForm | None = None
        self.kind = QComboBox()
        self.kind.setAccessibleName(name)
        for part in kinds:
            self.kind.addItem(kind_label(part))
        self.kind.currentIndexChanged.connect(self._choose)
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(2 * GAP)
        self._box.addWidget(self.kind)

    def value(self) -> Any:
        """The part as it stands in the form."""
        assert self._value is not None
        return self._value

    def set_value(self, value: msgspec.Struct) -> None:
        """The form shows this part; `changed` is not emitted."""
        old, self._value = self._value, value
        with QSignalBlocker(self.kind):
            self.kind.setCurrentIndex(self._kinds.index(type(value)))
        if type(old) is not type(value):
            self._make_form(type(value))
        if self._form is not None:
            self._form.set_value(value)

    def form(self) -> PartForm | None:
        """The form of the kind that is chosen."""
        return self._form

    def _make_form(self, part: Part) -> None:
        if self._form is not None:
            self._form.deleteLater()
        self._form = PartForm(part, title=True)
        self._form.changed.connect(self._edited)
        self._box.addWidget(self._form)

    @Slot(int)
    def _choose(self, at: int) -> None:
        self.set_value(new_part(self._kinds[at]))
        self.changed.emit()

    @Slot()
    def _edited(self) -> None:
        assert self._form is not None
        self._value = self._form.value()
        self.changed.emit()


def tip_text(field: Field) -> str:
    """Help and range of a field, broken into lines a tooltip can show."""
    words = field.help.split()
    if field.bounds is not None:
        words.append(f"({field.bounds.low:g} – {field.bounds.high:g})")
    lines, line = [], ""
    for word in words:
        if line and len(line) + 1 + len(word) > TIP_WIDTH:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    return "\n".join([*lines, line])
