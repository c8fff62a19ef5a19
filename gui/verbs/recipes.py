"""What the user does with recipes: change, duplicate, save as a file, open from one, delete."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from engine.base.dirs import recipes_dir
from engine.base.fspath import to_bytes
from engine.recipe.recipe import Recipe
from engine.recipe.shelf import Shelved, copy_of, put_on_shelf, read_recipe, shelved, take_from_shelf
from engine.recipe.toml_text import SUFFIX, to_toml
from gui.core.file_saving import FileSaver
from gui.core.notices import Notice
from gui.core.session import Session
from gui.core.weights_needed import WeightsCheck
from gui.verbs.edit_recipe import edit_recipe
from gui.verbs.reveal import reveal
from gui.widgets.recipe_card import RecipeCard


class RecipeVerbs(QObject):
    """Carries out what a `RecipeCard` wants; files are read and written on the store thread or a pool thread."""

    def __init__(self, session: Session, card: RecipeCard, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        self._card = card
        self._window = window
        self._told: tuple[str, ...] = ()
        self.n_classes = 0
        self._saver = FileSaver(self)
        self._saver.saved.connect(self._saved)
        self._saver.failed.connect(session.notices.error)
        card.wanted.connect(self._carry_out)
        self._check = WeightsCheck(session, self)
        self._check.answered.connect(card.missing.show_missing)
        card.changed.connect(self._check.ask)
        card.missing.get_wanted.connect(session.show_weights)
        card.missing.scratch_wanted.connect(self.keep_scratch)
        self._check.ask(card.recipe())

    def read(self, *, choose: str = "") -> None:
        """The card offers the recipes that are on the shelf now; `choose`: the name of the one to choose."""
        self._session.store.ask(lambda _: shelved(recipes_dir()), partial(self._show, choose), context=self)

    def edit(self, *, differences: bool = False) -> None:
        """The chosen recipe is shown to be changed; `differences`: where it can be compared with others."""
        recipe = self._card.recipe()
        own, others = self._card.is_own(recipe), self._card.recipes()
        dialog = edit_recipe(self._session, self._window, recipe, others, self.n_classes, self._use, own=own)
        if differences:
            dialog.against.setFocus()

    def keep(self, recipe: Recipe) -> None:
        """The recipe is on the shelf and is the chosen one."""
        self._session.store.ask(
            lambda _: put_on_shelf(recipes_dir(), recipe), lambda _: self.read(choose=recipe.name), context=self
        )

    @Slot(object)
    def keep_scratch(self, recipe: Recipe) -> None:
        """The recipe, which does without pretrained weights, is one of the user's own and is chosen."""
        title = self.tr("{0} from scratch").format(recipe.title)
        self.keep(copy_of(recipe, title, self._card.recipes()))

    def save(self, path: Path) -> None:
        """The chosen recipe is on its way into a file."""
        text = to_toml(self._card.recipe()).encode()
        self._saver.save(path, lambda: text)

    def open_file(self, path: Path) -> None:
        """The recipe in the file is one of the user's own and is chosen; a notice says if it cannot be read."""
        self._session.store.ask(lambda _: read_recipe(path), self._keep_copy, context=self)

    @Slot(str)
    def _carry_out(self, what: str) -> None:
        verbs: dict[str, Callable[[], object]] = {
            "edit": self.edit,
            "compare": partial(self.edit, differences=True),
            "duplicate": self._duplicate,
            "save": self._ask_where,
            "open": self._ask_which,
            "delete": self._ask_delete,
        }
        verbs[what]()

    @Slot(object)
    def _use(self, recipe: Recipe) -> None:
        known = next((other for other in self._card.recipes() if other.name == recipe.name), None)
        if known == recipe:
            self._card.choose(recipe.name)
        else:
            self.keep(recipe)

    def _duplicate(self) -> None:
        self._keep_copy(self._card.recipe())

    def _keep_copy(self, recipe: Recipe) -> None:
        self.keep(copy_of(recipe, recipe.title, self._card.recipes()))

    def _show(self, choose: str, found: Shelved) -> None:
        self._card.show_own(found.recipes)
        if choose:
            self._card.choose(choose)
        if found.refused and found.refused != self._told:
            self._told = found.refused
            text = self.tr("%n of your recipes could not be read.", "", len(found.refused))
            self._session.notices.warning(text, details="\n".join(found.refused))

    def _ask_where(self) -> None:
        picker = QFileDialog(self._window, self.tr("Save the recipe"))
        picker.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        picker.setNameFilter(f"*{SUFFIX}")
        picker.setDefaultSuffix(SUFFIX.removeprefix("."))
        picker.selectFile(f"{self._card.recipe().name}{SUFFIX}")
        picker.fileSelected.connect(lambda file: self.save(Path(file)))
        picker.open()

    def _ask_which(self) -> None:
        picker = QFileDialog(self._window, self.tr("Open a recipe"))
        picker.setFileMode(QFileDialog.FileMode.ExistingFile)
        picker.setNameFilter(f"*{SUFFIX}")
        picker.fileSelected.connect(lambda file: self.open_file(Path(file)))
        picker.open()

    def _ask_delete(self) -> None:
        from gui.dialogs.confirm import ConfirmDialog

        recipe = self._card.recipe()
        dialog = ConfirmDialog(
            self._window,
            self.tr("Delete the recipe “{0}”?").format(recipe.title),
            self.tr("Runs that were trained by it keep their own copy of it."),
            yes=self.tr("Delete"),
            no=self.tr("Keep it"),
        )
        dialog.accepted.connect(partial(self._delete, recipe))
        dialog.open()

    def _delete(self, recipe: Recipe) -> None:
        self._session.store.ask(lambda _: take_from_shelf(recipes_dir(), recipe), lambda _: self.read(), context=self)

    @Slot(object)
    def _saved(self, path: Path) -> None:
        self._session.notices.post(
            Notice(
                level="success",
                text=self.tr("The recipe was saved as {0}.").format(path.name),
                action_text=self.tr("Show in its folder"),
                action=partial(reveal, to_bytes(path)),
            )
        )
