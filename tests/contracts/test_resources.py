"""Every picture the window asks for ships with it, and takes the colour of the theme."""

from __future__ import annotations

import ast
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

import resources
from gui.actions import ACTIONS

ROOT = Path(__file__).resolve().parents[2]
ICONS = sorted(resources.path("icons").glob("*.svg"))
SVG = "{http://www.w3.org/2000/svg}svg"


def icons_asked_for(path: Path) -> set[str]:
    """Literal names given to `icon(...)`, `pixmap(...)` or as `icon=...` anywhere in the file."""
    names: set[str] = set()
    for call in (node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)):
        given = [keyword.value for keyword in call.keywords if keyword.arg in ("icon", "icon_name")]
        if isinstance(call.func, ast.Name) and call.func.id in ("icon", "pixmap"):
            given += call.args[:1]
        names |= {value.value for value in given if isinstance(value, ast.Constant) and value.value}
    return names


@pytest.mark.parametrize("path", ICONS, ids=lambda path: path.stem)
def test_an_icon_is_a_square_drawing_in_the_current_colour(path: Path) -> None:
    root = ET.parse(path).getroot()
    assert root.tag == SVG
    assert (root.get("viewBox"), root.get("stroke")) == ("0 0 24 24", "currentColor")


def test_every_icon_the_window_names_is_there() -> None:
    asked = {info.icon for info in ACTIONS if info.icon}
    for path in (ROOT / "gui").rglob("*.py"):
        asked |= icons_asked_for(path)
    assert asked
    assert asked <= {path.stem for path in ICONS}


def test_the_icons_bring_their_licence() -> None:
    assert "ISC License" in resources.path("icons/LICENSE").read_text("utf-8")


def test_the_fonts_bring_their_licence() -> None:
    assert "Bitstream Vera" in resources.path("fonts/LICENSE").read_text("utf-8")


def test_a_missing_file_is_said_by_name() -> None:
    with pytest.raises(FileNotFoundError, match=r"no-such-icon\.svg"):
        resources.path("icons/no-such-icon.svg")
