"""What every screen is given: the open project's thread, the jobs, the settings, and the signals all screens share."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from engine.base.ids import PhotoId
from gui.core.job_thread import JobRunner
from gui.core.notices import NoticeBoard
from gui.core.settings import Settings
from gui.core.store_thread import OpenProject, StoreThread
from gui.core.thumbs import ThumbCache


class Session(QObject):
    """References and signals, no behaviour; gui.app puts it together.

    Signals:
        changed: `Changes` of anything that happened to the project; the only reason for a screen to reload.
        project_opened: `OpenProject`; `project` is set before it is emitted.
        project_closed: nothing is open; `project` is None.
        job_event: `JobEvent` of any job.
        show_page: key of the page to turn to: `photos`, `explore`, `train`, `review` or `classify`.
        show_photos: `PhotoFilter` that the Photos page is to show, after turning to it.
        show_run: RunId that the Review page is to show, after turning to it.
        show_curves: tuple of RunIds whose curves the Train page is to show in one plot, after turning to it.
        resume_run: RunId of an interrupted training that the Train page is to go on with, after turning to it.
        files_dropped: paths as bytes of a drop that is not for one screen alone: a project, a model, photos to import.
        show_weights: name of the network that the list of pretrained networks is to show first, empty for none.
        weights_changed: pretrained weights were fetched, imported or removed.
        show_before_after: (old RunId, new RunId); the Review page compares them and offers Promote / Keep.
    """

    changed = Signal(object)
    project_opened = Signal(object)
    project_closed = Signal()
    job_event = Signal(object)
    show_page = Signal(str)
    show_photos = Signal(object)
    show_run = Signal(object)
    show_curves = Signal(object)
    resume_run = Signal(object)
    files_dropped = Signal(object)
    show_before_after = Signal(object, object)
    show_weights = Signal(str)
    weights_changed = Signal()

    def __init__(
        self,
        *,
        store: StoreThread,
        jobs: JobRunner,
        settings: Settings,
        notices: NoticeBoard,
        thumbs: ThumbCache,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.store = store
        self.jobs = jobs
        self.settings = settings
        self.notices = notices
        self.thumbs = thumbs
        self.project: OpenProject | None = None
        # Selected on the Photos page, for what can be tried out with some photos.
        self.picked: tuple[PhotoId, ...] = ()
