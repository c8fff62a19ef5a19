"""Context menus of the Photos page, made of the declared commands."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAction, QIcon
from PySide6.QtWidgets import QMenu, QWidget

from engine.base.ids import ClassId
from engine.store.rows import ClassRow
from gui.actions import action
from gui.core.icons import icon
from gui.widgets.photo_viewer import colour_dot

Handlers = Mapping[str, Callable[[], object]]
PHOTO_ENTRIES = (
    "open_photo", "", "class_of_selection", "mark_unsure", "clear_label", "tag_photos", "keep_together", "",
    "exclude", "exclude_because", "", "show_in_folder",
)  # fmt: skip
CLASS_ENTRIES = ("rename_class", "edit_class", "merge_class", "remove_class", "", "new_class")


def photo_menu(
    parent: QWidget, classes: Sequence[ClassRow], assign: Callable[[ClassId], None], handlers: Handlers
) -> QMenu:
    """What can be done with the selected photos; deletes itself when it closes."""
    menu = _menu(parent)
    labels = menu.addMenu(icon("tag"), QCoreApplication.translate("Menus", "Label"))
    for row in classes:
        entry = QAction(QIcon(colour_dot(row.colour)), _with_key(row.name.replace("&", "&&"), row.key), labels)
        entry.triggered.connect(lambda _=False, class_id=row.id: assign(class_id))
        labels.addAction(entry)
    labels.setEnabled(bool(classes))
    _add(menu, PHOTO_ENTRIES, handlers)
    return menu


def class_menu(parent: QWidget, class_id: ClassId | None, handlers: Handlers) -> QMenu:
    """What can be done with a class, or with the list where no class was meant; deletes itself when it closes."""
    menu = _menu(parent)
    _add(menu, CLASS_ENTRIES if class_id is not None else ("new_class",), handlers)
    return menu


def _menu(parent: QWidget) -> QMenu:
    menu = QMenu(parent)
    menu.aboutToHide.connect(menu.deleteLater)
    return menu


def _add(menu: QMenu, names: Sequence[str], handlers: Handlers) -> None:
    for name in names:
        if not name:
            menu.addSeparator()
            continue
        info = action(name)
        text = _with_key(QCoreApplication.translate("Actions", info.text), info.key or info.shortcut)
        entry = QAction(icon(info.icon) if info.icon else QIcon(), text, menu)
        entry.triggered.connect(lambda _=False, name=name: handlers[name]())
        menu.addAction(entry)


def _with_key(text: str, key: str) -> str:
    # The part after a tab is shown where shortcuts are, without being one: the key must stay free for typing.
    return f"{text}\t{key.upper() if len(key) == 1 else key}" if key else text
