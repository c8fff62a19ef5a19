"""Notices as small cards at the bottom right of the window; errors stay, the rest go by themselves."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from gui.core.notices import Level, Notice
from gui.widgets.cards import GAP, Picture, button, label, tool_button

WIDTH = 420
SECONDS: dict[Level, int] = {"info": 6, "success": 8, "warning": 15, "error": 0}
ICONS: dict[Level, tuple[str, str]] = {
    "info": ("info", "info"),
    "success": ("circle-check", "success"),
    "warning": ("triangle-alert", "warning"),
    "error": ("circle-x", "danger"),
}
MAX_TOASTS = 4


class Toast(QFrame):
    """One notice. `closed` is emitted once, when it goes for whatever reason."""

    closed = Signal(object)

    def __init__(self, notice: Notice, parent: QWidget) -> None:
        super().__init__(parent)
        self.notice = notice
        self.setProperty("role", "toast")
        self.setProperty("level", notice.level)
        self.setFixedWidth(WIDTH)
        self.setAccessibleName(notice.text)
        box = QHBoxLayout(self)
        box.setContentsMargins(2 * GAP, GAP + 4, GAP, GAP + 4)
        box.setSpacing(GAP + 2)
        name, token = ICONS[notice.level]
        box.addWidget(Picture(name, 20, token), 0, Qt.AlignmentFlag.AlignTop)
        box.addLayout(self._texts(), 1)
        close = tool_button(self.tr("Close"), "x", token="text_muted")
        close.clicked.connect(self.close_now)
        box.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.close_now)
        if SECONDS[notice.level]:
            self._timer.start(SECONDS[notice.level] * 1000)

    def _texts(self) -> QVBoxLayout:
        box = QVBoxLayout()
        box.setSpacing(4)
        box.addWidget(label(self.notice.text, wrap=True))
        rest = " ".join(part for part in (self.notice.safe, self.notice.advice) if part)
        if rest:
            box.addWidget(label(rest, "muted", wrap=True))
        actions = QHBoxLayout()
        actions.setSpacing(GAP)
        if self.notice.action is not None:
            act = button(self.notice.action_text, "quiet")
            act.clicked.connect(self._act)
            actions.addWidget(act)
        if self.notice.details:
            copy = button(self.tr("Copy details"), "quiet")
            copy.clicked.connect(self._copy)
            actions.addWidget(copy)
        if actions.count():
            actions.addStretch(1)
            box.addLayout(actions)
        return box

    @Slot()
    def close_now(self) -> None:
        """The toast goes."""
        self._timer.stop()
        self.hide()
        self.closed.emit(self)
        self.deleteLater()

    @Slot()
    def _act(self) -> None:
        act = self.notice.action
        self.close_now()
        if act is not None:
            act()

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(f"{self.notice.text}\n{self.notice.details}")


class ToastHost(QObject):
    """Stacks toasts at the bottom right of `area` and above `floor`, newest lowest, at most four at a time."""

    def __init__(self, area: QWidget, floor: QWidget) -> None:
        super().__init__(area)
        self._area = area
        self._floor = floor
        self._toasts: list[Toast] = []
        area.installEventFilter(self)
        floor.installEventFilter(self)

    @Slot(object)
    def show_notice(self, notice: Notice) -> None:
        """The notice is on the screen; the same notice again replaces the one that is there."""
        for old in [toast for toast in self._toasts if toast.notice == notice]:
            old.close_now()
        while len(self._toasts) >= MAX_TOASTS:
            self._toasts[0].close_now()
        toast = Toast(notice, self._area)
        toast.closed.connect(self._forget)
        self._toasts.append(toast)
        toast.adjustSize()
        toast.show()
        self._place()

    def toasts(self) -> tuple[Toast, ...]:
        """Those on the screen, oldest first."""
        return tuple(self._toasts)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move):
            self._place()
        return False

    @Slot(object)
    def _forget(self, toast: Toast) -> None:
        self._toasts.remove(toast)
        self._place()

    def _place(self) -> None:
        right, bottom = self._area.width() - 2 * GAP, self._area.height() - 2 * GAP
        if self._floor.isVisible():
            bottom -= self._floor.height()
        for toast in reversed(self._toasts):
            height = toast.layout().totalHeightForWidth(WIDTH)
            toast.setFixedHeight(max(height, toast.minimumSizeHint().height()))
            toast.move(QPoint(right - WIDTH, bottom - toast.height()))
            toast.raise_()
            bottom -= toast.height() + GAP
