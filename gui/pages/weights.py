"""Pretrained networks: which are on this machine, and getting more: fetched from the hub, or from a file."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt, QTemporaryDir, Slot
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from engine.base.dirs import weights_dir
from engine.base.events import Ended
from engine.base.fspath import to_bytes
from engine.jobs.spec import FetchWeightsSpec, LookUpWeightsSpec
from gui.core.drops import paths_in
from gui.core.job_thread import Job
from gui.core.pool_work import on_pool
from gui.core.session import Session
from gui.core.settings import HUB
from gui.core.weights_reading import ListedWeights, WeightsReader
from gui.core.weights_words import short_title
from gui.dialogs.dialog import Dialog
from gui.models.weights_model import weights_model
from gui.verbs.weights import SUFFIXES, WeightsVerbs
from gui.widgets.banner import Banner
from gui.widgets.cards import GAP, Card, button, label, row
from gui.widgets.drop_overlay import DropOverlay
from gui.widgets.fetch_row import FetchRow
from gui.widgets.table_view import RowTable
from gui.widgets.weights_detail import WeightsDetail

PREFIX = "timm/"
WIDTH, HEIGHT, LEAST_WIDTH = 1000, 760, 760


if TYPE_CHECKING:
    from engine.weights.offer import HubOffer


class WeightsPage(QWidget):
    """Reads the list when it is made and whenever weights have come or gone; files can be dropped on it."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._verbs = WeightsVerbs(session, self)
        self._wanted = ""
        self._asking: Job | None = None
        self._looked_for: set[str] = set()
        self._retry: Callable[[], object] = bool
        self._folder = QTemporaryDir()
        self._rows: dict[Job, FetchRow] = {}
        self.setAcceptDrops(True)
        self.model = weights_model(self)
        self.table = RowTable(self.model, self.tr("Pretrained networks"))
        self.table.selectionModel().selectionChanged.connect(self._show_chosen)
        # Queued: the key that activates a row goes on to the default button of whatever dialog there is by then.
        self.table.activated.connect(self._activate, Qt.ConnectionType.QueuedConnection)
        self.detail = WeightsDetail()
        self.detail.fetch_wanted.connect(self.ask_fetch)
        self.detail.import_wanted.connect(self._choose_file_for)
        self.detail.remove_wanted.connect(self._ask_remove)
        self.problem = Banner(self.tr("Try again"))
        self.problem.pressed.connect(self._try_again)
        self._build()
        self.overlay = DropOverlay(self)
        self._reader = WeightsReader(weights_dir(), session.settings.get(HUB), self)
        self._reader.found.connect(self._show)
        session.weights_changed.connect(self._reader.read)
        self._reader.read()
        for job in self._verbs.under_way():
            self._follow(job)

    def choose(self, name: str) -> None:
        """The network of that name in recipes is the chosen one, as soon as it is listed."""
        self._wanted = name
        if not self._select(name) and self.model.rowCount() and name.startswith(PREFIX):
            self._wanted = ""
            self.look_up(name)

    def chosen(self) -> ListedWeights | None:
        """The network that is chosen."""
        rows = self.table.selectionModel().selectedRows()
        return self.model.row(rows[0].row()) if rows else None

    @Slot(object)
    def ask_fetch(self, one: ListedWeights) -> None:
        """Licence and size are shown, then the network is fetched if the user wants it so."""
        from gui.dialogs.fetch_weights import FetchWeightsDialog

        dialog = FetchWeightsDialog(self, one)
        dialog.accepted.connect(partial(self._fetch, one.row.name, short_title(one)))
        dialog.open()

    def take_in(self, file: bytes, *, network: str = "") -> None:
        """A file of weights is to be imported; the dialog asks for which network."""
        from gui.dialogs.import_weights import ImportWeightsDialog

        ImportWeightsDialog(self, self._verbs.take_in, file, network=network).open()

    def choose_file(self, *, network: str = "") -> None:
        """The user chooses a file of weights to import."""
        picker = QFileDialog(self, self.tr("Import weights"))
        picker.setFileMode(QFileDialog.FileMode.ExistingFile)
        patterns = " ".join(f"*{suffix}" for suffix in SUFFIXES)
        picker.setNameFilters([self.tr("Weights ({0})").format(patterns), self.tr("All files (*)")])
        picker.fileSelected.connect(lambda file: self.take_in(to_bytes(file), network=network))
        picker.open()

    @Slot()
    def look_up(self, name: str) -> None:
        """A network that the list does not have is looked up, and stands in it if it can be fetched."""
        if self._asking is not None:
            return
        self.problem.show_text("")
        self._looked_for.add(name)
        self._asking = job = self._verbs.look_up(name, Path(self._folder.path()) / "offer.json")
        line = FetchRow(job)
        line.over.connect(self._looked_up)
        self._rows[job] = line
        self.progress_place.addWidget(line)

    @Slot(object, object)
    def _looked_up(self, job: Job, ended: Ended) -> None:
        self._rows.pop(job).deleteLater()
        self._asking = None
        assert isinstance(job.spec, LookUpWeightsSpec)
        if ended.reason == "finished":
            self._wanted = job.spec.backbone
            out = Path(self._folder.path()) / "offer.json"
            on_pool(partial(_read, out), self._reader.add, context=self, on_error=self._session.notices.error)
        elif ended.reason != "cancelled":
            self._retry = partial(self.look_up, job.spec.backbone)
            self.problem.show_text(f"{ended.user_text} {ended.advice}".strip())

    @Slot()
    def ask_another(self) -> None:
        """The user says which network is wanted that the list does not have."""
        from gui.dialogs.another_network import AnotherNetworkDialog

        dialog = AnotherNetworkDialog(self)
        dialog.chosen.connect(self.choose)
        dialog.open()

    # The list

    @Slot(object)
    def _show(self, rows: tuple[ListedWeights, ...]) -> None:
        chosen = self.chosen()
        name = self._wanted or ("" if chosen is None else chosen.row.name)
        self.model.set_rows(rows)
        if not self._select(name) and rows:
            self.table.selectRow(0)
            if self._wanted.startswith(PREFIX) and self._wanted not in self._looked_for:
                self.look_up(self._wanted)
        self._wanted = ""
        self._show_chosen()

    def _select(self, name: str) -> bool:
        for at, one in enumerate(self.model.rows()):
            if name and name in (one.row.name, one.row.name.partition(".")[0]):
                self.table.selectRow(at)
                self.table.scrollTo(self.model.index(at, 0))
                self._wanted = ""
                return True
        return False

    @Slot()
    def _show_chosen(self) -> None:
        one = self.chosen()
        self.detail.show_network(one, busy=one is not None and one.row.name in self._being_fetched())

    @Slot()
    def _activate(self) -> None:
        if self.detail.fetch.isVisible() and self.detail.fetch.isEnabled():
            self.detail.fetch.click()

    # Fetching

    def _being_fetched(self) -> set[str]:
        return {job.spec.backbone for job in self._rows if isinstance(job.spec, FetchWeightsSpec)}

    def _fetch(self, name: str, title: str) -> None:
        if name not in self._being_fetched():
            self.problem.show_text("")
            self._follow(self._verbs.fetch(name, title))

    def _follow(self, job: Job) -> None:
        line = FetchRow(job)
        line.over.connect(self._fetched)
        self._rows[job] = line
        self.progress_place.addWidget(line)
        self._show_chosen()

    @Slot(object, object)
    def _fetched(self, job: Job, ended: Ended) -> None:
        self._rows.pop(job).deleteLater()
        assert isinstance(job.spec, FetchWeightsSpec)
        name = job.spec.backbone
        if ended.reason in ("failed", "crashed"):
            self._retry = partial(self._fetch, name, self._title_of(name))
            self.problem.show_text(f"{ended.user_text} {ended.advice}".strip())
        self._wanted = name
        self._select(name)
        self._show_chosen()

    def _title_of(self, name: str) -> str:
        return next((short_title(one) for one in self.model.rows() if one.row.name == name), name)

    @Slot()
    def _try_again(self) -> None:
        self._retry()

    # Importing and removing

    @Slot(object)
    def _choose_file_for(self, one: ListedWeights) -> None:
        self.choose_file(network=one.row.name)

    @Slot()
    def _choose_any_file(self) -> None:
        self.choose_file()

    @Slot(object)
    def _ask_remove(self, one: ListedWeights) -> None:
        from gui.dialogs.confirm import ConfirmDialog

        kept, part = one.kept, one.part
        if kept is None:
            heading = self.tr("Remove what was fetched of {0} so far?").format(short_title(one))
            text = self.tr("Fetching it later begins anew.")
        else:
            heading = self.tr("Remove {0} from this machine?").format(short_title(one))
            text = self.tr(
                "Networks that were trained from it keep their own weights. Models that only look through it (Quick,"
                " the classic methods, as it is) need it again to classify new photos. It can be fetched or imported"
                " again."
            )
        dialog = ConfirmDialog(self, heading, text, yes=self.tr("Remove"), no=self.tr("Keep it"))
        if kept is not None:
            dialog.accepted.connect(partial(self._verbs.remove, kept))
        elif part is not None:
            dialog.accepted.connect(partial(self._verbs.forget_begun, part))
        dialog.open()

    # Drops

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _weights_in(event):
            event.acceptProposedAction()
            self.overlay.show_text(self.tr("Drop to import the weights"))

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.overlay.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        self.overlay.hide()
        found = _weights_in(event)
        if found:
            event.acceptProposedAction()
            self.take_in(found)

    # Parts

    def _build(self) -> None:
        intro = self.tr(
            "A pretrained network has already learned to see from a million photos; most recipes build on one."
            " Fieldmark works without the internet and fetches nothing unless you ask it to. On a machine that is"
            " offline, fetch the file on another one by its address, carry it over, and import it here or drop it on"
            " this page."
        )
        more = button(
            self.tr("Import a file…"), icon_name="folder-input", tip=self.tr("Safetensors, or PyTorch's .pth")
        )
        more.setAutoDefault(False)
        more.clicked.connect(self._choose_any_file)
        self.progress_place = QVBoxLayout()
        card = Card()
        another = button(self.tr("Another network…"), "quiet", icon_name="search")
        another.setAutoDefault(False)
        another.clicked.connect(self.ask_another)
        card.body.addLayout(row(label(self.tr("On this machine, and to be had"), "section"), None, another, more))
        card.body.addWidget(self.table, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(2 * GAP)
        box.addWidget(label(intro, "muted", wrap=True))
        box.addWidget(self.problem)
        box.addLayout(self.progress_place)
        box.addWidget(card, 1)
        box.addWidget(self.detail)


class WeightsDialog(Dialog):
    """The page in a window of its own: networks belong to the machine, not to a project.

    Closing it lets what is being fetched go on; the job strip shows it.
    """

    def __init__(self, session: Session, parent: QWidget | None = None, *, network: str = "") -> None:
        super().__init__(parent, QCoreApplication.translate("Dialog", "Pretrained networks"), width=LEAST_WIDTH)
        self.page = WeightsPage(session)
        self.body.addWidget(self.page, 1)
        # Enter belongs to the network chosen in the list.
        self.reject_button.setAutoDefault(False)
        self.resize(WIDTH, HEIGHT)
        if network:
            self.page.choose(network)
        self.page.table.setFocus(Qt.FocusReason.OtherFocusReason)


def _read(path: Path) -> HubOffer:
    from engine.weights.offer import read_offer

    return read_offer(path)


def _weights_in(event: QDropEvent) -> bytes:
    """The first file of weights among what is dragged; empty if there is none."""
    return next((path for path in paths_in(event.mimeData()) if path.lower().endswith(_ENDINGS)), b"")


_ENDINGS = tuple(suffix.encode() for suffix in SUFFIXES)
