"""Sentences for the user: what happened, what is safe, what to do, with one action and details to copy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QObject, Signal

from engine.base.errors import AppError

Level = Literal["info", "success", "warning", "error"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One notice. `text` says what happened; `action_text` and `action` offer one thing to do about it (Undo, Show).

    `action` is called in the GUI thread. Errors stay until they are closed; the rest go by themselves.
    """

    level: Level
    text: str
    safe: str = ""
    advice: str = ""
    details: str = ""
    action_text: str = ""
    action: Callable[[], object] | None = None


class NoticeBoard(QObject):
    """Takes notices from anywhere in the GUI thread; a window shows them, those before it exists are kept for it."""

    posted = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.history: list[Notice] = []

    def post(self, notice: Notice) -> None:
        """The notice is shown and kept in `history`."""
        self.history.append(notice)
        self.posted.emit(notice)

    def info(self, text: str, *, advice: str = "") -> None:
        """A sentence that needs no answer."""
        self.post(Notice(level="info", text=text, advice=advice))

    def success(
        self,
        text: str,
        *,
        action_text: str = "",
        action: Callable[[], object] | None = None,
    ) -> None:
        """Something the user asked for is done; `action` is usually Undo or Show."""
        self.post(Notice(level="success", text=text, action_text=action_text, action=action))

    def warning(self, text: str, *, advice: str = "", details: str = "") -> None:
        """Something is not as it should be, and the work goes on."""
        self.post(Notice(level="warning", text=text, advice=advice, details=details))

    def error(self, error: AppError) -> None:
        """What the error says, to be read and closed."""
        self.post(
            Notice(
                level="error",
                text=error.what,
                safe=error.safe,
                advice=error.advice,
                details=error.details,
            )
        )
