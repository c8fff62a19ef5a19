"""What charts of upright bars have in common: keys and pointer walk along the bars, Enter and a click choose one."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget


class Bars(QWidget):
    """`chosen` carries the number of a bar, from the left. A chart says where its bars stand and what each one says."""

    chosen = Signal(int)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._n = 0
        self._current = -1
        self._hot = -1
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def current(self) -> int:
        """The bar that Enter chooses, -1 for none."""
        return self._current

    def _set_bars(self, n: int) -> None:
        """There are so many bars now, and other ones."""
        self._n = n
        self._current = min(self._current, n - 1)
        self._say()
        self.update()

    # What a chart says

    def _room(self) -> QRect:
        """Where the bars stand."""
        raise NotImplementedError

    def _pitch(self) -> float:
        """Pixels from one bar to the next."""
        return self._room().width() / max(1, self._n)

    def _words(self, at: int) -> str:
        """What a bar says."""
        raise NotImplementedError

    # Qt

    def keyPressEvent(self, event: QKeyEvent) -> None:
        last = self._n - 1
        wanted = {
            Qt.Key.Key_Left: max(0, self._current - 1),
            Qt.Key.Key_Right: min(last, self._current + 1),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }.get(Qt.Key(event.key()))
        if wanted is not None and last >= 0:
            self._current = wanted
            self._say()
            self.update()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._current >= 0:
            self.chosen.emit(self._current)
        else:
            super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        hot = self._at(round(event.position().x()))
        if hot != self._hot:
            self._hot = hot
            self.update()
        if hot >= 0:
            QToolTip.showText(event.globalPosition().toPoint(), self._words(hot), self)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hot = -1
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        at = self._at(round(event.position().x()))
        if event.button() == Qt.MouseButton.LeftButton and at >= 0:
            self._current = at
            self._say()
            self.update()
            self.chosen.emit(at)

    def _at(self, x: int) -> int:
        at = int((x - self._room().left()) // self._pitch()) if self._n else -1
        return at if 0 <= at < self._n else -1

    def _say(self) -> None:
        self.setAccessibleDescription(self._words(self._current) if self._current >= 0 else "")
