"""Studies in the window: planned by clicks, carried out in the background, stopped, compared, reported."""

from __future__ import annotations

import threading
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot

from engine.jobs.spec import TrainSpec
from engine.recipe.recipe import Recipe
from engine.recipe.study_plan import PlanEnsemble, PlanRow, StudyPlan, expand
from engine.recipe.study_templates import TEMPLATES
from engine.store.rows import PhotoFilter
from gui.app import Application
from gui.core.notices import Notice
from gui.core.study_running import found_recipe
from gui.core.throttle import Throttle
from gui.dialogs.confirm import ConfirmDialog
from gui.dialogs.join_models import JoinModelsDialog
from gui.dialogs.recipe import RecipeDialog
from gui.dialogs.sweep import SweepDialog
from gui.pages.studies import StudiesPage
from tests.gui.fake_runner import TestRunners
from tests.gui.fake_training import model, train
from tests.gui.helpers import asked, open_dialog, wait_quiet
from tests.gui.test_accessible_names import unnamed
from tests.gui.test_comparison_table import cod_is_taken_for_haddock

TWO = StudyPlan(
    name="Two",
    rows=(PlanRow(recipe="quick", set=("input.size=64",)), PlanRow(recipe="svm", set=("input.size=64",))),
)


@pytest.fixture
def page(qtbot: QtBot, opened: Application) -> StudiesPage:
    """The page of studies, with none yet."""
    opened.window.turn_to("studies")
    page = opened.window.page()
    assert isinstance(page, StudiesPage)
    wait_quiet(qtbot, opened)
    assert page.pile.currentWidget() is page.empty
    return page


def begin(qtbot: QtBot, opened: Application, page: StudiesPage, plan: StudyPlan) -> None:
    """The study is kept and shown."""
    page.verbs.begin(plan)
    qtbot.waitUntil(lambda: page.plan() is not None and page.told() is not None and not page.list.table.isHidden())
    wait_quiet(qtbot, opened)


def states(page: StudiesPage) -> dict[str, str]:
    return {one.run.planned.name: one.run.state for one in page.runs.model.rows()}


def kept(qtbot: QtBot, opened: Application) -> list[StudyPlan]:
    return list(asked(qtbot, opened, lambda project: project.saved_studies.all()).plans)


def press(qtbot: QtBot, made: QAbstractButton) -> None:
    qtbot.mouseClick(made, Qt.MouseButton.LeftButton)


def test_a_study_is_planned_by_clicks_and_kept_as_it_grows(
    qtbot: QtBot, opened: Application, page: StudiesPage
) -> None:
    press(qtbot, page.empty.findChildren(QAbstractButton)[0])
    qtbot.waitUntil(lambda: page.pile.currentWidget() is page.content)
    wait_quiet(qtbot, opened)
    rows = page.editor.rows
    assert [one.name for one in rows.model.rows()] == ["Quick", "Support vector machine"]

    rows.menu.chosen.emit(Recipe())
    wait_quiet(qtbot, opened)
    assert "one and the same recipe" in page.how_far()
    assert not page.begin.isEnabled()
    assert rows.at() == 1

    press(qtbot, rows.edit)
    qtbot.waitUntil(lambda: open_dialog(qtbot, RecipeDialog) is not None)
    dialog = open_dialog(qtbot, RecipeDialog)
    dialog.form.form("input").editor("size").control.setValue(96)
    dialog.accept()
    wait_quiet(qtbot, opened)
    assert rows.rows()[1].set == ("input.size=96",)
    rows.name.setText("Small photos")
    qtbot.keyClick(rows.name, Qt.Key.Key_Return)
    wait_quiet(qtbot, opened)
    assert page.begin.isEnabled()
    assert "3 runs" in page.how_far()

    press(qtbot, page.editor.sweeps.plus)
    sweep = open_dialog(qtbot, SweepDialog)
    assert sweep.accept_button is not None
    assert not sweep.accept_button.isEnabled()
    [line] = sweep.lines()
    line.place.setCurrentIndex(line.place.findData("head.folds"))
    line.values.setText("3, many")
    assert not sweep.accept_button.isEnabled()
    assert "cannot be many" in line.wrong()
    line.values.setText("3, 400")
    assert not sweep.accept_button.isEnabled()
    assert line.wrong() == "It cannot be 400: 2 to 20."
    line.values.setText("3, 4")
    assert unnamed(sweep) == []
    sweep.accept()
    wait_quiet(qtbot, opened)
    press(qtbot, page.editor.joins.plus)
    join = open_dialog(qtbot, JoinModelsDialog)
    join.tick(0, on=True)
    join.tick(2, on=True)
    join.accept()
    page.editor.repeats.setValue(2)
    page.name.setText("Sizes")
    qtbot.keyClick(page.name, Qt.Key.Key_Return)
    wait_quiet(qtbot, opened)
    assert "10 runs" in page.how_far()
    assert unnamed(opened.window) == []

    [plan] = kept(qtbot, opened)
    assert plan == page.plan()
    assert (plan.name, plan.repeats, len(plan.sweeps)) == ("Sizes", 2, 1)
    assert [row.name for row in plan.rows] == ["", "Small photos", ""]
    assert [one.rows for one in plan.ensembles] == [("Quick", "Support vector machine")]


def test_a_study_is_carried_out_compared_and_reported_while_the_model_in_use_stays(
    qtbot: QtBot, opened: Application, runners: TestRunners, page: StudiesPage, tmp_path: Path
) -> None:
    mine = train(qtbot, opened, runners, name="Mine")
    begin(qtbot, opened, page, TWO)
    runners.scripted.script = lambda spec: (
        model(cod_is_taken_for_haddock)(spec)
        if isinstance(spec, TrainSpec) and spec.recipe.name == "svm"
        else model()(spec)
    )
    press(qtbot, page.begin)
    qtbot.waitUntil(lambda: not page.running.studies(), timeout=20_000)
    wait_quiet(qtbot, opened)
    assert states(page) == {"Quick": "done", "Support vector machine": "done"}
    assert not page.begin.isEnabled()
    current = asked(qtbot, opened, lambda project: project.runs.current())
    assert current is not None
    assert current.id == mine
    assert [row.found.name for row in page.results.model.rows()] == ["Quick", "Support vector machine"]
    assert "Quick" in page.results.model.index(0, 0).data()

    page.tabs.setCurrentWidget(page.results)
    page.results.table.selectAll()
    assert page.results.beside.isEnabled()
    assert not page.results.curves.isEnabled(), "neither was trained in epochs"
    assert unnamed(opened.window) == []

    told: list[Notice] = []
    opened.session.notices.posted.connect(told.append)
    for form in ("html", "pdf", "csv", "md", "tex"):
        page.verbs.report(TWO, form, tmp_path / f"report.{form}")
    page.verbs.bundle(TWO, tmp_path / "all.zip")
    qtbot.waitUntil(lambda: len(told) == 6, timeout=20_000)
    assert [notice.details or notice.text for notice in told if notice.level != "success"] == []
    assert "Support vector machine" in (tmp_path / "report.html").read_text()
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")
    assert (tmp_path / "all.zip").is_file()

    with qtbot.waitSignal(opened.session.show_run):
        page.runs.table.doubleClicked.emit(page.runs.model.index(0, 0))
    photos = asked(qtbot, opened, lambda project: project.browse.ids(PhotoFilter()))
    asked(qtbot, opened, lambda project: project.labels.exclude(photos[:1]))
    wait_quiet(qtbot, opened)
    assert set(states(page).values()) == {"done"}, "nothing is read while nobody looks"
    opened.window.turn_to("studies")
    qtbot.waitUntil(lambda: set(states(page).values()) == {"open"})


def test_a_study_that_is_stopped_goes_on_where_it_was(
    qtbot: QtBot, opened: Application, runners: TestRunners, page: StudiesPage
) -> None:
    begin(qtbot, opened, page, TWO)
    runners.scripted.script, runners.scripted.gate = model(), threading.Event()
    press(qtbot, page.begin)
    qtbot.waitUntil(lambda: len(runners.scripted.specs) == 1)
    qtbot.waitUntil(lambda: page.running.step() is not None and page.progress() is not None)
    row = page.progress()
    assert row is not None
    row.stop_wanted.emit()
    wait_quiet(qtbot, opened)
    assert page.running.studies() == ()
    assert page.progress() is None
    assert len(runners.scripted.specs) == 1, "nothing else was begun"
    runners.scripted.gate.set()
    press(qtbot, page.begin)
    qtbot.waitUntil(lambda: not page.running.studies(), timeout=20_000)
    wait_quiet(qtbot, opened)
    assert set(states(page).values()) == {"done"}


def test_stopping_everything_begins_nothing_more(
    qtbot: QtBot, opened: Application, runners: TestRunners, page: StudiesPage
) -> None:
    begin(qtbot, opened, page, TWO)
    runners.scripted.script, runners.scripted.gate = model(), threading.Event()
    page.start()
    qtbot.waitUntil(lambda: len(runners.scripted.specs) == 1)
    opened.session.jobs.cancel_all()
    wait_quiet(qtbot, opened)
    assert len(runners.scripted.specs) == 1
    assert page.running.studies() == ()


def test_a_template_says_what_waits_for_weights_and_studies_are_told_apart(
    qtbot: QtBot, opened: Application, page: StudiesPage, tmp_path: Path
) -> None:
    begin(qtbot, opened, page, TEMPLATES["fish-workshop-quick"])
    waits = [name for name, state in states(page).items() if state == "waits"]
    assert len(waits) == sum("VGG" in name or "Study 1" in name for name in waits) > 3
    assert f"{len(waits)} wait" in page.how_far()
    page.runs.table.selectRow([one.run.state for one in page.runs.model.rows()].index("waits"))
    with qtbot.waitSignal(opened.session.show_weights):
        page.runs.weights.click()

    path = tmp_path / "mine.toml"
    path.write_text('name = "Mine"\nrows = [{recipe = "quick"}]\n')
    page.verbs.open_file(path)
    qtbot.waitUntil(lambda: page.plan() is not None and page.plan().name == "Mine")
    wait_quiet(qtbot, opened)
    press(qtbot, page.list.copy)
    qtbot.waitUntil(lambda: page.plan() is not None and page.plan().name == "Mine 2")
    wait_quiet(qtbot, opened)
    page.name.setText("Mine")
    qtbot.keyClick(page.name, Qt.Key.Key_Return)
    wait_quiet(qtbot, opened)
    assert [plan.name for plan in kept(qtbot, opened)] == ["Fish workshop (quick)", "Mine", "Mine 2"]
    press(qtbot, page.list.minus)
    open_dialog(qtbot, ConfirmDialog).accept()
    qtbot.waitUntil(lambda: len(page.list.model.rows()) == 2)
    assert [plan.name for plan in kept(qtbot, opened)] == ["Fish workshop (quick)", "Mine"]


def test_what_was_changed_stands_though_the_project_answers_late(
    qtbot: QtBot, opened: Application, page: StudiesPage
) -> None:
    begin(qtbot, opened, page, TWO)
    store, hold, hold_saving, read = opened.session.store, threading.Event(), threading.Event(), list[None]()
    store.ask(lambda _: hold.wait(20))
    opened.session.weights_changed.emit()
    qtbot.waitUntil(lambda: not any(one.is_waiting() for one in page.findChildren(Throttle)))
    store.ask(lambda _: None, read.append)
    store.ask(lambda _: hold_saving.wait(20))
    page.editor.repeats.setValue(3)
    hold.set()
    qtbot.waitUntil(lambda: bool(read))
    page.editor.max_runs.setValue(5)
    hold_saving.set()
    wait_quiet(qtbot, opened)
    [plan] = kept(qtbot, opened)
    assert (plan.repeats, plan.max_runs) == (3, 5)
    assert (page.editor.repeats.value(), page.editor.max_runs.value()) == (3, 5)


def test_another_study_is_not_given_the_name_that_stood_there(
    qtbot: QtBot, opened: Application, page: StudiesPage
) -> None:
    begin(qtbot, opened, page, TWO)
    begin(qtbot, opened, page, StudyPlan(name="One", rows=TWO.rows[:1]))
    opened.window.activateWindow()
    page.editor.about.setFocus()
    qtbot.waitUntil(page.editor.about.hasFocus)
    page.editor.about.setText("Half a sen")
    opened.session.weights_changed.emit()
    wait_quiet(qtbot, opened)
    assert page.editor.about.text() == "Half a sen"
    page.name.setFocus()
    page.verbs._delete("One")
    qtbot.waitUntil(lambda: page.plan() is not None and page.plan().name == "Two")
    wait_quiet(qtbot, opened)
    page.list.table.setFocus()
    wait_quiet(qtbot, opened)
    assert [plan.name for plan in kept(qtbot, opened)] == ["Two"]


def test_the_table_of_a_study_is_not_shown_under_the_name_of_another(
    qtbot: QtBot, opened: Application, runners: TestRunners, page: StudiesPage
) -> None:
    for one in expand(TWO, found_recipe):
        train(qtbot, opened, runners, recipe=one.recipe)
    begin(qtbot, opened, page, StudyPlan(name="One", rows=TWO.rows[:1]))
    begin(qtbot, opened, page, TWO)
    qtbot.waitUntil(lambda: page.results.found() is not None)
    hold = threading.Event()
    opened.session.store.ask(lambda _: hold.wait(20))
    page.list.table.selectRow(0)
    assert page.name.text() == "One"
    assert page.results.found() is None
    assert not page.results.model.rows()
    assert not page.runs.model.rows()
    hold.set()
    wait_quiet(qtbot, opened)
    assert [one.run.state for one in page.runs.model.rows()] == ["done"]


def test_a_plan_that_comes_to_no_rows_says_so_and_keeps_what_was_chosen(
    qtbot: QtBot, opened: Application, page: StudiesPage, tmp_path: Path
) -> None:
    begin(qtbot, opened, page, TWO)
    begin(qtbot, opened, page, StudyPlan(name="One", rows=TWO.rows, reference="Support vector machine"))
    page.editor.rows.name.setText("")
    page.editor.rows.name.editingFinished.emit()
    page.name.setText(" ")
    page.name.editingFinished.emit()
    assert (page.editor.rows.name.text(), page.name.text()) == ("Quick", "One"), "what has no name keeps the one it had"
    page.editor.rows.add(PlanRow(recipe=str(tmp_path / "gone.toml"), name="Gone"))
    wait_quiet(qtbot, opened)
    assert "gone.toml could not be read: it is not there. Choose another" in page.how_far()
    assert not page.begin.isEnabled()
    assert not page.editor.joins.plus.isEnabled()
    page.editor.repeats.setValue(4)
    press(qtbot, page.editor.rows.minus)
    wait_quiet(qtbot, opened)
    assert page.plan() == StudyPlan(name="One", rows=TWO.rows, reference="Support vector machine", repeats=4)
    assert page.editor.reference.currentData() == "Support vector machine"
    assert page.editor.joins.plus.isEnabled()

    page.editor.joins.put(-1, PlanEnsemble(name="Both", method="average", rows=("Quick", "Support vector machine")))
    page.editor.rows.table.selectRow(1)
    page.editor.rows.name.setText("SVM")
    qtbot.keyClick(page.editor.rows.name, Qt.Key.Key_Return)
    wait_quiet(qtbot, opened)
    [plan] = [plan for plan in kept(qtbot, opened) if plan.name == "One"]
    assert (plan.reference, plan.ensembles[0].rows) == ("SVM", ("Quick", "SVM"))
    assert page.begin.isEnabled()


def test_what_the_form_cannot_show_is_kept_where_something_else_is_changed(
    qtbot: QtBot, opened: Application, page: StudiesPage
) -> None:
    told = StudyPlan(
        name="By hand", about="Why? " * 80, rows=TWO.rows, repeats=60, max_runs=2000, max_minutes=0.5, priority=500
    )
    begin(qtbot, opened, page, told)
    page.editor.folds.setValue(3)
    wait_quiet(qtbot, opened)
    assert kept(qtbot, opened) == [msgspec.structs.replace(told, folds=3)]
    page.editor.max_minutes.setValue(7)
    wait_quiet(qtbot, opened)
    assert kept(qtbot, opened) == [msgspec.structs.replace(told, folds=3, max_minutes=7.0)]
