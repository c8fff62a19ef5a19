"""A class from a drop or a selection: its name, and what would go into it; Enter makes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, Signal, Slot
from PySide6.QtWidgets import QLineEdit, QWidget

from engine.base.ids import ClassId, PhotoId
from engine.store.rows import ClassRow
from gui.core.importing import DropContents, DropLook
from gui.core.session import Session
from gui.dialogs.dialog import Dialog
from gui.dialogs.drop_summary import DropSummary
from gui.dialogs.target_choice import TargetChoice
from gui.widgets.cards import label

translate = QCoreApplication.translate


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassChoice:
    """What the user decided: a new class called `name`, or the class `existing`; photos from files or from the grid."""

    name: str
    existing: ClassId | None
    roots: tuple[bytes, ...]
    ids: tuple[PhotoId, ...]


class NewClassDialog(Dialog):
    """For files (`roots`), for photos of the project (`ids`), or for an empty class (neither).

    `target`: the class the files were dropped on; `name` is then what the files themselves suggest, the other choice.
    `chosen` carries a `ClassChoice`. A name that is taken means that class: the button and a line say so.
    """

    chosen = Signal(object)

    def __init__(
        self,
        session: Session,
        classes: Sequence[ClassRow],
        *,
        roots: tuple[bytes, ...] = (),
        ids: tuple[PhotoId, ...] = (),
        name: str = "",
        target: ClassRow | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            parent,
            translate("Dialog", "New class"),
            accept_text=translate("Dialog", "Create class"),
            width=520,
        )
        self._classes = {row.name.casefold(): row for row in classes}
        self._roots = roots
        self._ids = ids
        self._look: DropLook | None = None
        self._n_usable: int | None = None if roots else len(ids)
        self._target = target
        self.choice: TargetChoice | None = None
        self.name = QLineEdit(target.name if target is not None else name)
        self.name.setPlaceholderText(self.tr("Name of the class, for example: Cod"))
        self.name.setAccessibleName(self.tr("Name of the class"))
        self.name.setMaxLength(100)
        if target is not None:
            self._offer(target, name)
        self.body.addWidget(self.name)
        self._hint = label("", "muted", wrap=True)
        self.body.addWidget(self._hint)
        if roots:
            self._look = DropLook(session, roots, self)
            self.summary = DropSummary(self._look)
            self.summary.ready.connect(self._ready)
            self.body.addWidget(self.summary)
        elif ids:
            self.body.addWidget(label(self.tr("%n selected photo(s) get this label.", "", len(ids)), wrap=True))
        self.name.textChanged.connect(self._check)
        self._check()
        self.name.selectAll()
        (self.name if self.choice is None else self.choice.join).setFocus()

    def done(self, result: int) -> None:
        if self._look is not None:
            self._look.cancel()
        if result == self.DialogCode.Accepted:
            existing = self._existing()
            self.chosen.emit(
                ClassChoice(
                    name=existing.name if existing is not None else self.name.text().strip(),
                    existing=existing.id if existing is not None else None,
                    roots=self._roots,
                    ids=self._ids,
                )
            )
        super().done(result)

    def _offer(self, target: ClassRow, own: str) -> None:
        """The class dropped on is the answer at first, the folder's own name the other one if it is another."""
        exists = self._classes.get(own.casefold())
        self.name.hide()
        if not own or exists is target:
            return
        own = exists.name if exists is not None else own
        self.choice = TargetChoice(target.name, own, own_exists=exists is not None)
        self.choice.changed.connect(self._chose)
        self.body.addWidget(self.choice)

    @Slot(str, bool)
    def _chose(self, name: str, joins: bool) -> None:
        self.name.setVisible(not joins)
        self.name.setText(name)

    def _existing(self) -> ClassRow | None:
        return self._classes.get(self.name.text().strip().casefold())

    @Slot(object)
    def _ready(self, contents: DropContents) -> None:
        self._n_usable = contents.n_photos
        self._check()

    @Slot()
    def _check(self) -> None:
        existing = self._existing()
        assert self.accept_button is not None
        if existing is not None and (self._roots or self._ids):
            already = self.tr("“{0}” exists already; the photos are added to it.").format(existing.name)
            self._hint.setText(already if existing is not self._target else "")
            self.accept_button.setText(self.tr("Add to {0}").format(existing.name))
        else:
            self._hint.setText(self.tr("There is already a class of that name.") if existing is not None else "")
            self.accept_button.setText(self.tr("Create class"))
        empty_anyway = existing is not None and not (self._roots or self._ids)
        self._hint.setVisible(bool(self._hint.text()))
        self.heading.setText(self._heading(existing))
        self.accept_button.setEnabled((bool(self.name.text().strip()) and self._n_usable != 0) or self._may_be_empty())
        if empty_anyway or not self.name.text().strip():
            self.accept_button.setEnabled(False)

    def _heading(self, existing: ClassRow | None) -> str:
        if existing is None:
            return self.tr("New class")
        if self._target is not None:
            return self.tr("Add photos to “{0}”").format(existing.name)
        return self.tr("Add to a class")

    def _may_be_empty(self) -> bool:
        return not self._roots and not self._ids
