"""This machine: what it has, which way of running a network is the fastest on it, and networks compared on it."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from engine.base.dirs import machine_dir
from engine.base.events import Ended, Phase
from engine.data.backbone_measure import BACKBONES_FILE
from engine.data.known_variants import KnownVariant
from engine.data.machine import Device, DeviceFacts, MachineFacts
from engine.jobs.spec import DoctorSpec, MeasureBackbonesSpec
from gui.core.job_thread import Job
from gui.core.machine_reading import DEVICES_FILE, MachineReader, MachineReport
from gui.core.recipe_text import architecture_title
from gui.core.session import Session
from gui.core.sizes import file_size
from gui.dialogs.dialog import Dialog
from gui.models.table_model import Column, TableModel
from gui.widgets.backbone_table import BackboneTable
from gui.widgets.cards import GAP, Card, button, label, row
from gui.widgets.progress_row import ProgressRow
from gui.widgets.table_view import RowTable

WIDTH, HEIGHT, LEAST_WIDTH = 920, 680, 640


@dataclass(frozen=True, slots=True)
class Fact:
    """Something about the machine, and what it is here."""

    name: str
    found: str


class MachinePage(QWidget):
    """Reads what is known when it is made, and asks the worker for the devices; measuring begins with its button."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._devices: Job | None = None
        self._measuring: Job | None = None
        self._progress: ProgressRow | None = None
        self._reader = MachineReader(machine_dir(), self)
        self._reader.found.connect(self._show)
        self.facts, self.installed = self._fact_model(), self._fact_model()
        self.variants: TableModel[KnownVariant] = TableModel(self._variant_columns(), self)
        self.backbones = BackboneTable()
        inner = QWidget()
        box = QVBoxLayout(inner)
        box.setContentsMargins(0, 0, 2 * GAP, 0)
        box.setSpacing(2 * GAP)
        for card in (self._facts_card(), self._variants_card(), self._backbones_card(), self._installed_card()):
            box.addWidget(card)
        box.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(inner)
        area.setAccessibleName(self.tr("This machine"))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(area)
        self._reader.read()
        self._ask_devices()

    @Slot()
    def measure(self) -> None:
        """The networks are measured, unless they are being measured already."""
        if self._measuring is not None:
            return
        out = machine_dir() / BACKBONES_FILE
        spec = MeasureBackbonesSpec(out=os.fsencode(out), machine=os.fsencode(machine_dir()))
        title = self.tr("Measuring networks")
        self._measuring = self._session.jobs.start(spec, title=title, role="train")
        self._measuring.event.connect(self._show_progress)
        self._measuring.ended.connect(self._measured)
        self._progress = ProgressRow(title, narrow=True)
        self._progress.set_waiting()
        self._progress.stop_wanted.connect(self._measuring.cancel)
        self.progress_place.addWidget(self._progress)
        self.measure_button.setEnabled(False)

    @Slot()
    def copy(self) -> None:
        """Everything on the page is on the clipboard as text."""
        lines = [f"{fact.name}: {fact.found}" for fact in (*self.facts.rows(), *self.installed.rows())]
        lines += [
            f"{known.backbone}, {known.size} px: {known.variant}, {known.images_per_s:.0f} photos/s"
            for known in self.variants.rows()
        ]
        QGuiApplication.clipboard().setText("\n".join([*lines, self.backbones.as_text()]).strip())

    @Slot()
    def _show_weights(self) -> None:
        self._session.show_weights.emit("")

    # What is read

    def _ask_devices(self) -> None:
        out = os.fsencode(machine_dir() / DEVICES_FILE)
        spec = DoctorSpec(out=out, machine=os.fsencode(machine_dir()))
        self._devices = self._session.jobs.start(
            spec, title=self.tr("Looking at this machine"), role="light", quiet=True
        )
        self._devices.ended.connect(self._devices_found)

    @Slot(object)
    def _devices_found(self, ended: Ended) -> None:
        self._devices = None
        self._reader.read()

    @Slot(object)
    def _show(self, report: MachineReport) -> None:
        self.facts.set_rows(self._facts_of(report))
        self.installed.set_rows(self._installed(report.facts))
        self.variants.set_rows(report.variants)
        self._no_variants.setVisible(not report.variants)
        self._variant_table.setVisible(bool(report.variants))
        self.backbones.show_measures(report.measures)
        self._problem.setVisible(bool(report.problem))
        self._problem.setText(report.problem)

    def _facts_of(self, report: MachineReport) -> list[Fact]:
        facts = report.facts
        return [
            Fact(self.tr("System"), facts.system),
            Fact(self.tr("Processor"), facts.processor),
            *self._device_facts(report.devices),
            Fact(self.tr("Free disk"), file_size(facts.free_disk_bytes)),
        ]

    def _installed(self, facts: MachineFacts) -> list[Fact]:
        missing = self.tr("not installed")
        versions = {"Fieldmark": facts.fieldmark, "Python": facts.python, **facts.packages}
        return [Fact(name, version or missing) for name, version in versions.items()]

    def _device_facts(self, devices: DeviceFacts | None) -> list[Fact]:
        if devices is None:
            return [Fact(self.tr("Devices"), self.tr("being asked for…") if self._devices is not None else "–")]
        return [
            Fact(self.tr("Processor can"), devices.cpu_capability),
            Fact(self.tr("Threads"), str(devices.n_threads)),
            *(Fact(self.tr("Device"), self._device_text(device)) for device in devices.devices),
        ]

    def _device_text(self, device: Device) -> str:
        parts = [device.name]
        if device.memory_bytes:
            parts.append(file_size(device.memory_bytes))
        if not device.usable:
            parts.append(self.tr("cannot be used: {0}").format(device.problem))
        return ", ".join(parts)

    # Measuring

    @Slot(object)
    def _show_progress(self, event: object) -> None:
        if isinstance(event, Phase) and self._progress is not None:
            self._progress.set_phase(event)

    @Slot(object)
    def _measured(self, ended: Ended) -> None:
        self._measuring = None
        self.measure_button.setEnabled(True)
        if self._progress is not None:
            self._progress.deleteLater()
            self._progress = None
        self._reader.read()

    # Parts

    def _facts_card(self) -> Card:
        copy = button(self.tr("Copy everything"), "quiet", icon_name="clipboard-copy")
        copy.setAutoDefault(False)
        copy.clicked.connect(self.copy)
        card = Card()
        card.body.addLayout(row(label(self.tr("What it has"), "section"), None, copy))
        card.body.addWidget(RowTable(self.facts, self.tr("What this machine has"), fit_height=True))
        return card

    def _installed_card(self) -> Card:
        card = Card(self.tr("What is installed"))
        card.body.addWidget(RowTable(self.installed, self.tr("What is installed"), fit_height=True))
        return card

    def _fact_model(self) -> TableModel[Fact]:
        columns = [
            Column(heading=self.tr("What"), text=lambda fact: fact.name),
            Column(heading=self.tr("Found"), text=lambda fact: fact.found),
        ]
        return TableModel(columns, self)

    def _variants_card(self) -> Card:
        card = Card(self.tr("The fastest way found to run a network"))
        self._no_variants = label(
            self.tr("Found out the first time a network looks at photos here; remembered after that."),
            "muted",
            wrap=True,
        )
        self._variant_table = RowTable(self.variants, self.tr("The fastest way for each network"), fit_height=True)
        card.body.addWidget(self._no_variants)
        card.body.addWidget(self._variant_table)
        return card

    def _variant_columns(self) -> list[Column[KnownVariant]]:
        return [
            Column(heading=self.tr("Network"), text=lambda known: architecture_title(known.backbone)),
            Column(
                heading=self.tr("Photo size"),
                text=lambda known: f"{known.size} px",
                key=lambda known: known.size,
                numeric=True,
            ),
            Column(heading=self.tr("Way"), text=lambda known: known.variant),
            Column(
                heading=self.tr("Photos a second"),
                text=lambda known: f"{known.images_per_s:,.0f}",
                key=lambda known: known.images_per_s,
                numeric=True,
            ),
            Column(
                heading=self.tr("Gain"),
                text=_gain,
                key=lambda known: known.images_per_s / (known.plain_images_per_s or math.inf),
                tip=self.tr("Against the network as it comes"),
                numeric=True,
            ),
        ]

    def _backbones_card(self) -> Card:
        self.measure_button = button(self.tr("Measure now"), icon_name="gauge")
        self.measure_button.setAutoDefault(False)
        self.measure_button.clicked.connect(self.measure)
        self.weights_button = button(self.tr("Pretrained networks…"), "quiet", icon_name="package")
        self.weights_button.setAutoDefault(False)
        self.weights_button.clicked.connect(self._show_weights)
        self._problem = label("", wrap=True)
        self._problem.hide()
        self.progress_place = QVBoxLayout()
        card = Card()
        heading = label(self.tr("Networks compared here"), "section")
        card.body.addLayout(row(heading, None, self.weights_button, self.measure_button))
        card.body.addLayout(self.progress_place)
        card.body.addWidget(self._problem)
        card.body.addWidget(self.backbones)
        return card


class MachineDialog(Dialog):
    """The page in a window of its own: there is a machine before there is a project.

    Closing it lets a measurement go on; the job strip shows it.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent, QCoreApplication.translate("Dialog", "This machine"), width=LEAST_WIDTH)
        self.page = MachinePage(session)
        self.body.addWidget(self.page, 1)
        self.resize(WIDTH, HEIGHT)


def _gain(known: KnownVariant) -> str:
    if not known.plain_images_per_s:
        return "–"
    return f"{known.images_per_s / known.plain_images_per_s:.1f} ×"
