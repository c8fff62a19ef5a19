"""Pictures of every screen for docs and for looking at: `python -m gui.screenshots OUT --theme dark`.

The real window on the real engine: the sample project is drawn, imported and trained in a temporary folder. On a
machine without a screen set QT_QPA_PLATFORM=offscreen.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from engine.recipe.recipe import Recipe
from engine.recipe.study_plan import PlanRow, StudyPlan, Sweep, SweepField
from gui.app import Application, make_qt_app
from gui.core.settings import SCHEME, Settings
from gui.core.training import TrainingRun
from gui.pages.explore import TABS

SIZE = (1200, 780)
TICK_MS = 50
# Quiet for this long is quiet for good: reloads are throttled to less than this.
QUIET_TICKS = 8
LIMIT_TICKS = 20 * 300
# Small photos: minutes would be too long for a picture.
_STUDY = StudyPlan(
    name="Photo size and method",
    about="Are small photos enough, and is the classic method as good?",
    rows=(
        PlanRow(recipe="quick", name="Quick, 160 px", set=("input.size=160",)),
        PlanRow(recipe="svm", name="Support vectors, 160 px", set=("input.size=160",)),
        PlanRow(recipe="study1_resnet50"),
    ),
    sweeps=(Sweep(recipe="quick", name="Quick", fields=(SweepField(place="input.size", values=(64, 96)),)),),
)
Script = Iterator[Callable[[], bool]]


class Photographer(QObject):
    """Plays a script: each step yields a condition, and the next step comes when it holds."""

    def __init__(self, application: Application, out: Path, project: Path | None, work: Path) -> None:
        super().__init__()
        self._application = application
        self._window = application.window
        self._session = application.session
        self._out = out
        self._project = project
        self._work = work
        self._n_quiet = 0
        self._n_ticks = 0
        self._script = self._play()
        self._holds: Callable[[], bool] = bool
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._tick)
        self.failed = ""

    def start(self) -> None:
        """The script begins; the application quits when it has ended."""
        self._holds = next(self._script)
        self._timer.start(TICK_MS)

    @Slot()
    def _tick(self) -> None:
        self._n_ticks += 1
        if self._n_ticks > LIMIT_TICKS:
            self._end("a step took too long")
            return
        if not self._holds():
            return
        self._n_quiet = self._n_ticks = 0
        try:
            self._holds = next(self._script)
        except StopIteration:
            self._end("")

    def _end(self, problem: str) -> None:
        self.failed = problem
        self._timer.stop()
        QApplication.quit()

    def _play(self) -> Script:
        yield self._quiet
        self._save("start")
        yield from self._open_project()
        yield from self._photos()
        yield from self._train()
        yield from self._recipe()
        yield from self._large()
        yield from self._review()
        yield from self._explore()
        yield from self._new_class()
        yield from self._models()
        yield from self._classify()
        yield from self._studies()
        yield from self._dialogs()

    def _open_project(self) -> Script:
        if self._project is not None:
            self._window.projects.open(self._project)
        else:
            from engine.data.sample import make_sample

            sample = make_sample(self._work / "Sample photos")
            folder = self._work / "Fieldmark" / "Reef fish"
            self._window.projects.create(folder, (os.fsencode(sample.photos),))
        yield lambda: self._session.project is not None
        yield self._quiet

    def _photos(self) -> Script:
        page = self._window.page()
        page.grid.setFocus()
        page.grid.select_ids([page.photos.id_at(at) for at in (1, 2, 5)])
        yield self._quiet
        self._close_toasts()
        self._save("photos")

    def _large(self) -> Script:
        self._window.turn_to("photos")
        page = self._window.page()
        page.grid.go_to_row(1)
        self._window.commands.actions["open_photo"].trigger()
        yield self._quiet
        self._save("photo-large")
        page.view.show_grid()

    def _train(self) -> Script:
        self._window.turn_to("train")
        yield self._quiet
        self._save("train-before")
        run = TrainingRun(self._session, Recipe())
        seen: list[object] = []
        run.ended.connect(lambda *ended: seen.append(ended))
        yield lambda: any(job.phase is not None and job.phase.done for job in self._session.jobs.active()) or bool(seen)
        self._save("train-running")
        yield lambda: bool(seen)
        yield self._quiet
        self._close_toasts()
        self._save("train")

    def _explore(self) -> Script:
        self._window.turn_to("explore")
        page = self._window.page()
        yield self._quiet
        for key in TABS:
            page.turn_to(key)
            yield self._quiet
            self._save(f"explore-{key}")

    def _recipe(self) -> Script:
        card = self._window.page().setup.card
        card.choose("from_scratch")
        card.edit.click()
        yield lambda: self._dialog() is not None
        dialog = self._dialog()
        assert dialog is not None
        # Small photos: the search takes seconds, not minutes.
        dialog.form.form("input").editor("size").control.setValue(32)
        dialog.views.setCurrentWidget(dialog.rates)
        dialog.form.show_section("training")
        dialog.rates.find.click()
        yield self._quiet
        self._save("recipe", dialog)
        dialog.reject()
        yield lambda: self._dialog() is None
        card.choose("quick")

    def _review(self) -> Script:
        self._window.turn_to("review")
        yield self._quiet
        self._save("review")
        page = self._window.page()
        page.views.setCurrentIndex(2)
        yield self._quiet
        self._save("review-confidence")
        page.views.setCurrentIndex(0)
        page.try_merge()
        yield lambda: self._dialog() is not None
        yield self._quiet
        dialog = self._dialog()
        assert dialog is not None
        self._save("merge-trial", dialog)
        dialog.reject()
        yield lambda: self._dialog() is None

    def _models(self) -> Script:
        self._window.commands.actions["compare_models"].trigger()
        yield self._quiet
        self._save("review-models")

    def _new_class(self) -> Script:
        self._window.turn_to("photos")
        folder = self._work / "Sample photos" / "To try" / "Violet crown"
        if not folder.is_dir():
            return
        page = self._window.page()
        page.verbs.files_on((os.fsencode(folder),), None)
        yield lambda: self._dialog() is not None
        dialog = self._dialog()
        assert dialog is not None
        yield lambda: dialog.summary.contents is not None
        yield self._quiet
        self._save("new-class", dialog)
        shown: list[object] = []
        self._session.show_before_after.connect(lambda *runs: shown.append(runs))
        dialog.accept()
        yield lambda: bool(shown)
        yield self._quiet
        self._close_toasts()
        self._save("before-after")

    def _classify(self) -> Script:
        self._window.turn_to("classify")
        yield self._quiet
        self._save("classify")

    def _studies(self) -> Script:
        self._window.turn_to("studies")
        page = self._window.page()
        yield self._quiet
        self._save("studies-empty")
        page.verbs.begin(_STUDY)
        yield self._quiet
        self._save("studies-plan")
        page.editor.sweeps.edit.click()
        yield lambda: self._dialog() is not None
        dialog = self._dialog()
        assert dialog is not None
        self._save("sweep", dialog)
        dialog.reject()
        page.start()
        yield lambda: page.running.step() is not None and bool(self._session.jobs.active())
        self._save("studies-runs")
        yield lambda: not page.running.studies()
        yield self._quiet
        self._close_toasts()
        page.tabs.setCurrentWidget(page.results)
        yield self._quiet
        self._save("studies-table")

    def _dialogs(self) -> Script:
        for name in ("show_keys", "show_machine", "show_weights", "show_about", "export_photos"):
            self._window.commands.actions[name].trigger()
            yield lambda: self._dialog() is not None
            yield self._quiet
            dialog = self._dialog()
            assert dialog is not None
            self._save(name.removeprefix("show_"), dialog)
            dialog.reject()
            yield lambda: self._dialog() is None

    def _quiet(self) -> bool:
        jobs, store = self._session.jobs.active(), self._session.store.is_busy()
        still = not jobs and not store and self._session.thumbs.is_idle()
        self._n_quiet = self._n_quiet + 1 if still else 0
        return self._n_quiet >= QUIET_TICKS

    def _dialog(self) -> QDialog | None:
        shown = (w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog) and w.isVisible())
        return next(shown, None)

    def _close_toasts(self) -> None:
        for toast in self._window.toasts.toasts():
            toast.close_now()

    def _save(self, name: str, widget: QWidget | None = None) -> None:
        (widget or self._window).grab().save(str(self._out / f"{name}.png"))


def main(argv: list[str] | None = None) -> int:
    """The pictures are in the folder OUT; returns 1 if a screen could not be reached."""
    parser = argparse.ArgumentParser(description="Pictures of every screen.")
    parser.add_argument("out", type=Path)
    parser.add_argument("--theme", choices=("light", "dark"), default="light")
    parser.add_argument("--project", type=Path, help="an existing project instead of the sample")
    options = parser.parse_args(argv)
    options.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        os.environ["HOME"] = work  # pictures say ~/Fieldmark, wherever they are made
        settings = Settings(Path(work) / "settings.json")
        settings.set(SCHEME, options.theme)
        app = make_qt_app(settings)
        application = Application(app, settings)
        application.window.resize(*SIZE)
        application.window.show()
        photographer = Photographer(application, options.out, options.project, Path(work))
        photographer.start()
        app.exec()
        application.shut_down()
    if photographer.failed:
        sys.stderr.write(f"screenshots: {photographer.failed}\n")
    return 1 if photographer.failed else 0


if __name__ == "__main__":
    sys.exit(main())
