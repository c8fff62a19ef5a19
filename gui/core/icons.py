"""Icons from resources/icons, drawn in the colour of a theme token at paint time, so they follow the scheme."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QByteArray, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPixmap, QPixmapCache
from PySide6.QtSvg import QSvgRenderer

import resources
from gui.core import theme

ICON_FOLDER = resources.path("icons")


@cache
def _source(name: str) -> bytes:
    return (ICON_FOLDER / f"{name}.svg").read_bytes()


def icon(name: str, token: str = "text") -> QIcon:
    """The icon `resources/icons/<name>.svg` in the colour of `token`; greyed while its control is disabled.

    Raises:
        FileNotFoundError: there is no such icon.
    """
    _source(name)
    return QIcon(_SvgIcon(name, token))


def pixmap(name: str, size: int, token: str = "text", ratio: float = 1.0) -> QPixmap:
    """The icon as a square pixmap of `size` device-independent pixels."""
    return _drawn(name, theme.token(token), size, ratio)


def _drawn(name: str, ink: str, size: int, ratio: float) -> QPixmap:
    key = f"icon:{name}:{ink}:{size}:{ratio}"
    found = QPixmap()
    if QPixmapCache.find(key, found):
        return found
    side = max(1, round(size * ratio))
    made = QPixmap(side, side)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    QSvgRenderer(QByteArray(_source(name).replace(b"currentColor", ink.encode()))).render(
        painter, QRectF(0, 0, side, side)
    )
    painter.end()
    made.setDevicePixelRatio(ratio)
    QPixmapCache.insert(key, made)
    return made


class _SvgIcon(QIconEngine):
    """Draws one file; Qt asks for it anew whenever it needs another size, mode or scheme."""

    def __init__(self, name: str, token: str) -> None:
        super().__init__()
        self._name = name
        self._token = token

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        device = painter.device()
        ratio = device.devicePixelRatioF() if device else 1.0
        size = min(rect.width(), rect.height())
        where = QRect(QPoint(0, 0), QSize(size, size))
        where.moveCenter(rect.center())
        painter.drawPixmap(where, _drawn(self._name, self._ink(mode), size, ratio))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        return _drawn(self._name, self._ink(mode), min(size.width(), size.height()), 1.0)

    def scaledPixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float) -> QPixmap:
        # `size` is in device-independent pixels since Qt 6.8.
        return _drawn(self._name, self._ink(mode), min(size.width(), size.height()), scale)

    def clone(self) -> QIconEngine:
        return _SvgIcon(self._name, self._token)

    def _ink(self, mode: QIcon.Mode) -> str:
        return theme.token("text_disabled" if mode == QIcon.Mode.Disabled else self._token)
