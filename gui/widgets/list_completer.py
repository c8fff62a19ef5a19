"""Completion for a field that takes several words with commas between them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QStringListModel, Qt
from PySide6.QtWidgets import QCompleter, QLineEdit


class ListCompleter(QCompleter):
    """Completes the word after the last comma; the words before it stay."""

    def __init__(self, line: QLineEdit) -> None:
        super().__init__(line)
        self._line = line
        self._words = QStringListModel(self)
        self.setModel(self._words)
        self.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        line.setCompleter(self)

    def set_words(self, words: Sequence[str]) -> None:
        """These are offered."""
        self._words.setStringList(list(words))

    def splitPath(self, path: str) -> list[str]:
        return [path.rpartition(",")[2].strip()]

    def pathFromIndex(self, index: QModelIndex | QPersistentModelIndex) -> str:
        before = self._line.text().rpartition(",")[0].strip()
        word = str(index.data())
        return f"{before}, {word}" if before else word
