"""Every command of the window, declared once: menus, tooltips, shortcuts and the key map are made from this table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QT_TRANSLATE_NOOP

Context = Literal["always", "project", "photos"]
Menu = Literal["file", "edit", "photo", "class", "view", "help", ""]


@dataclass(frozen=True, slots=True)
class ActionInfo:
    """One command. `context`: when it is possible (`photos`: the Photos page is shown).

    `shortcut` is a key sequence of the whole window, in Qt's portable writing. `key` is a single key that works while
    photos have the focus and nowhere else, so that it can be typed into a field;
    beside a `shortcut` it is a second one.
    """

    name: str
    text: str
    menu: Menu
    icon: str = ""
    shortcut: str = ""
    key: str = ""
    context: Context = "always"
    ends_group: bool = False


def _text(text: str) -> str:
    return QT_TRANSLATE_NOOP("Actions", text)


ACTIONS: tuple[ActionInfo, ...] = (
    ActionInfo("new_project", _text("&New project…"), "file", "plus", "Ctrl+N"),
    ActionInfo("open_project", _text("&Open project…"), "file", "folder-open", "Ctrl+O"),
    ActionInfo("open_sample", _text("Open the &sample"), "file", "sparkles", ends_group=True),
    ActionInfo("import_folder", _text("&Import a folder…"), "file", "folder-plus", "Ctrl+I", context="project"),
    ActionInfo(
        "import_files", _text("Import &photos…"), "file", "image-plus", "Ctrl+Shift+I", context="project",
        ends_group=True,
    ),
    ActionInfo("read_table", _text("&Read a table…"), "file", "table", context="project"),
    ActionInfo(
        "export_photos", _text("&Export photos and labels…"), "file", "upload", context="project", ends_group=True
    ),
    ActionInfo("close_project", _text("&Close project"), "file", "", "Ctrl+W", context="project", ends_group=True),
    ActionInfo("quit", _text("&Quit"), "file", "", "Ctrl+Q"),
    ActionInfo("undo", _text("&Undo"), "edit", "undo-2", "Ctrl+Z", context="project"),
    ActionInfo("redo", _text("&Redo"), "edit", "redo-2", "Ctrl+Shift+Z", context="project", ends_group=True),
    ActionInfo("select_all", _text("Select &all photos"), "edit", "", "Ctrl+A", context="photos"),
    ActionInfo("find", _text("&Find photos"), "edit", "search", "Ctrl+F", context="photos"),
    ActionInfo("open_photo", _text("&Look at the photo"), "photo", "maximize", key="Return", context="photos"),
    ActionInfo("next_photo", _text("&Next photo"), "photo", "chevron-right", key="Space", context="photos"),
    ActionInfo(
        "previous_photo", _text("&Previous photo"), "photo", "chevron-left", key="Backspace", context="photos",
        ends_group=True,
    ),
    ActionInfo("mark_unsure", _text("Mark as &unsure"), "photo", "circle-help", key="U", context="photos"),
    ActionInfo("exclude", _text("E&xclude, or include again"), "photo", "ban", key="X", context="photos"),
    ActionInfo(
        "exclude_because", _text("Exclude &with a reason…"), "photo", "ban", "Ctrl+Shift+X", context="photos"
    ),
    ActionInfo("tag_photos", _text("&Tag…"), "photo", "tags", "Ctrl+T", context="photos"),
    ActionInfo("keep_together", _text("&Keep together…"), "photo", "layers", "Ctrl+G", context="photos"),
    ActionInfo("clear_label", _text("&Remove label"), "photo", "eraser", key="0", context="photos", ends_group=True),
    ActionInfo("show_in_folder", _text("Show in its &folder"), "photo", "folder", context="photos"),
    ActionInfo("new_class", _text("&New class…"), "class", "plus", "Ctrl+K", context="photos"),
    ActionInfo(
        "class_of_selection", _text("New class &from the selected photos…"), "class", "tag", "Ctrl+Shift+K",
        context="photos", ends_group=True,
    ),
    ActionInfo("rename_class", _text("&Rename"), "class", "pencil", "F2", context="photos"),
    ActionInfo("edit_class", _text("Name, key and &colour…"), "class", "settings", context="photos"),
    ActionInfo("merge_class", _text("&Merge into…"), "class", "merge", context="photos"),
    ActionInfo("remove_class", _text("Re&move"), "class", "trash-2", context="photos"),
    ActionInfo("page_photos", _text("&Photos"), "view", "images", "Ctrl+1", context="project"),
    ActionInfo("page_explore", _text("&Explore"), "view", "chart-column", "Ctrl+2", context="project"),
    ActionInfo("page_train", _text("&Train"), "view", "brain", "Ctrl+3", context="project"),
    ActionInfo("page_review", _text("&Review"), "view", "grid-3x3", "Ctrl+4", context="project"),
    ActionInfo(
        "page_classify", _text("&Classify"), "view", "scan-search", "Ctrl+5", context="project"
    ),
    ActionInfo("page_studies", _text("&Studies"), "view", "microscope", "Ctrl+6", context="project"),
    ActionInfo(
        "compare_two", _text("Two models side &by side"), "view", "layers", "Ctrl+Shift+B", context="project"
    ),
    ActionInfo(
        "compare_models", _text("Compare all &models"), "view", "table", "Ctrl+Shift+M", context="project",
        ends_group=True,
    ),
    ActionInfo("zoom_in", _text("L&arger photos"), "view", "zoom-in", "Ctrl++", context="photos"),
    ActionInfo("zoom_out", _text("&Smaller photos"), "view", "zoom-out", "Ctrl+-", context="photos", ends_group=True),
    ActionInfo("toggle_theme", _text("&Dark or light"), "view", "moon", "Ctrl+Shift+D"),
    ActionInfo("full_screen", _text("&Full screen"), "view", "", "F11"),
    ActionInfo("show_keys", _text("&Keys"), "help", "keyboard", "F1", key="?"),
    ActionInfo("show_machine", _text("This &machine"), "help", "cpu"),
    ActionInfo("show_weights", _text("&Pretrained networks"), "help", "package"),
    ActionInfo("open_logs", _text("&Log folder"), "help", "folder"),
    ActionInfo("show_about", _text("&About Fieldmark"), "help", "info"),
)  # fmt: skip
MENUS: tuple[tuple[Menu, str], ...] = (
    ("file", _text("&File")),
    ("edit", _text("&Edit")),
    ("photo", _text("&Photo")),
    ("class", _text("&Class")),
    ("view", _text("&View")),
    ("help", _text("&Help")),
)


def action(name: str) -> ActionInfo:
    """The declaration of a command.

    Raises:
        KeyError: there is no such command.
    """
    return _BY_NAME[name]


_BY_NAME = {info.name: info for info in ACTIONS}
