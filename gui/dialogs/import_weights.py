"""A file of weights taken into the library: for which network, under which licence, and what of it fitted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QTemporaryDir, Slot
from PySide6.QtWidgets import QComboBox, QFormLayout, QLabel, QLineEdit, QWidget

from engine.base.errors import AppError, StorageError
from engine.base.events import Ended
from engine.base.fspath import shown
from engine.recipe.catalogue import SHORTLIST
from gui.core.job_thread import Job
from gui.core.pool_work import on_pool
from gui.core.weights_words import guessed_network
from gui.dialogs.dialog import Dialog
from gui.widgets.cards import GAP, Picture, label, row

if TYPE_CHECKING:
    from engine.weights.fit_report import FitReport

translate = QCoreApplication.translate
PREFIX = "timm/"
# File, network, licence, and where the report is to be.
TakeIn = Callable[[bytes, str, str, Path], Job]


class ImportWeightsDialog(Dialog):
    """Stays open to say what came of it; only a file that fits is kept."""

    def __init__(self, parent: QWidget | None, take_in: TakeIn, file: bytes, *, network: str = "") -> None:
        """`take_in`: begins the job. `network`: which one the file is for (`timm/NAME`); else guessed from its name."""
        super().__init__(
            parent, translate("Dialog", "Import weights"), accept_text=translate("Dialog", "Import"), width=560
        )
        self._take_in = take_in
        self._file = file
        self._job: Job | None = None
        self._folder = QTemporaryDir()
        self.network = QComboBox()
        self.network.setEditable(True)
        self.network.setAccessibleName(self.tr("Network the file is for"))
        for name, facts in SHORTLIST.items():
            self.network.addItem(facts.title.partition(" (")[0], name)
        self.network.setToolTip(self.tr("Choose one, or type the name of any network of timm, as timm/resnet18"))
        self._choose(network or guessed_network(shown(file).rpartition("/")[2]))
        self.network.editTextChanged.connect(self._allow)
        self.licence = QLineEdit()
        self.licence.setAccessibleName(self.tr("Licence of the weights"))
        self.licence.setPlaceholderText(self.tr("As whoever gave you the file says; may stay empty"))
        self._build(shown(file).rpartition("/")[2])
        self._allow()

    def said(self) -> str:
        """What came of it so far; empty before."""
        return "" if self._result.isHidden() else "\n".join((self._result.text(), self._details.text())).strip()

    def accept(self) -> None:
        """Import presses this: the file is matched; the dialog stays to say what fitted."""
        if self._job is not None or not self._backbone():
            return
        self._say("clock", self.tr("Matching the weights to the network…"), "")
        self._job = self._take_in(self._file, self._backbone(), self.licence.text().strip(), self._out())
        self._job.ended.connect(self._ended)
        self._allow()

    def done(self, result: int) -> None:
        if self._job is not None:
            self._job.cancel()
        super().done(result)

    def _build(self, name: str) -> None:
        self.body.addWidget(label(name, "section", wrap=True))
        form = QFormLayout()
        form.setHorizontalSpacing(2 * GAP)
        form.setVerticalSpacing(GAP)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        for caption, field in ((self.tr("Network"), self.network), (self.tr("Licence"), self.licence)):
            text = label(caption)
            text.setBuddy(field)
            form.addRow(text, field)
        self.body.addLayout(form)
        hint = self.tr(
            "The file's numbers are matched to the network one by one; code in it is never run. The file itself stays"
            " where it is."
        )
        self.body.addWidget(label(hint, "muted", wrap=True))
        self._sign: QWidget | None = None
        self._result: QLabel = label("", wrap=True, selectable=True)
        self._details: QLabel = label("", "muted", wrap=True, selectable=True)
        self._result_row = row(self._result, spacing=GAP)
        self._result_row.setStretch(0, 1)
        self.body.addLayout(self._result_row)
        self.body.addWidget(self._details)
        self._result.hide()
        self._details.hide()

    def _choose(self, name: str) -> None:
        at = self.network.findData(name)
        if at >= 0:
            self.network.setCurrentIndex(at)
        else:
            self.network.setCurrentIndex(-1)
            self.network.setEditText(name)

    def _backbone(self) -> str:
        """The name in recipes of what is chosen or typed."""
        text = self.network.currentText().strip()
        at = self.network.findText(text)
        if at >= 0:
            return str(self.network.itemData(at))
        return text if not text or text.startswith(PREFIX) else PREFIX + text

    def _out(self) -> Path:
        return Path(self._folder.path()) / "report.json"

    @Slot()
    def _allow(self) -> None:
        assert self.accept_button is not None
        self.accept_button.setEnabled(self._job is None and bool(self._backbone()))
        for field in (self.network, self.licence):
            field.setEnabled(self._job is None)

    @Slot(object)
    def _ended(self, ended: Ended) -> None:
        self._job = None
        self._allow()
        if ended.reason == "finished":
            on_pool(self._read_report, self._show_report, context=self, on_error=self._show_problem)
        else:
            self._say("circle-x", f"{ended.user_text} {ended.advice}".strip(), ended.details)

    def _read_report(self) -> FitReport:
        import msgspec

        from engine.weights.fit_report import FitReport

        try:
            return msgspec.json.decode(self._out().read_bytes(), type=FitReport)
        except (OSError, msgspec.DecodeError) as error:
            raise StorageError(
                "The weights are imported, but how they fitted could not be read.",
                advice="The list of networks shows whether they are there.",
                details=repr(error),
            ) from error

    def _show_problem(self, error: AppError) -> None:
        self._say("circle-x", f"{error.what} {error.advice}".strip(), error.details)

    def _show_report(self, report: FitReport) -> None:
        text = self.tr("Imported. {0}").format(report.summary())
        self._say("circle-check", text, report.details())
        assert self.accept_button is not None
        self.accept_button.hide()
        self.reject_button.setText(self.tr("Close"))
        self.reject_button.setAccessibleName(self.tr("Close"))
        self.reject_button.setFocus()
        for field in (self.network, self.licence):
            field.setEnabled(False)

    def _say(self, sign: str, text: str, details: str) -> None:
        token = {"circle-check": "success", "circle-x": "danger"}.get(sign, "text_muted")
        if self._sign is not None:
            self._sign.deleteLater()
        self._sign = Picture(sign, 18, token)
        self._result_row.insertWidget(0, self._sign)
        self._result.setText(text)
        self._result.show()
        self._details.setText(details)
        self._details.setVisible(bool(details))
