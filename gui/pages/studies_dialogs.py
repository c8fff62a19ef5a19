"""Changing parts of a study's plan in dialogs: a row's recipe, a sweep, rows that are joined."""

from __future__ import annotations

from functools import partial

import msgspec
from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from engine.base.ids import RunId
from engine.insight.ensemble import Combined
from engine.recipe.head_cfg import ClassicCfg, LogisticCfg
from engine.recipe.overrides import choices_between, with_choices
from engine.recipe.recipe import Recipe
from engine.recipe.study_plan import PlanEnsemble, PlanRow, Sweep
from gui.core.session import Session
from gui.core.study_reading import Studies, StudyTold
from gui.core.study_running import found_recipe
from gui.pages.studies_plan import PlanEditor
from gui.verbs.edit_recipe import edit_recipe


class StudyDialogs(QObject):
    """Opens what the editor asks for, and puts what was settled on into it."""

    def __init__(self, session: Session, editor: PlanEditor, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        self._editor = editor
        self._window = window
        self._studies: Studies | None = None
        self._told: StudyTold | None = None
        editor.rows.edit_wanted.connect(self.edit_row)
        editor.sweeps.edit_wanted.connect(self.edit_sweep)
        editor.joins.edit_wanted.connect(self.edit_join)

    def know(self, studies: Studies | None, told: StudyTold | None) -> None:
        """The recipes there are, and the rows that the plan comes to."""
        self._studies, self._told = studies, told

    @Slot(int)
    def edit_row(self, at: int) -> None:
        """The recipe of the row with that number is shown to be changed."""
        if self._studies is None:
            return
        one = self._editor.rows.rows()[at]
        self._session.store.ask(
            lambda _: (found_recipe(one.recipe), with_choices(found_recipe(one.recipe), one.set)),
            lambda found: self._edit_recipe(at, one, *found),
            context=self,
        )

    def _edit_recipe(self, at: int, one: PlanRow, base: Recipe, changed: Recipe) -> None:
        assert self._studies is not None
        title = one.name or base.title

        def use(recipe: Recipe) -> None:
            made = choices_between(base, recipe)
            name = recipe.title if recipe.title not in (base.title, title) else title
            kept = "" if name == base.title and not made else name
            if made and kept in ("", base.title):
                kept = self.tr("{0}, changed").format(base.title)
            self._editor.rows.replace(at, PlanRow(recipe=one.recipe, name=kept, set=made))

        shown = msgspec.structs.replace(changed, title=title)
        edit_recipe(self._session, self._window, shown, self._studies.recipes, self._studies.n_classes, use)

    @Slot(int)
    def edit_sweep(self, at: int) -> None:
        """The sweep with that number, or a new one (-1), is shown to be changed."""
        from gui.dialogs.sweep import SweepDialog

        if self._studies is None:
            return
        sweep: Sweep | None = None if at < 0 else self._editor.sweeps.parts()[at]
        dialog = SweepDialog(self._window, {recipe.name: recipe for recipe in self._studies.recipes}, sweep)
        dialog.chosen.connect(partial(self._editor.sweeps.put, at))
        dialog.open()

    @Slot(int)
    def edit_join(self, at: int) -> None:
        """The joined row with that number, or one more (-1), is shown to be changed."""
        from gui.dialogs.join_models import Joinable, JoinModelsDialog

        told = self._told
        if told is None or told.problem:
            return
        joins = self._editor.joins.parts()
        kept = None if at < 0 else joins[at]
        recipes = {one.planned.row: one.planned.recipe for one in told.runs}
        # The dialog speaks of runs; here each row stands for its own.
        models = [
            Joinable(RunId(number), name, crossed=isinstance(recipe.head, LogisticCfg | ClassicCfg))
            for number, (name, recipe) in enumerate(recipes.items())
        ]
        preset = {one.run_id for one in models if kept is not None and one.name in kept.rows}
        dialog = JoinModelsDialog(self._window, models, preset, {one.name for one in joins})
        names = list(recipes)

        def put(chosen: Combined) -> None:
            rows = tuple(names[number] for number in chosen.members)
            made = PlanEnsemble(name=chosen.name, method=chosen.method, rows=rows)
            twice = next((number for number, one in enumerate(joins) if one.name == made.name), at)
            self._editor.joins.put(twice if at < 0 else at, made)

        dialog.chosen.connect(put)
        dialog.open()
