"""Where a photo begins to be odd, as the user has set it; kept in the settings."""

from __future__ import annotations

from dataclasses import fields
from typing import Literal

from PySide6.QtCore import QObject, Signal

from engine.insight.overview import OUTLIER_SCORE, Oddity, OddLimits
from gui.core.settings import ODD_LIMITS, Settings

# `unlike`: unlike the others of its class, as a network sees them.
OddKind = Oddity | Literal["unlike"]
# Kind of odd photos -> the limit it is judged by.
NAMES: dict[OddKind, str] = {
    "blurred": "sharpness",
    "dark": "dark",
    "bright": "bright",
    "empty": "detail",
    "shape": "shape",
    "tiny": "side",
    "size": "size",
    "unlike": "unlike",
}


class OddChoice(QObject):
    """`changed` follows when a limit was set."""

    changed = Signal()

    def __init__(self, settings: Settings, parent: QObject) -> None:
        super().__init__(parent)
        self._settings = settings

    def limits(self) -> OddLimits:
        """The limits in use of what a look at each photo tells."""
        chosen = self._settings.get(ODD_LIMITS)
        # A limit in whole pixels stays one.
        known = {
            field.name: type(field.default)(chosen[field.name]) for field in fields(OddLimits) if field.name in chosen
        }
        return OddLimits(**known)

    def limit(self, kind: OddKind) -> float:
        """The limit of a kind."""
        return float(self._settings.get(ODD_LIMITS).get(NAMES[kind], self.usual(kind)))

    def usual(self, kind: OddKind) -> float:
        """The limit of a kind where nobody has set one."""
        return OUTLIER_SCORE if kind == "unlike" else float(getattr(OddLimits(), NAMES[kind]))

    def set_limit(self, kind: OddKind, value: float) -> None:
        """The kind begins there from now on."""
        if value != self.limit(kind):
            self._settings.set(ODD_LIMITS, {**self._settings.get(ODD_LIMITS), NAMES[kind]: float(value)})
            self.changed.emit()
