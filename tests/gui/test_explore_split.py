"""Split in the window: the plan that Train uses, leaks that can be looked at and mended, groups by hand, two scores."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from engine.base.events import AnyEvent
from engine.data.manifest import read_manifest
from engine.insight.honesty import honesty, write_honesty
from engine.insight.leave_one_out import GroupScore, group_scores, leave_one_out_of, write_leave_one_out
from engine.jobs.spec import AnySpec, CompareSplitsSpec, FindCopiesSpec, LeaveOneOutSpec
from engine.recipe.group_cfg import BY_HAND
from engine.recipe.recipe import Recipe
from engine.store.rows import PhotoFilter
from gui.app import Application
from gui.dialogs.confirm import ConfirmDialog
from gui.dialogs.keep_together import KeepTogetherDialog
from gui.pages.explore_split import ExploreSplit
from gui.widgets.leave_out_card import LeaveOutCard
from gui.widgets.plan_form import PlanForm
from tests.gui.copies import open_with_copies, really
from tests.gui.fake_runner import TestRunners
from tests.gui.helpers import asked, open_dialog, wait_quiet
from tests.gui.test_accessible_names import unnamed


def answers(spec: AnySpec) -> Sequence[AnyEvent]:
    """Copies are really looked for; what has to learn leaves numbers that are given."""
    if isinstance(spec, FindCopiesSpec):
        return really(spec)
    right, wrong = np.ones(12, bool), np.arange(12) % 2 == 0
    if isinstance(spec, CompareSplitsSpec):
        write_honesty(Path(os.fsdecode(spec.out)), honesty(wrong, right, np.arange(12) // 2))
    elif isinstance(spec, LeaveOneOutSpec):
        names, left = ("carp", "pike"), np.arange(12) // 6
        groups = group_scores(names, left, wrong, right, np.zeros(2, np.int64))
        found = leave_one_out_of(spec.relation, 1.0, groups, n_unknown=3, n_locked=0)
        write_leave_one_out(Path(os.fsdecode(spec.out)), found)
    return []


@pytest.fixture
def page(qtbot: QtBot, application: Application, runners: TestRunners, tmp_path: Path) -> Iterator[ExploreSplit]:
    """The page on a project with planted copies that nobody has looked for."""
    runners.scripted.script = answers
    open_with_copies(qtbot, application, tmp_path)
    made = ExploreSplit(application.session)
    qtbot.addWidget(made)
    made.resize(1100, 800)
    made.show()
    wait_quiet(qtbot, application)
    yield made
    wait_quiet(qtbot, application)


def divide(qtbot: QtBot, page: ExploreSplit) -> None:
    page.plan.divide.click()
    qtbot.waitUntil(lambda: page.results.is_divided() and not page.plan.divide.isEnabled())


def find_copies(qtbot: QtBot, application: Application) -> None:
    project = asked(qtbot, application, lambda project: project.copies.search_spec())
    application.session.jobs.start(project, title="Copies")
    wait_quiet(qtbot, application)
    application.session.store.ask(lambda project: project.copies.take_in())
    wait_quiet(qtbot, application)


def states(page: ExploreSplit) -> list[str]:
    return [row.state for row in page.results.leaks.rows]


def test_a_leak_is_looked_at_in_photos_and_mended_by_bringing_the_split_up_to_date(
    qtbot: QtBot, application: Application, page: ExploreSplit
) -> None:
    divide(qtbot, page)
    assert page.results.figures.values() == ("7", "2", "2")
    assert [(one.name, one.n_train, one.n_val, one.n_test) for one in page.results.classes.rows()] == [
        ("carp", 4, 1, 1), ("pike", 3, 1, 1),
    ]  # fmt: skip
    assert "No model has been scored on them yet" in page.results.locked_text()
    assert unnamed(page) == []
    find_copies(qtbot, application)
    qtbot.waitUntil(lambda: states(page) == ["danger"])
    leaks = page.results.leaks
    assert leaks.rows[0].text.text().startswith("Copies: 1 of 3 groups on several sides; 1 of 2 test photos")
    with qtbot.waitSignal(application.session.show_photos) as shown:
        leaks.table.activated.emit(leaks.model.index(0, 0))
    wanted: PhotoFilter = shown.args[0]
    assert len(wanted.among) == 2
    assert wanted.among_title == "on several sides of the split: copies"
    divide(qtbot, page)
    assert states(page) == ["success"]
    assert leaks.model.rowCount() == 0


def test_train_divides_by_the_plan_that_is_set_here(qtbot: QtBot, application: Application, page: ExploreSplit) -> None:
    divide(qtbot, page)
    page.plan.form.shares.editor("test").control.setValue(0.4)
    page.plan.divide.click()
    open_dialog(qtbot, ConfirmDialog).accept()
    qtbot.waitUntil(lambda: page.results.figures.values()[2] == "4")
    assert asked(qtbot, application, lambda project: project.splits.planned(Recipe())).split.test == 0.4
    application.window.turn_to("train")
    setup = application.window.page().setup
    qtbot.waitUntil(lambda: "40\u00a0% are held out" in setup.shares())
    application.session.store.ask(lambda project: project.runs.begin(Recipe()))
    wait_quiet(qtbot, application)
    run = asked(qtbot, application, lambda project: project.runs.rows()[0])
    assert '"test":0.4' in run.recipe


def test_photos_kept_together_by_hand_stay_together_once_the_plan_says_so(
    qtbot: QtBot, application: Application, page: ExploreSplit
) -> None:
    application.window.page().grid.selectAll()
    application.window.commands.actions["keep_together"].trigger()
    dialog = open_dialog(qtbot, KeepTogetherDialog)
    dialog.name.setText("dive 1")
    dialog.accept()
    by_hand = page.results.by_hand
    qtbot.waitUntil(lambda: by_hand.model.rows() == (("dive 1", 11),))
    by_hand.count.click()
    assert page.plan.form.plan().groups.headings() == (BY_HAND,)
    divide(qtbot, page)
    assert page.results.figures.values() == ("11", "0", "0"), "one group, one side"
    by_hand.table.selectRow(0)
    with qtbot.waitSignal(application.session.show_photos) as shown:
        by_hand.look.click()
    assert len(shown.args[0].among) == 11
    by_hand.remove.click()
    qtbot.waitUntil(lambda: by_hand.model.rows() == ())
    application.window.commands.actions["undo"].trigger()
    qtbot.waitUntil(lambda: by_hand.model.rows() == (("dive 1", 11),))


def test_headings_are_completed_one_after_another(qtbot: QtBot) -> None:
    form = PlanForm()
    qtbot.addWidget(form)
    form.show_headings(["site", "depth"])
    line = form.together.editor("columns").control
    line.setText("site, de")
    completer = line.completer()
    completer.setCompletionPrefix(completer.splitPath(line.text())[0])
    assert completer.pathFromIndex(completer.completionModel().index(0, 0)) == "site, depth"


def test_scores_are_worked_out_honestly_beside_naively_and_with_each_group_left_out(
    qtbot: QtBot, application: Application, runners: TestRunners, page: ExploreSplit
) -> None:
    card = page.results.honesty
    card.start.click()
    page.results.forget_scores()
    qtbot.waitUntil(card.start.isEnabled)
    assert card.verdict.isHidden(), "the plan has changed since it was asked"
    card.start.click()
    qtbot.waitUntil(lambda: card.figures() == ("50 %", "100 %"), timeout=10_000)
    assert "quote the honest score" in card.verdict.text()
    spec = [spec for spec in runners.scripted.specs if isinstance(spec, CompareSplitsSpec)][-1]
    manifest = read_manifest(Path(os.fsdecode(spec.manifest)))
    assert {photo.part for photo in manifest.photos} == {"train", "val", "test"}
    qtbot.waitUntil(lambda: page.results.is_divided() and card.start.isEnabled())
    left_out = page.results.leave_out
    assert [left_out.kinds.itemData(at) for at in range(4)] == ["days", "cameras", "sites", "folders"]
    left_out.start.click()
    qtbot.waitUntil(lambda: left_out.model.rowCount() == 2)
    assert left_out.overall.text().startswith("50 % right on 12 photos in 2 groups by days")
    cells = [left_out.model.data(left_out.model.index(0, at)) for at in range(4)]
    assert cells == ["carp", "6", "3", "50 %  (19–81 %)"]


def test_groups_that_need_a_bar_to_scroll_leave_room_for_it(qtbot: QtBot) -> None:
    card = LeaveOutCard()
    qtbot.addWidget(card)
    card.resize(640, 500)
    card.show()
    group = GroupScore(name="lake", n=40, n_right=0, accuracy=0, accuracy_ci95=(0, 0.1), n_untaught=40, n_set_aside=0)
    card.show_found(leave_one_out_of("folders", 1.0, (group,) * 14, n_unknown=0, n_locked=0))
    qtbot.waitUntil(card.table.verticalScrollBar().isVisible)
    qtbot.waitUntil(lambda: card.table.horizontalHeader().length() <= card.table.viewport().width())
    assert any("says nothing of the model" in one.text() for one in card.findChildren(QLabel))
