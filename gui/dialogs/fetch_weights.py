"""Before weights are fetched: how much, from where, and under which licence."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from gui.core.weights_reading import ListedWeights
from gui.core.weights_words import licence_text, megabytes, short_title
from gui.dialogs.dialog import Dialog
from gui.widgets.cards import label

translate = QCoreApplication.translate


class FetchWeightsDialog(Dialog):
    """`accepted` means that the user wants them under this licence."""

    def __init__(self, parent: QWidget | None, one: ListedWeights) -> None:
        super().__init__(
            parent,
            translate("Dialog", "Fetch {0}?").format(short_title(one)),
            accept_text=translate("Dialog", "Fetch"),
            width=520,
        )
        n_left = None if one.row.n_bytes is None else max(0, one.row.n_bytes - one.n_begun)
        size = self.tr("its file") if n_left is None else self.tr("about {0}").format(megabytes(n_left))
        host = one.address.partition("://")[2].partition("/")[0] or self.tr("the hub")
        self.body.addWidget(label(self.tr("Licence: {0}").format(licence_text(one)), "section", wrap=True))
        text = self.tr(
            "By fetching it you accept this licence, which its authors have given it; it also matters if you publish"
            " what you train from it."
        )
        self.body.addWidget(label(text, wrap=True))
        text = self.tr(
            "Fieldmark fetches {0} from {1} and checks that it is what was announced. Nothing of yours is sent. You can"
            " stop at any time and go on later."
        )
        self.body.addWidget(label(text.format(size, host), "muted", wrap=True))
