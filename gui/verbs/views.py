"""Trying and adopting several views of each photo, for the model of a run; adopting can be undone."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from engine.base.changes import Changes
from engine.base.events import Ended
from engine.base.ids import RunId
from engine.insight.view_gain import ViewGain
from engine.jobs.spec import AnswerInViewsSpec
from engine.project.joined_runs import InViews
from engine.recipe.views_cfg import ONCE, ViewsCfg
from engine.store.rows import RunRow
from gui.core.session import Session
from gui.core.store_thread import OpenProject
from gui.core.view_trying import ViewTrier

if TYPE_CHECKING:
    from engine.project.project import Project


class ViewsVerb(QObject):
    """Opens the dialog on a run, and carries out what is chosen there."""

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        self._window = window

    def open(self, run: RunRow) -> None:
        """The user sees what several views bring, and chooses."""

        def read(project: Project) -> tuple[ViewsCfg, ViewGain | None]:
            return project.runs.views(run.id), project.runs.view_gain(run.id)

        self._session.store.ask(read, partial(self._show, run.id), context=self)

    def adopt(self, run_id: RunId, views: ViewsCfg) -> None:
        """The run's model looks so from now on; a notice says it and offers to take it back."""

        def change(project: Project) -> tuple[ViewsCfg, Changes]:
            before = project.runs.views(run_id)
            return before, project.runs.adopt_views(run_id, views)

        self._session.store.ask(change, partial(self._say, run_id, views), context=self)

    def show_as_row(self, run_id: RunId, views: ViewsCfg) -> None:
        """The run is asked about its test photos in these views; its answers are a row of All models then."""

        def prepare(project: Project) -> AnswerInViewsSpec:
            return project.comparisons.in_views_spec(InViews(run_id=run_id, views=views))

        self._session.store.ask(prepare, self._ask_test, context=self)

    def _ask_test(self, spec: AnswerInViewsSpec) -> None:
        job = self._session.jobs.start(spec, title=self.tr("Looking several times"), role="light")
        job.ended.connect(self._answered)

    @Slot(object)
    def _answered(self, ended: Ended) -> None:
        if ended.reason == "finished":
            self._session.changed.emit(Changes(runs=True))
            self._session.notices.success(self.tr("The answers in several views are a row of Review, All models."))

    def _take_back(self, project: OpenProject | None, run_id: RunId, views: ViewsCfg) -> None:
        # The notice may be older than the project that is open now.
        if self._session.project is project:
            self.adopt(run_id, views)

    def _show(self, run_id: RunId, found: tuple[ViewsCfg, ViewGain | None]) -> None:
        from gui.dialogs.views import ViewsDialog

        used, last = found
        dialog = ViewsDialog(self._window, ViewTrier(self._session, run_id), used, last)
        dialog.adopted.connect(partial(self.adopt, run_id))
        dialog.row_wanted.connect(partial(self.show_as_row, run_id))
        dialog.open()

    def _say(self, run_id: RunId, views: ViewsCfg, done: tuple[ViewsCfg, Changes]) -> None:
        text = self.tr("The model looks at each photo {0} times from now on.").format(views.n_views)
        self._session.notices.success(
            self.tr("The model looks at each photo once from now on.") if views == ONCE else text,
            action_text=self.tr("Undo"),
            action=partial(self._take_back, self._session.project, run_id, done[0]),
        )
