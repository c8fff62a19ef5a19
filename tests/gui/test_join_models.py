"""Models are joined into a row of the table, tested like every other, kept with the project, and taken apart again."""

from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from engine.insight.ensemble import Combined
from engine.project.project import Project
from gui.app import Application
from gui.dialogs.join_models import Joinable, JoinModelsDialog
from tests.gui.fake_runner import TestRunners
from tests.gui.fake_training import train
from tests.gui.helpers import asked, open_dialog, wait_quiet
from tests.gui.test_accessible_names import unnamed
from tests.gui.test_comparison_table import all_wrong, cod_is_taken_for_haddock, compare_all


def test_models_are_joined_into_a_row_and_taken_apart(qtbot: QtBot, opened: Application, runners: TestRunners) -> None:
    blind = train(qtbot, opened, runners, cod_is_taken_for_haddock, name="Cod blind")
    train(qtbot, opened, runners, all_wrong, name="Blind")
    best = train(qtbot, opened, runners, name="Best")
    panel = compare_all(qtbot, opened)
    assert not panel.remove.isVisible()
    qtbot.mouseClick(panel.join, Qt.MouseButton.LeftButton)
    dialog = open_dialog(qtbot, JoinModelsDialog)
    assert isinstance(dialog, JoinModelsDialog)
    assert unnamed(dialog) == []
    dialog.method.setCurrentIndex(dialog.method.findData("weighted"))
    assert "never from test photos" in dialog.about.text()
    # The newest first: the best, the blind one, the one that is blind for cod.
    for at, on in enumerate((True, False, True)):
        dialog.tick(at, on=on)
    assert dialog.ticked() == (best, blind)
    assert dialog.name.text() == "Weighted average of 2 models"
    qtbot.keyClicks(dialog.name, " together")
    dialog.accept()
    wait_quiet(qtbot, opened)

    name = "Weighted average of 2 models together"
    [at] = [at for at, row in enumerate(panel.model.rows()) if row.run is None]
    joined = panel.model.row(at).found
    assert (joined.name, joined.members, joined.method) == (name, (best, blind), "weighted")
    assert joined.accuracy == 1.0, "it believes the one that is right"
    assert f"“{name}”: “Best”, “Cod blind”, with weights" in panel.shown_caption()
    kept = asked(qtbot, opened, lambda project: project.comparisons.joins())
    assert kept == (Combined(name=name, method="weighted", members=(best, blind)),)
    panel.table.selectRow(at)
    assert not panel.review.isEnabled(), "no run stands behind it"
    assert unnamed(opened.window) == []
    qtbot.mouseClick(panel.remove, Qt.MouseButton.LeftButton)
    wait_quiet(qtbot, opened)
    assert {row.found.name for row in panel.model.rows()} == {"Cod blind", "Blind", "Best"}


def test_a_row_that_cannot_be_made_does_not_take_the_others_with_it(
    qtbot: QtBot, opened: Application, runners: TestRunners
) -> None:
    runs = [train(qtbot, opened, runners, name=name) for name in ("One", "Other")]

    def spoil(project: Project) -> None:
        project.comparisons.join(Combined(name="Both", method="average", members=tuple(runs)))
        (project.runs.folder(runs[0]) / "predictions-turns.npz").write_bytes(b"cut short")

    asked(qtbot, opened, spoil)
    panel = compare_all(qtbot, opened)
    panel.parts.setCurrentIndex(panel.parts.findData("test"))
    wait_quiet(qtbot, opened)
    assert [notice.text for notice in opened.session.notices.history if notice.level == "error"] == []
    assert {row.found.name for row in panel.model.rows()} == {"One", "Other", "Both"}
    assert panel.shown().made == (Combined(name="Both", method="average", members=tuple(runs)),)


def test_what_is_not_cross_validated_can_be_averaged_only(qtbot: QtBot) -> None:
    models = [Joinable(1, "Head", True), Joinable(2, "Network", False), Joinable(3, "Trees", True)]
    dialog = JoinModelsDialog(None, models, preset=(1, 2), taken=("Mine",))
    qtbot.addWidget(dialog)
    dialog.show()
    assert dialog.ticked() == (1, 2)
    dialog.method.setCurrentIndex(dialog.method.findData("stacked"))
    assert dialog.ticked() == (1,)
    assert not dialog.accept_button.isEnabled()
    dialog.tick(2, on=True)
    assert dialog.accept_button.isEnabled()
    dialog.name.selectAll()
    qtbot.keyClicks(dialog.name, "Mine")
    assert dialog.hint.text() == "This replaces the joined models of that name."
    with qtbot.waitSignal(dialog.chosen) as caught:
        qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert caught.args == [Combined(name="Mine", method="stacked", members=(1, 3))]
