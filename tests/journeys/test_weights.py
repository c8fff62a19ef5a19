"""Pretrained networks from the list to the library and out: fetched from a hub on this machine, and from files."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from engine.base.dirs import weights_dir
from engine.base.errors import Stopped
from engine.base.events import AnyEvent, Ended, Phase
from engine.base.stop import StopToken
from engine.host.child import ChildRunner
from engine.host.local import LocalRunner
from engine.jobs.spec import AnySpec, FetchWeightsSpec, ImportWeightsSpec, LookUpWeightsSpec
from engine.recipe.catalogue import SHORTLIST
from engine.weights import hub as hub_module
from engine.weights.fetch import fetch_weights
from engine.weights.fit_report import FitReport
from engine.weights.library import kept_weights
from engine.weights.offer import HubOffer, write_offer
from gui.app import Application
from gui.core.job_thread import Role, Runner
from gui.core.settings import HUB
from gui.dialogs.another_network import AnotherNetworkDialog
from gui.dialogs.confirm import ConfirmDialog
from gui.dialogs.fetch_weights import FetchWeightsDialog
from gui.dialogs.import_weights import ImportWeightsDialog
from gui.pages.machine import MachineDialog
from gui.pages.weights import WeightsDialog, WeightsPage
from tests.engine.hub_stand_in import Hub, some_weights, standing_hub
from tests.gui.fake_runner import TestRunners
from tests.gui.helpers import drop, open_dialog, texts, uri_list, wait_quiet
from tests.gui.test_accessible_names import unnamed

NAME = "timm/mobilenetv2_100"
FACTS = SHORTLIST[NAME]
PATH = f"/{FACTS.repo}/resolve/main/model.safetensors"
WHOLE = some_weights()
REPORT = FitReport(
    architecture="resnet50", n_wanted=320, n_fitted=320, missing=(), left_over=("fc.extra",), wrong_shape=(),
    n_classes=1000, by_order=False,
)  # fmt: skip


class FetchingRunners(TestRunners):
    """Fetches really happen, on the job's thread or in a child process."""

    fetching: Runner = LocalRunner()

    def runner(self, role: Role) -> Runner:
        return self.fetching if role == "fetch" else super().runner(role)


@pytest.fixture
def runners() -> FetchingRunners:
    return FetchingRunners()


@pytest.fixture(autouse=True)
def closed_dialogs(qtbot: QtBot, application: Application) -> Iterator[None]:
    """No dialog of one test is there in the next."""
    yield
    while (dialog := QApplication.activeModalWidget()) is not None:
        dialog.reject()
    application.session.jobs.cancel_all()
    wait_quiet(qtbot, application)


@pytest.fixture
def hub(application: Application, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    with standing_hub(monkeypatch) as state:
        state.files[PATH] = WHOLE
        application.session.settings.set(HUB, state.url)
        yield state


@pytest.fixture
def page(qtbot: QtBot, application: Application, hub: Hub) -> WeightsPage:
    return shown(qtbot, application)


def shown(qtbot: QtBot, application: Application) -> WeightsPage:
    """The page, with the network the tests speak of chosen."""
    application.window.commands.actions["show_weights"].trigger()
    page = open_dialog(qtbot, WeightsDialog).page
    qtbot.waitUntil(lambda: page.model.rowCount() > 0)
    page.choose(NAME)
    return page


def state(page: WeightsPage, name: str = NAME) -> str:
    """What the list says of a network's weights."""
    at = next((at for at, one in enumerate(page.model.rows()) if one.row.name == name), None)
    return "" if at is None else str(page.model.data(page.model.index(at, 1)))


def fetch(qtbot: QtBot, page: WeightsPage) -> None:
    """The chosen network is fetched, as by hand."""
    qtbot.mouseClick(page.detail.fetch, Qt.MouseButton.LeftButton)
    open_dialog(qtbot, FetchWeightsDialog).accept()


def said(page: WeightsPage) -> str:
    return " ".join(texts(label for label in page.problem.findChildren(QLabel) if page.problem.isVisible()))


def test_licence_and_size_are_shown_before_anything_is_fetched(qtbot: QtBot, hub: Hub, page: WeightsPage) -> None:
    assert unnamed(page.window()) == []
    assert (page.detail.text_of("licence"), page.detail.fetch.text().strip()) == ("Apache-2.0", "Fetch 14 MB…")
    assert page.detail.text_of("address").replace("\u200b", "") == hub.url + PATH
    page.detail.fetch.click()
    dialog = open_dialog(qtbot, FetchWeightsDialog)
    told = " ".join(texts(dialog.findChildren(QLabel)))
    assert "Licence: Apache-2.0" in told
    assert "about 14 MB from 127.0.0.1" in told
    dialog.reject()
    assert hub.asked == []


def test_network_is_fetched_in_a_process_of_its_own(
    qtbot: QtBot, application: Application, hub: Hub, runners: FetchingRunners, page: WeightsPage
) -> None:
    runners.fetching = ChildRunner()
    fetch(qtbot, page)
    qtbot.waitUntil(lambda: state(page) == "Here, fetched", timeout=30_000)
    (kept,) = kept_weights(weights_dir())
    assert kept.path.read_bytes() == WHOLE
    assert page.detail.text_of("digest") == hashlib.sha256(WHOLE).hexdigest()
    assert not page.detail.fetch.isVisible()
    wait_quiet(qtbot, application)


def test_interrupted_fetch_goes_on_where_it_stopped(
    qtbot: QtBot, application: Application, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    n_kept = interrupted(hub, monkeypatch)
    page = shown(qtbot, application)
    assert state(page) == f"{n_kept / 1e6:.1f} MB fetched so far"
    assert page.detail.fetch.text().strip() == "Go on fetching…"
    hub.asked.clear()
    fetch(qtbot, page)
    qtbot.waitUntil(lambda: state(page) == "Here, fetched")
    assert hub.asked[-1][1] == f"bytes={n_kept}-"


def test_beginning_of_a_fetch_can_be_removed(
    qtbot: QtBot, application: Application, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupted(hub, monkeypatch)
    page = shown(qtbot, application)
    page.detail.remove.click()
    open_dialog(qtbot, ConfirmDialog).accept()
    qtbot.waitUntil(lambda: state(page) == "Can be fetched")
    assert not list(weights_dir().glob(".*.part"))


def interrupted(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> int:
    """A fetch was stopped on its way; the number of bytes it kept."""
    monkeypatch.setattr(hub_module, "_BLOCK", 100_000)
    monkeypatch.setattr("engine.base.meter.MIN_GAP_SECONDS", 0.0)
    stop = StopToken()

    def emit(event: AnyEvent) -> None:
        if isinstance(event, Phase) and event.done:
            stop.request()

    with pytest.raises(Stopped):
        fetch_weights(FACTS, weights_dir(), emit=emit, stop=stop, hub=hub.url)
    return next(weights_dir().glob(".*.part")).stat().st_size


def test_fetch_shows_how_far_it_is_and_can_be_stopped_also_by_a_page_opened_later(
    qtbot: QtBot, application: Application, hub: Hub, runners: FetchingRunners, page: WeightsPage
) -> None:
    runners.fetching = runners.scripted
    runners.scripted.gate = threading.Event()
    runners.scripted.script = lambda _: [Phase(name="Fetching", done=3_000_000, total=14_000_000, unit="bytes")]
    fetch(qtbot, page)
    qtbot.waitUntil(lambda: "3.0 MB of 14.0 MB" in texts(page.findChildren(QLabel)))
    wanted = FetchWeightsSpec(backbone=NAME, library=os.fsencode(weights_dir()), hub=hub.url)
    assert runners.scripted.specs == [wanted]
    assert page.detail.text_of("weights") == "being fetched"
    page.window().reject()
    page = shown(qtbot, application)
    assert "3.0 MB of 14.0 MB" in texts(page.findChildren(QLabel))
    assert not page.detail.fetch.isEnabled()
    stop = next(b for b in page.findChildren(QPushButton) if b.accessibleName() == "Stop Fetching MobileNetV2")
    stop.click()
    qtbot.waitUntil(lambda: page.detail.fetch.isEnabled())
    assert said(page) == ""
    wait_quiet(qtbot, application)


def test_content_other_than_announced_is_explained_and_can_be_fetched_again(
    qtbot: QtBot, hub: Hub, page: WeightsPage
) -> None:
    hub.announces = hashlib.sha256(b"something else").hexdigest()
    fetch(qtbot, page)
    qtbot.waitUntil(lambda: "not what was announced" in said(page))
    assert kept_weights(weights_dir()) == ()
    hub.announces = None
    page.problem.pressed.emit()
    qtbot.waitUntil(lambda: state(page) == "Here, fetched")
    assert said(page) == ""


def test_machine_without_the_internet_is_told_what_to_do(
    qtbot: QtBot, application: Application, hub: Hub, page: WeightsPage
) -> None:
    application.session.settings.set(HUB, "http://127.0.0.1:9")
    fetch(qtbot, page)
    qtbot.waitUntil(lambda: "The hub cannot be reached." in said(page))
    assert "import a file of weights that was fetched elsewhere" in said(page)


def test_network_is_removed_after_a_question(qtbot: QtBot, page: WeightsPage) -> None:
    fetch(qtbot, page)
    qtbot.waitUntil(lambda: page.detail.remove.isVisible())
    page.detail.remove.click()
    open_dialog(qtbot, ConfirmDialog).reject()
    assert len(kept_weights(weights_dir())) == 1
    page.detail.remove.click()
    open_dialog(qtbot, ConfirmDialog).accept()
    qtbot.waitUntil(lambda: state(page) == "Can be fetched")
    assert kept_weights(weights_dir()) == ()


def test_any_other_network_is_looked_up_with_its_licence_before_it_is_fetched(
    qtbot: QtBot, application: Application, hub: Hub, runners: FetchingRunners, page: WeightsPage
) -> None:
    runners.scripted.script = looking_up
    page.ask_another()
    dialog = open_dialog(qtbot, AnotherNetworkDialog)
    assert unnamed(dialog) == []
    dialog.name.setText("resnet17")
    dialog.accept_button.click()
    qtbot.waitUntil(lambda: "There is no network called resnet17." in said(page))
    page.choose("timm/resnet18")
    qtbot.waitUntil(lambda: page.detail.shown().row.name == "timm/resnet18")
    assert page.detail.text_of("licence") == "cc-by-nc-4.0"
    assert page.detail.fetch.text().strip() == "Fetch…"
    page.detail.fetch.click()
    confirm = open_dialog(qtbot, FetchWeightsDialog)
    assert "Licence: cc-by-nc-4.0" in texts(confirm.findChildren(QLabel))
    confirm.reject()
    assert hub.asked == []


def looking_up(spec: AnySpec) -> list[AnyEvent]:
    """What the worker knows of the networks of timm."""
    assert isinstance(spec, LookUpWeightsSpec)
    if spec.backbone != "timm/resnet18":
        return [Ended(reason="failed", user_text="There is no network called resnet17.", advice="Choose another.")]
    offer = HubOffer(
        name=spec.backbone, architecture="resnet18.a1_in1k", title="resnet18", repo="timm/resnet18.a1_in1k",
        file="model.safetensors", revision="main", licence="cc-by-nc-4.0",
    )  # fmt: skip
    write_offer(Path(os.fsdecode(spec.out)), offer)
    return []


# Files


def matching(spec: AnySpec) -> list[AnyEvent]:
    """What the worker says of a file: it fits ResNet50 and nothing else."""
    assert isinstance(spec, ImportWeightsSpec)
    if spec.backbone != "timm/resnet50":
        text = "The file does not fit the network: 3 of 314 tensors fitted."
        return [Ended(reason="failed", user_text=text, advice="It fits timm/resnet50.", details="missing: conv1")]
    Path(os.fsdecode(spec.out)).write_bytes(msgspec.json.encode(REPORT))
    return []


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "mobilenetv2_100-mine.pth"
    path.write_bytes(b"weights")
    return path


def test_dropped_file_is_matched_and_the_report_says_what_fitted(
    qtbot: QtBot, runners: FetchingRunners, page: WeightsPage, file: Path
) -> None:
    runners.scripted.script = matching
    with pytest.raises(AssertionError):
        drop(page, uri_list(file.with_suffix(".jpg")))
    drop(page, uri_list(file))
    dialog = open_dialog(qtbot, ImportWeightsDialog)
    assert unnamed(dialog) == []
    assert dialog.network.currentText() == "MobileNetV2"
    dialog.licence.setText("MIT")
    dialog.accept_button.click()
    qtbot.waitUntil(lambda: "does not fit" in dialog.said())
    assert "It fits timm/resnet50." in dialog.said()
    dialog.network.setEditText("resnet50")
    dialog.accept_button.click()
    qtbot.waitUntil(lambda: "320 of 320 tensors of resnet50 fitted" in dialog.said())
    assert "left over: fc.extra" in dialog.said()
    assert runners.scripted.specs[-1].backbone == "timm/resnet50"
    assert (runners.scripted.specs[-1].path, runners.scripted.specs[-1].licence) == (os.fsencode(file), "MIT")
    assert not dialog.accept_button.isVisible()
    dialog.reject()


def test_closing_the_import_stops_it(
    qtbot: QtBot, application: Application, runners: FetchingRunners, page: WeightsPage, file: Path
) -> None:
    runners.scripted.gate = threading.Event()
    page.take_in(os.fsencode(file))
    dialog = open_dialog(qtbot, ImportWeightsDialog)
    dialog.accept_button.click()
    qtbot.waitUntil(lambda: bool(runners.scripted.specs))
    dialog.reject()
    wait_quiet(qtbot, application)
    assert not runners.scripted.gate.is_set()


# The way there, and everybody


def test_the_machine_page_leads_there(qtbot: QtBot, application: Application) -> None:
    application.window.commands.actions["show_machine"].trigger()
    machine = open_dialog(qtbot, MachineDialog)
    machine.page.weights_button.click()
    dialog = open_dialog(qtbot, WeightsDialog)
    assert dialog.parent() is machine
    wait_quiet(qtbot, application)
    dialog.reject()
    machine.reject()


def test_enter_asks_to_fetch_a_network_but_for_those_that_are_built_in(qtbot: QtBot, page: WeightsPage) -> None:
    page.table.setFocus()
    page.table.setCurrentIndex(page.model.index(page.table.currentIndex().row(), 0))
    qtbot.keyClick(page.table, Qt.Key.Key_Return)
    open_dialog(qtbot, FetchWeightsDialog).reject()
    assert page.window().isVisible()
    page.choose("efficientnet_lite0")
    assert page.detail.text_of("weights") == "Built in"
    assert not page.detail.fetch.isVisible()
    assert not page.detail.remove.isVisible()
    qtbot.keyClick(page.table, Qt.Key.Key_Return)
    assert page.window().isVisible()


@pytest.mark.slow
def test_checkpoint_of_another_program_is_taken_in_for_good(
    qtbot: QtBot, application: Application, runners: FetchingRunners, page: WeightsPage, tmp_path: Path
) -> None:
    timm, torch = pytest.importorskip("timm"), pytest.importorskip("torch")
    path = tmp_path / "mine.pth"
    torch.save({"state_dict": timm.create_model("test_resnet").state_dict(), "epoch": 3}, path)
    runners.scripted = LocalRunner()  # type: ignore[assignment]
    drop(page, uri_list(path))
    dialog = open_dialog(qtbot, ImportWeightsDialog)
    dialog.network.setEditText("test_resnet")
    dialog.accept_button.click()
    qtbot.waitUntil(lambda: "Imported." in dialog.said(), timeout=120_000)
    dialog.reject()
    qtbot.waitUntil(lambda: state(page, "timm/test_resnet") == "Here, imported")
    (kept,) = kept_weights(weights_dir())
    assert kept.info.source == "mine.pth"
