"""The documents speak of the program as it is."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from gui import syslibs

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\((?!https?://|#|mailto:)([^)#\s]+)")
LIBRARY_PACKAGES = [*syslibs.ALWAYS.values(), *syslibs.ON_X11.values()]


def required_packages() -> set[str]:
    """Names of all distributions the project asks for, lower case."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    asked = [
        *project["project"]["dependencies"],
        *(name for group in project["project"]["optional-dependencies"].values() for name in group),
        *project["dependency-groups"]["dev"],
    ]
    return {re.split(r"[^A-Za-z0-9_.-]", requirement)[0].lower() for requirement in asked}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    targets = LINK.findall(page.read_text("utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_every_dependency_has_its_reason() -> None:
    page = (ROOT / "docs/decisions/0004-dependencies.md").read_text("utf-8").lower()
    listed = {name.strip() for row in re.findall(r"^\|([^|]+)\|", page, re.M) for name in row.split(",")}
    assert required_packages() <= listed


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", ".ci/run"])
def test_the_packages_qt_needs_are_the_same_everywhere(page: str) -> None:
    text = (ROOT / page).read_text("utf-8")
    assert [name for name in LIBRARY_PACKAGES if not re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text)] == []


def test_continuous_integration_runs_the_command_of_the_readme() -> None:
    script, readme = (ROOT / ".ci/run").read_text("utf-8"), (ROOT / "README.md").read_text("utf-8")
    assert "python3 -m pip install --target .tools uv && .tools/bin/uv run pytest" in readme
    assert "--target .tools uv" in script
    assert script.rstrip().splitlines()[-1].split() == ["uv", "run", "-q", "pytest"]


def test_no_page_names_a_place_on_one_machine() -> None:
    told = re.compile(r"/(?:home|root|work|Users)/|simple/|files\.pythonhosted")
    assert [page.name for page in PAGES if told.search(page.read_text("utf-8"))] == []
