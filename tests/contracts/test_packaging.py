"""What a desktop is told about the program agrees with the program."""

from __future__ import annotations

import configparser
import tomllib
from pathlib import Path
from xml.etree import ElementTree as ET

import resources
from engine import __version__
from engine.nets.bundle import SUFFIX
from engine.store.db import APPLICATION_ID
from gui.app import DESKTOP_ID

ROOT = Path(__file__).resolve().parents[2]
DESKTOP = ROOT / "packaging" / "desktop"
MIME = "{http://www.freedesktop.org/standards/shared-mime-info}"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def desktop_entry() -> configparser.SectionProxy:
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(DESKTOP / f"{DESKTOP_ID}.desktop", "utf-8")
    return parser["Desktop Entry"]


def metainfo() -> ET.Element:
    return ET.parse(DESKTOP / f"{DESKTOP_ID}.metainfo.xml").getroot()


def test_the_desktop_entry_starts_the_installed_command() -> None:
    entry = desktop_entry()
    assert entry["Exec"].split()[0] in PROJECT["project"]["scripts"]
    assert entry["Icon"] == entry["StartupWMClass"] == DESKTOP_ID
    assert (DESKTOP / f"{DESKTOP_ID}.svg").is_file()


def test_metainfo_knows_the_program_and_its_version() -> None:
    info = metainfo()
    assert info.findtext("id") == DESKTOP_ID
    assert info.findtext("launchable") == f"{DESKTOP_ID}.desktop"
    assert info.findtext("project_license") == PROJECT["project"]["license"]
    newest = info.find("releases/release")
    assert newest is not None
    assert newest.get("version") == __version__ == PROJECT["project"]["version"]


def test_file_types_are_recognised_by_what_the_engine_writes() -> None:
    types = {node.get("type"): node for node in ET.parse(DESKTOP / f"{DESKTOP_ID}-mime.xml").getroot()}
    glob = types["application/x-fieldmark-model"].find(f"{MIME}glob")
    magic = types["application/x-fieldmark-project"].find(f"{MIME}magic/{MIME}match/{MIME}match")
    assert glob is not None
    assert magic is not None
    assert glob.get("pattern") == f"*{SUFFIX}"
    assert magic.get("value") == APPLICATION_ID.to_bytes(4, "big").decode()


def test_the_window_wears_the_icon_of_the_desktop_entry() -> None:
    assert resources.path("fieldmark.svg").read_bytes() == (DESKTOP / f"{DESKTOP_ID}.svg").read_bytes()


def test_constraints_for_installers_are_those_of_the_project() -> None:
    lines = (ROOT / "packaging" / "constraints.txt").read_text("utf-8").splitlines()
    pins = {line for line in lines if line and not line.startswith("#")}
    assert pins == set(PROJECT["tool"]["uv"]["constraint-dependencies"])
