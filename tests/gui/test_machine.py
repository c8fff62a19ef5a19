"""The machine page: what the machine has, what was measured on it, and measuring anew."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from engine.base.dirs import machine_dir
from engine.base.events import AnyEvent, Phase
from engine.data.backbone_measure import BackboneMeasure, write_measures
from engine.data.machine import Device, DeviceFacts
from engine.jobs.spec import AnySpec, DoctorSpec, MeasureBackbonesSpec
from gui.app import Application
from gui.pages.machine import MachineDialog, MachinePage
from gui.widgets.backbone_table import BackboneTable
from tests.gui.fake_runner import TestRunners
from tests.gui.helpers import open_dialog, texts, wait_quiet

# Asked by `.ci/run`, and by `pytest -m slow`.
pytestmark = pytest.mark.slow

LITE = BackboneMeasure(
    name="efficientnet_lite0", size_mb=18.7, n_parameters=4_652_008, depth=50, cpu_ms=8.14, gpu_ms=None, top1=0.755,
    source="timm results",
)  # fmt: skip
RESNET = BackboneMeasure(
    name="timm/resnet50", size_mb=102.5, n_parameters=25_557_032, depth=50, cpu_ms=141.2, gpu_ms=3.2, top1=None,
    source="",
)  # fmt: skip
DEVICES = DeviceFacts(
    devices=(
        Device(name="CPU", kind="cpu"),
        Device(name="Old GPU", kind="cuda", memory_bytes=4_000_000_000, usable=False, problem="it is too old"),
    ),
    n_threads=2,
    cpu_capability="AVX2",
    variants=(),
)
CHOICE = '{"variant":"openvino","measured":[{"variant":"eager","images_per_second":30.0},'
CHOICE += '{"variant":"openvino","images_per_second":120.0}],"files":"ab"}'


def answers(spec: AnySpec) -> list[AnyEvent]:
    """What the worker would leave."""
    if isinstance(spec, DoctorSpec):
        Path(os.fsdecode(spec.out)).write_bytes(msgspec.json.encode(DEVICES))
    elif isinstance(spec, MeasureBackbonesSpec):
        write_measures(Path(os.fsdecode(spec.out)), [LITE, RESNET])
        return [Phase(name="Measuring ResNet50", done=1, total=2, seconds_left=40)]
    return []


@pytest.fixture
def open_page(qtbot: QtBot, application: Application, runners: TestRunners) -> Iterator[Callable[[], MachinePage]]:
    """Opens the page; it is closed when the test has ended."""
    runners.scripted.script = answers
    dialogs: list[MachineDialog] = []

    def open_it() -> MachinePage:
        application.window.commands.actions["show_machine"].trigger()
        dialogs.append(open_dialog(qtbot, MachineDialog))
        qtbot.waitUntil(lambda: ("Threads", "2") in facts(dialogs[0].page))
        return dialogs[0].page

    yield open_it
    wait_quiet(qtbot, application)
    for dialog in dialogs:
        dialog.reject()


@pytest.fixture
def page(open_page: Callable[[], MachinePage]) -> MachinePage:
    return open_page()


def facts(page: MachinePage) -> list[tuple[str, str]]:
    return [(fact.name, fact.found) for fact in page.facts.rows()]


def test_it_says_what_the_machine_has_also_without_a_project(page: MachinePage) -> None:
    assert ("Processor can", "AVX2") in facts(page)
    assert ("Device", "Old GPU, 4.0 GB, cannot be used: it is too old") in facts(page)
    assert "Free disk" in {name for name, _ in facts(page)}
    assert {"Fieldmark", "torch"} <= {fact.name for fact in page.installed.rows()}


def test_the_fastest_way_is_told_with_what_it_gains(qtbot: QtBot, open_page: Callable[[], MachinePage]) -> None:
    (machine_dir() / "efficientnet_lite0-288-0123456789abcdef.json").write_text(CHOICE)
    page = open_page()
    qtbot.waitUntil(lambda: page.variants.rowCount() == 1)
    shown = [page.variants.data(page.variants.index(0, column)) for column in range(5)]
    assert shown == ["EfficientNet-Lite0", "288 px", "openvino", "120", "4.0 ×"]


def test_networks_are_measured_when_asked(
    qtbot: QtBot, application: Application, runners: TestRunners, page: MachinePage
) -> None:
    assert page.backbones.model.rowCount() == 0
    runners.scripted.gate = threading.Event()
    qtbot.mouseClick(page.measure_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "Measuring ResNet50" in texts(page.findChildren(QLabel)))
    assert not page.measure_button.isEnabled()
    page.measure()
    runners.scripted.gate.set()
    qtbot.waitUntil(lambda: page.backbones.model.rowCount() == 2 and page.measure_button.isEnabled())
    assert [type(spec) for spec in runners.scripted.specs].count(MeasureBackbonesSpec) == 1


def test_a_damaged_table_is_said(qtbot: QtBot, open_page: Callable[[], MachinePage]) -> None:
    (machine_dir() / "backbones.json").write_text("{")
    page = open_page()
    qtbot.waitUntil(lambda: "The table of networks measured here is damaged. Measure again." in texts(labels(page)))


def labels(page: MachinePage) -> list[QLabel]:
    return [found for found in page.findChildren(QLabel) if not found.isHidden()]


def test_everything_can_be_copied(qtbot: QtBot, application: Application, page: MachinePage) -> None:
    write_measures(machine_dir() / "backbones.json", [LITE])
    page.measure()
    qtbot.waitUntil(lambda: page.backbones.model.rowCount() == 2)
    page.copy()
    text = QGuiApplication.clipboard().text()
    assert "Processor can: AVX2" in text
    assert "EfficientNet-Lite0\t18.7 MB\t4.7 M\t50\t8.1 ms\t–\t75.5 %" in text


def test_the_table_of_networks_sorts_by_its_numbers(qtbot: QtBot, qtmodeltester: ModelTester) -> None:
    table = BackboneTable()
    qtbot.addWidget(table)
    table.show_measures([RESNET, LITE])
    qtmodeltester.check(table.model)
    for column, first in ((1, LITE), (4, LITE), (5, RESNET)):
        table.table.sortByColumn(column, Qt.SortOrder.AscendingOrder)
        assert table.model.row(0) == first
    assert [table.model.data(table.model.index(0, column)) for column in (0, 4, 5, 6)] == [
        "ResNet50", "141 ms", "3.2 ms", "–",
    ]  # fmt: skip
    assert "timm results" in " ".join(texts(table.findChildren(QLabel)))
