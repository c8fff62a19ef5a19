"""What a file of labelled photos holds, before it is read in: photos that are here, photos that come in, classes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QWidget

from engine.base.fspath import shown
from gui.dialogs.dialog import Dialog
from gui.widgets.cards import Card, button, label, row

if TYPE_CHECKING:
    from engine.project.exchange import ReadPlan

translate = QCoreApplication.translate
MOST_CLASSES = 8


class ReadManifestDialog(Dialog):
    """`chosen` carries whether labels that photos have already are to be replaced."""

    chosen = Signal(bool)

    def __init__(self, plan: ReadPlan, parent: QWidget | None = None) -> None:
        super().__init__(
            parent, translate("Dialog", "Read photos and labels"), accept_text=translate("Dialog", "Read"), width=520
        )
        self._plan = plan
        n_here, n_coming = len(plan.here), len(plan.coming)
        self.body.addWidget(label(shown(plan.reading.file).rpartition("/")[2], "muted", wrap=True))
        card = Card(role="sunken")
        card.body.addWidget(label(self.tr("%n photo(s)", "", n_here + n_coming), "section"))
        for text in self._sentences(n_here, n_coming):
            card.body.addWidget(label(text, wrap=True))
        if plan.problems:
            self.problems_button = button(self.tr("Show what is left out…"), "quiet")
            self.problems_button.setAutoDefault(False)
            self.problems_button.clicked.connect(self._show_problems)
            card.body.addLayout(row(self.problems_button, None))
        self.body.addWidget(card)
        self.replace = QCheckBox(self.tr("Also replace labels that photos have already"))
        self.replace.setVisible(n_here > 0)
        self.body.addWidget(self.replace)
        assert self.accept_button is not None
        self.accept_button.setEnabled(n_here + n_coming > 0)
        self.accepted.connect(self._choose)

    def _sentences(self, n_here: int, n_coming: int) -> list[str]:
        said = []
        if n_here:
            said.append(self.tr("%n in the project already", "", n_here))
        if n_coming:
            said.append(self.tr("%n new, beside the file; imported from there", "", n_coming))
        classes = self._plan.classes
        if classes:
            told = ", ".join(f"{name} {n:,}" for name, n in classes[:MOST_CLASSES])
            said.append(told + (" …" if len(classes) > MOST_CLASSES else ""))
        said += self._plan.reading.notes
        if self._plan.problems:
            said.append(self.tr("%n row(s) left out", "", len(self._plan.problems)))
        return said

    @Slot()
    def _choose(self) -> None:
        self.chosen.emit(self.replace.isChecked())

    @Slot()
    def _show_problems(self) -> None:
        from gui.dialogs.row_problems import RowProblemsDialog

        RowProblemsDialog(self._plan.problems, self).open()
