"""Colours, type sizes and the style sheet, from one table of tokens for each of the two schemes.

Widgets ask `token("accent")` (or `colour("accent")` for a `QColor`) at paint time and so follow a change of scheme;
Qt tells them with a `PaletteChange` event. Sizes stand on a grid of 8 px.
"""

from __future__ import annotations

from functools import cache
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory

import resources
from gui.core.qss import style_sheet

Scheme = Literal["light", "dark"]

BODY_PX = 13
TITLE_PX = 20
GRID_PX = 8

LIGHT: dict[str, str] = {
    "window": "#f5f6f7",
    "surface": "#ffffff",
    "raised": "#ffffff",
    "sunken": "#e9ecee",
    "hover": "#e9edef",
    "pressed": "#dde2e5",
    "text": "#1b2024",
    "text_muted": "#56606a",
    "text_disabled": "#8c959e",
    "border": "#d6dbe0",
    "border_strong": "#848e98",
    "accent": "#0b7570",
    "accent_hover": "#09625e",
    "accent_soft": "#d8efec",
    "on_accent": "#ffffff",
    "success": "#1c7334",
    "success_soft": "#dcf1e1",
    "warning": "#855400",
    "warning_soft": "#fcefd2",
    "danger": "#b3261e",
    "danger_soft": "#fbe3e1",
    "info": "#1d5ba3",
    "info_soft": "#e0ecf9",
    "photo_ground": "#e4e7ea",
    "viewer_ground": "#20252a",
    "viewer_text": "#e8eaed",
    "scroll": "#b9c1c8",
    "plot_ground": "#ffffff",
    "plot_grid": "#dfe3e7",
    "plot_line": "#0b7570",
    "plot_line_2": "#b3541e",
    "plot_line_3": "#1d5ba3",
    "plot_line_4": "#7b3fa0",
    "plot_line_5": "#a8285f",
    "plot_line_6": "#66660a",
    "matrix_right": "#0b7570",
    "matrix_wrong": "#b3541e",
}
DARK: dict[str, str] = {
    "window": "#16181b",
    "surface": "#1e2125",
    "raised": "#272b30",
    "sunken": "#111315",
    "hover": "#2a2f34",
    "pressed": "#343a40",
    "text": "#e8eaed",
    "text_muted": "#a5adb5",
    "text_disabled": "#6c757d",
    "border": "#33393f",
    "border_strong": "#7b858e",
    "accent": "#4cc3b5",
    "accent_hover": "#6dd3c7",
    "accent_soft": "#173f3b",
    "on_accent": "#06201d",
    "success": "#7ccb8b",
    "success_soft": "#1b3a23",
    "warning": "#e5b454",
    "warning_soft": "#40310f",
    "danger": "#f49089",
    "danger_soft": "#4a201d",
    "info": "#8bbaf2",
    "info_soft": "#1b324d",
    "photo_ground": "#292d32",
    "viewer_ground": "#0e1012",
    "viewer_text": "#e8eaed",
    "scroll": "#4a525a",
    "plot_ground": "#1e2125",
    "plot_grid": "#33393f",
    "plot_line": "#4cc3b5",
    "plot_line_2": "#f0a070",
    "plot_line_3": "#8bbaf2",
    "plot_line_4": "#c9a2ee",
    "plot_line_5": "#f28bb0",
    "plot_line_6": "#cfcf70",
    "matrix_right": "#4cc3b5",
    "matrix_wrong": "#f0a070",
}
SCHEMES: dict[Scheme, dict[str, str]] = {"light": LIGHT, "dark": DARK}

_scheme: Scheme = "light"


def scheme() -> Scheme:
    """The scheme in use."""
    return _scheme


def token(name: str) -> str:
    """The colour of a token in the scheme in use, as `#rrggbb`.

    Raises:
        KeyError: no token of that name.
    """
    return SCHEMES[_scheme][name]


def colour(name: str, alpha: int = 255) -> QColor:
    """The colour of a token as a `QColor`, not to be changed; `alpha` 0 (invisible) to 255."""
    return _colour(token(name), alpha)


@cache
def _colour(value: str, alpha: int) -> QColor:
    # Painting a screen of photos asks for a few colours a hundred times.
    found = QColor(value)
    found.setAlpha(alpha)
    return found


def on_colour(background: str) -> str:
    """Black or white text, whichever reads better on `background` (`#rrggbb`)."""
    return "#101214" if contrast(background, "#101214") >= contrast(background, "#ffffff") else "#ffffff"


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours (`#rrggbb`), 1 to 21.

    Source: WCAG 2.2, "contrast ratio" and "relative luminance".
    """
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(value: str) -> float:
    channels = (int(value[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def system_scheme(app: QApplication) -> Scheme | None:
    """What the desktop asks for, None where it does not say (bare X11, offscreen)."""
    wanted = app.styleHints().colorScheme()
    if wanted == Qt.ColorScheme.Dark:
        return "dark"
    return "light" if wanted == Qt.ColorScheme.Light else None


def apply(app: QApplication, wanted: Scheme) -> None:
    """The whole application shows the scheme: Fusion, own palette, one style sheet."""
    global _scheme
    _scheme = wanted
    # A style sheet takes pictures only from files and does not recolour them: one small file a scheme.
    pictures = {
        name: resources.path(f"style/{name}-{wanted}.svg").as_posix() for name in ("chevron", "chevron-up", "tick")
    }
    sheet = style_sheet(SCHEMES[wanted] | pictures)
    # Every widget there is would be styled again.
    if app.styleSheet() == sheet:
        return
    # Own palette: asking the style hints for dark changes nothing where no platform theme is loaded.
    app.setStyle(QStyleFactory.create("Fusion"))
    font = QFont(app.font())
    font.setPixelSize(BODY_PX)
    app.setFont(font)
    app.setPalette(palette(wanted))
    app.setStyleSheet(sheet)


def palette(wanted: Scheme) -> QPalette:
    """The Qt palette of a scheme."""
    tokens = SCHEMES[wanted]
    made = QPalette()
    role = QPalette.ColorRole
    for target, name in (
        (role.Window, "window"),
        (role.WindowText, "text"),
        (role.Base, "surface"),
        (role.AlternateBase, "sunken"),
        (role.Text, "text"),
        (role.Button, "surface"),
        (role.ButtonText, "text"),
        (role.BrightText, "danger"),
        (role.ToolTipBase, "raised"),
        (role.ToolTipText, "text"),
        (role.PlaceholderText, "text_muted"),
        (role.Highlight, "accent"),
        (role.HighlightedText, "on_accent"),
        (role.Link, "accent"),
        (role.LinkVisited, "accent"),
        (role.Accent, "accent"),
        (role.Light, "surface"),
        (role.Midlight, "hover"),
        (role.Mid, "border"),
        (role.Dark, "border_strong"),
    ):
        made.setColor(target, QColor(tokens[name]))
    for target in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, target, QColor(tokens["text_disabled"]))
    return made


def class_colour(value: str) -> QColor:
    """A class's colour as it is drawn in the scheme in use.

    Too dark ones are lifted on the dark ground and too light ones are dimmed on the light one, so that a dot of it
    always stands out at 3:1.
    """
    return _class_colour(value, _scheme)


@cache
def _class_colour(value: str, wanted: Scheme) -> QColor:
    found = QColor(value)
    for _ in range(12):
        if contrast(found.name(), SCHEMES[wanted]["surface"]) >= 3.0:
            break
        found = found.lighter(115) if wanted == "dark" else found.darker(111)
    return found
