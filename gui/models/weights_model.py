"""The table of pretrained networks: what is here, what can be fetched, how large each is and under which licence."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QObject
from PySide6.QtGui import QIcon

from gui.core.icons import icon
from gui.core.weights_reading import ListedWeights
from gui.core.weights_words import is_here, licence_text, megabytes, short_title, state_text
from gui.models.table_model import Column, TableModel


def weights_model(parent: QObject | None = None) -> TableModel[ListedWeights]:
    """An empty table of networks."""
    return TableModel(_columns(), parent)


def _words(text: str) -> str:
    return QCoreApplication.translate("Weights", text)


def _columns() -> list[Column[ListedWeights]]:
    return [
        Column(heading=_words("Network"), text=short_title, key=lambda one: short_title(one).casefold()),
        Column(
            heading=_words("Weights"),
            text=state_text,
            tip=_words("Whether the network's weights are on this machine"),
            colour=_sign,
        ),
        Column(
            heading=_words("Size"),
            text=lambda one: "–" if one.row.n_bytes is None else megabytes(one.row.n_bytes),
            key=lambda one: one.row.n_bytes or 0,
            tip=_words("Of the file"),
            numeric=True,
        ),
        Column(
            heading=_words("Parameters"),
            text=lambda one: "–" if one.row.n_parameters is None else f"{one.row.n_parameters / 1e6:,.1f} M",
            key=lambda one: one.row.n_parameters or 0,
            numeric=True,
        ),
        Column(
            heading=_words("ImageNet"),
            text=lambda one: "–" if one.row.top1 is None else f"{one.row.top1:.1f} %",
            key=lambda one: one.row.top1 or 0.0,
            tip=_words("Published share of right answers among a thousand classes; not of your photos"),
            numeric=True,
        ),
        Column(heading=_words("Licence"), text=licence_text, tip=_words("Under which the weights were published")),
        Column(heading=_words("From"), text=_source),
    ]


def _source(one: ListedWeights) -> str:
    """Where they come from, briefly; the whole is told below the table."""
    if one.row.state in ("built_in", "not_installed"):
        return _words("Package")
    if one.row.state == "imported":
        return one.row.source
    address = one.address or one.row.source
    return address.partition("://")[2].partition("/")[0] or _words("Hub")


def _sign(one: ListedWeights) -> QIcon:
    if is_here(one):
        return icon("circle-check", "success")
    return icon("triangle-alert", "warning") if one.row.state == "not_installed" else icon("download", "text_muted")
