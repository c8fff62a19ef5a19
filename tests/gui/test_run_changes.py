"""What changed between two runs, from the list of runs to the photos."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from engine.store.rows import PhotoFilter
from gui.app import Application
from gui.dialogs.run_changes import RunChangesDialog
from gui.pages.train import TrainPage
from tests.gui.fake_runner import TestRunners
from tests.gui.fake_training import train
from tests.gui.helpers import asked, open_dialog, wait_quiet


def test_what_changed_between_two_runs_is_said_and_opens_the_photos(
    qtbot: QtBot, opened: Application, runners: TestRunners
) -> None:
    first = train(qtbot, opened, runners, name="First")
    wrong, out = asked(qtbot, opened, lambda project: project.browse.ids(PhotoFilter()))[:2]
    whiting = asked(qtbot, opened, lambda project: project.browse.classes())[-1].id
    asked(qtbot, opened, lambda project: (project.labels.set([wrong], whiting), project.labels.exclude([out])))
    second = train(qtbot, opened, runners, name="Second")
    opened.window.turn_to("train")
    wait_quiet(qtbot, opened)
    page = opened.window.page()
    assert isinstance(page, TrainPage)
    page.runs.choose_several([first, second])
    page.runs.button_of("changes").click()
    dialog = open_dialog(qtbot, RunChangesDialog)
    assert [link.text() for link in dialog.links.values()] == ["1 excluded", "1 relabelled"]
    with qtbot.waitSignal(opened.session.show_photos) as shown:
        dialog.links["relabelled"].click()
    assert (shown.args[0].among, shown.args[0].state) == ((wrong,), None)
    wait_quiet(qtbot, opened)
