"""QActions made of the declared commands, with their menus; who carries a command out is asked when it is triggered."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QCoreApplication, QObject
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenuBar

from gui.actions import ACTIONS, MENUS, Context
from gui.core.icons import icon

Handler = Callable[[], object]
Find = Callable[[str], Handler | None]


class Commands(QObject):
    """All commands of a window. `find(name)` gives what carries a command out now, None if nothing can."""

    def __init__(self, find: Find, parent: QObject) -> None:
        super().__init__(parent)
        self._find = find
        self.actions: dict[str, QAction] = {}
        for info in ACTIONS:
            made = QAction(QCoreApplication.translate("Actions", info.text), self)
            made.setObjectName(info.name)
            if info.icon:
                made.setIcon(icon(info.icon))
            if info.shortcut:
                made.setShortcuts([QKeySequence(keys) for keys in (info.shortcut, info.key) if keys])
            elif info.key:
                # Shown in the menu, but no shortcut: single keys must stay free for typing.
                key = QCoreApplication.translate("Keys", info.key)
                made.setText(f"{made.text()}\t{key}")
            made.triggered.connect(partial(self._run, info.name))
            self.actions[info.name] = made

    def fill(self, bar: QMenuBar) -> None:
        """The menu bar shows the commands by menu."""
        for key, title in MENUS:
            menu = bar.addMenu(QCoreApplication.translate("Actions", title))
            menu.setToolTipsVisible(False)
            for info in ACTIONS:
                if info.menu != key:
                    continue
                menu.addAction(self.actions[info.name])
                if info.ends_group:
                    menu.addSeparator()

    def enable(self, contexts: set[Context]) -> None:
        """Exactly the commands of these contexts can be triggered."""
        for info in ACTIONS:
            self.actions[info.name].setEnabled(info.context in contexts)

    def set_step(self, name: str, plain: str, title: str) -> None:
        """Undo or redo names the step it acts on and is possible only if there is one."""
        action = self.actions[name]
        action.setText(f"{plain}: {title}" if title else plain)
        action.setEnabled(bool(title))

    def _run(self, name: str, checked: bool = False) -> None:
        handler = self._find(name)
        if handler is not None:
            handler()
