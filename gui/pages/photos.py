"""The Photos page: the class list at the left, the photos at the right, one photo large on demand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QPoint, QSignalBlocker, Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.base.changes import Changes
from engine.base.ids import ClassId, PhotoId
from engine.store.rows import PhotoFilter, PhotoRow
from gui.core.session import Session
from gui.core.settings import THUMB_SIZE
from gui.core.throttle import Throttle
from gui.models.class_model import ClassModel, Entry
from gui.models.photo_model import PhotoModel
from gui.pages.photos_labelling import Labelling
from gui.pages.photos_large import LargePhoto
from gui.pages.photos_menus import class_menu, photo_menu
from gui.pages.photos_narrowing import reason_of, title_of
from gui.pages.photos_read import Listed, look
from gui.pages.photos_view import PhotosView
from gui.verbs.classes import ClassVerbs
from gui.verbs.import_photos import ImportVerb
from gui.verbs.marks import MarkVerbs

RELOAD_MS = 40
# Laying out a long list takes time in proportion; reading it again more often than this would starve the screen.
ROWS_PER_MS = 200


class PhotosPage(QWidget):
    """Shows the photos of the open project and takes labels by key, menu and drop."""

    def __init__(self, session: Session, imports: ImportVerb, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._imports = imports
        self._filter = PhotoFilter()
        self._keys: dict[str, ClassId] = {}
        self._row_after_reload: int | None = None
        self._asked_at = 0
        self.verbs = ClassVerbs(session, self)
        self.marks = MarkVerbs(session, self)
        self.photos = PhotoModel(self._fetch, self)
        self.classes = ClassModel(self)
        self.view = PhotosView(session, self.photos, self.classes, self)
        self.side, self.header, self.grid = self.view.side, self.view.header, self.view.grid
        self.viewer = self.view.viewer
        self.setFocusProxy(self.grid)
        self.large = LargePhoto(session, self.grid, self.viewer)
        self.labelling = Labelling(session, self.photos, self.target_ids, self._is_settled, self)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.view)
        self._connect()
        self._throttle = Throttle(RELOAD_MS, self)
        self._throttle.due.connect(self._reload)
        if session.project is not None:
            self._opened()

    def handlers(self) -> dict[str, Callable[[], object]]:
        """What the window's commands of the context `photos` do here, by their names in gui.actions."""
        return {
            "select_all": self.grid.selectAll,
            "find": self.header.focus_search,
            "open_photo": self._open_current,
            "next_photo": partial(self._step, 1),
            "previous_photo": partial(self._step, -1),
            "mark_unsure": self.labelling.mark_unsure,
            "exclude": self.labelling.exclude_or_include,
            "exclude_because": self._exclude_because,
            "tag_photos": self._tag,
            "keep_together": self._keep_together,
            "clear_label": self.labelling.clear_label,
            "show_in_folder": self._show_in_folder,
            "new_class": self.verbs.ask_new,
            "class_of_selection": self._class_of_selection,
            "rename_class": self.side.list.rename_current,
            "edit_class": partial(self._on_class, self.verbs.edit),
            "merge_class": partial(self._on_class, self.verbs.merge),
            "remove_class": partial(self._on_class, self.verbs.remove),
            "zoom_in": partial(self._zoom, 1),
            "zoom_out": partial(self._zoom, -1),
        }

    def own_drops(self) -> QWidget:
        """The part of the page where a drop makes or fills a class instead of being imported."""
        return self.side

    def target_ids(self) -> tuple[PhotoId, ...]:
        """The photos that a label key acts on: the one shown large, or those selected, or the current one."""
        if self.view.is_large():
            shown = self.viewer.photo_id()
            return (shown,) if shown is not None else ()
        selected = self.grid.selected_ids()
        current = self.grid.current_id()
        return selected or ((current,) if current is not None else ())

    def show_filter(self, wanted: PhotoFilter) -> None:
        """The grid lists these photos; the class list follows where it has a line for them."""
        self._filter = wanted
        self._row_after_reload = 0
        self.header.clear()
        self.header.set_order(wanted.order)
        self._choose_line()
        self.view.show_grid()
        self._throttle.call()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.text().lower()
        plain = not event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
        class_id = self._keys.get(key) if plain and key else None
        if class_id is not None:
            self.labelling.assign(class_id)
            return
        commands = {"u": "mark_unsure", "x": "exclude", "0": "clear_label", " ": "next_photo"}
        name = "previous_photo" if event.key() == Qt.Key.Key_Backspace else commands.get(key)
        if plain and name:
            self.handlers()[name]()
        else:
            super().keyPressEvent(event)

    def _connect(self) -> None:
        session = self._session
        session.changed.connect(self._changed)
        session.project_opened.connect(self._opened)
        session.project_closed.connect(self._closed)
        session.show_photos.connect(self.show_filter)
        self.labelling.moved_on.connect(self.grid.go_to_row)
        self.labelling.left_list.connect(self._go_after_reload)
        self.side.list.entry_chosen.connect(self._choose)
        self.side.list.files_dropped.connect(self.verbs.files_on)
        self.side.list.photos_dropped.connect(self.verbs.photos_on)
        self.side.list.remove_wanted.connect(self.verbs.remove)
        self.side.list.menu_wanted.connect(self._class_menu)
        self.side.new_wanted.connect(self.verbs.ask_new)
        self.classes.rename_wanted.connect(self.verbs.rename)
        self.header.text_changed.connect(self._search)
        self.header.order_changed.connect(self._order)
        self.header.size_changed.connect(self.grid.set_side)
        self.header.narrow.wanted.connect(self.show_filter)
        self.view.chip.removed.connect(self._widen)
        self.view.refused.pressed.connect(self._show_refused)
        self.grid.zoomed.connect(self._zoomed)
        self.grid.photo_activated.connect(self._open)
        self.grid.photo_current.connect(self._current_changed)
        self.grid.photos_selected.connect(self._selection_changed)
        self.grid.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.grid.customContextMenuRequested.connect(self._photo_menu)
        self.photos.dataChanged.connect(self._rows_changed)
        self.viewer.step_wanted.connect(self._step)
        self.viewer.closed.connect(self.view.show_grid)
        self.view.no_photos.chosen.connect(self._empty_chosen)

    # What the project says

    def _fetch(self, ids: Sequence[int], then: Callable[[Sequence[PhotoRow]], None]) -> None:
        self._session.store.ask(lambda project: project.browse.rows(ids), then, context=self)

    @Slot()
    def _opened(self) -> None:
        self._filter = PhotoFilter()
        self.header.clear()
        self.side.list.choose_row(0)
        self._forget()
        self._throttle.call()

    @Slot()
    def _closed(self) -> None:
        self._forget()
        self.view.show_grid()

    def _forget(self) -> None:
        """Ids mean other photos in another project: nothing of this one may be shown, or labelled, in the next."""
        self._asked_at += 1
        self.large.forget()
        self.photos.forget()

    @Slot(object)
    def _changed(self, changes: Changes) -> None:
        if changes.photos or changes.labels:
            self.photos.refresh()
        self._throttle.set_interval(RELOAD_MS + self.photos.rowCount() // ROWS_PER_MS)
        self._throttle.call()

    @Slot()
    def _reload(self) -> None:
        if self._session.project is None:
            return
        query = self._filter
        self._asked_at += 1
        self._session.store.ask(lambda project: look(project, query), partial(self._show, self._asked_at), context=self)

    def _show(self, number: int, state: Listed) -> None:
        if number != self._asked_at:
            return
        self.verbs.rows = state.classes
        self._keys = {row.key.lower(): row.id for row in state.classes if row.key}
        self._show_classes(state)
        self.photos.set_classes(state.classes)
        self._keep_place(state)
        self.header.narrow.show_names(state.tags, state.reasons)
        self.header.set_title(self._title(), len(state.ids))
        self.view.show_refused(state.n_refused if self._filter.problem_only else 0)
        self.view.show_listed(len(state.ids), state.counts.n_photos)
        self.view.show_narrowing(title_of(self._filter), len(state.ids))
        if self.view.is_large():
            self._show_large()
        self.labelling.reloaded()

    def _show_classes(self, state: Listed) -> None:
        rows = (state.classes, state.counts, state.n_refused)
        if self.classes.rowCount():
            self.classes.set_rows(*rows)
            return
        # No line was chosen by hand yet: it follows what is listed, not the other way round.
        with QSignalBlocker(self.side.list):
            self.classes.set_rows(*rows)
        self._choose_line()

    def _keep_place(self, state: Listed) -> None:
        selected, current = self.grid.selected_ids(), self.grid.current_id()
        position = self.photos.position_of(current) if current is not None else -1
        self.photos.set_ids(state.ids)
        wanted, self._row_after_reload = self._row_after_reload, None
        if wanted is not None:
            self.grid.go_to_row(wanted)
        elif current is not None and self.photos.position_of(current) < 0:
            self.grid.go_to_row(position)
        elif len(selected) != len(self.grid.selected_ids()):
            self.grid.select_ids(selected, current)

    def _title(self) -> str:
        if title_of(self._filter):
            return self.tr("Chosen photos")
        entry = self.side.list.current_entry()
        return entry.text if entry is not None else self.tr("All photos")

    # What is listed

    @Slot(object)
    def _choose(self, entry: Entry) -> None:
        chosen = entry.filter()
        wanted = replace(chosen, text=self._filter.text, order=self._filter.order)
        self.view.show_grid()
        if wanted != self._filter:
            self._filter = wanted
            self._row_after_reload = 0
            self._throttle.call()

    @Slot(str)
    def _search(self, text: str) -> None:
        self._filter = replace(self._filter, text=text.strip())
        self._throttle.call()

    @Slot(str)
    def _order(self, order: str) -> None:
        self._filter = replace(self._filter, order=order)
        self._row_after_reload = 0
        self._throttle.call()

    @Slot()
    def _widen(self) -> None:
        """The list is no longer narrowed: all photos of the chosen line are shown."""
        entry = self.side.list.current_entry()
        if entry is not None:
            self._choose(entry)

    @Slot(int)
    def _go_after_reload(self, row: int) -> None:
        self._row_after_reload = row

    def _is_settled(self) -> bool:
        """Whether labelling a photo leaves it where it is in the list."""
        query = self._filter
        return query.state is None and query.class_id is None and query.order in ("added", "name", "newest")

    def _class_of_selection(self) -> None:
        ids = self.target_ids()
        if ids:
            self.verbs.ask_new(ids=ids)

    def _exclude_because(self) -> None:
        reason = reason_of(self._filter)
        # That photos are of a class is no reason to leave them out.
        is_class = any(row.name == reason for row in self.verbs.rows)
        self.marks.ask_exclude(self.target_ids(), "" if is_class else reason)

    def _tag(self) -> None:
        self.marks.ask_tag(self.target_ids())

    def _keep_together(self) -> None:
        self.marks.ask_together(self.target_ids())

    def _choose_line(self) -> None:
        """The line of the class list nearest to what is listed is the chosen one; what is listed stays."""
        row = self.classes.row_of_filter(self._filter)
        if row >= 0:
            with QSignalBlocker(self.side.list):
                self.side.list.choose_row(row)

    def _on_class(self, verb: Callable[[ClassId], None]) -> None:
        class_id = self.side.list.current_class()
        if class_id is not None:
            verb(class_id)

    # The large photo

    @Slot(object)
    def _open(self, photo_id: PhotoId) -> None:
        self.view.show_large()
        self._show_large()

    def _open_current(self) -> None:
        current = self.grid.current_id()
        if current is not None:
            self._open(current)

    def _show_large(self) -> None:
        self.large.show_current(self.verbs.rows)

    @Slot(int)
    def _step(self, by: int) -> None:
        index = self.grid.currentIndex()
        self.grid.go_to_row(index.row() + by if index.isValid() else 0)

    @Slot(object)
    def _current_changed(self, photo_id: PhotoId | None) -> None:
        if photo_id is not None and self.view.is_large():
            self._show_large()

    @Slot()
    def _rows_changed(self) -> None:
        if self.view.is_large():
            self._show_large()

    # Small things

    @Slot(object)
    def _selection_changed(self, ids: tuple[PhotoId, ...]) -> None:
        self._session.picked = ids
        self.header.set_selected(len(ids))

    def _zoom(self, steps: int) -> None:
        self.grid.zoom(steps)

    @Slot(int)
    def _zoomed(self, side: int) -> None:
        self._session.settings.set(THUMB_SIZE, side)
        self.header.set_size(side)

    @Slot(str)
    def _empty_chosen(self, name: str) -> None:
        if name == "import_folder":
            self._imports.choose_folder()
        else:
            self._imports.choose_files()

    @Slot()
    def _show_refused(self) -> None:
        self._session.store.ask(lambda project: project.photos.refused(), self._imports.show_refused, context=self)

    def _show_in_folder(self) -> None:
        from gui.verbs.reveal import reveal

        current = self.grid.current_id()
        row = self.photos.row_of(current) if current is not None else None
        if row is not None:
            reveal(row.path)

    @Slot(QPoint)
    def _photo_menu(self, where: QPoint) -> None:
        if self.target_ids():
            menu = photo_menu(self, self.verbs.rows, self.labelling.assign, self.handlers())
            menu.popup(self.grid.viewport().mapToGlobal(where))

    @Slot(object, QPoint)
    def _class_menu(self, class_id: ClassId | None, where: QPoint) -> None:
        class_menu(self, class_id, self.handlers()).popup(where)
