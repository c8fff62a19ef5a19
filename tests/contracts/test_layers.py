"""The walls of the house, checked on every file, also for imports inside functions."""

import ast
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
QT = {"PySide6", "shiboken6", "pyqtgraph", "gui"}
# The rooms of the engine that the window may use; of the store only the values it hands out.
WINDOW_MAY_USE = (
    "engine", "engine.base", "engine.recipe", "engine.store.rows", "engine.project", "engine.host", "engine.image",
    "engine.insight", "engine.jobs.spec", "engine.data", "engine.weights", "engine.exchange", "engine.report",
    "engine.cli.main",
)  # fmt: skip
HEAVY = {"torch", "torchvision", "timm", "sklearn", "scipy", "openvino"}
TOP_LEVEL = {
    "pyproject.toml", "README.md", "gui", "engine", "resources", "tests", "packaging", "docs", "benchmarks", "LICENSE",
    "CHANGELOG.md", "CONTRIBUTING.md",
}  # fmt: skip
MAX_MODULE_LINES, MAX_FUNCTION_LINES = 400, 60


def python_files(*rooms: str) -> list[Path]:
    return sorted(path for room in rooms for path in (ROOT / room).rglob("*.py"))


def imported(path: Path) -> set[str]:
    """First names of everything the file imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names


def imported_modules(path: Path) -> set[str]:
    """Full names of all modules the file imports from, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} if node.module.count(".") else {f"{node.module}.{a.name}" for a in node.names}
    return names


def in_rooms(*tops: str) -> pytest.MarkDecorator:
    """The test is asked of each room, with all files in it: one test a file would take longer than what it does."""
    folders = sorted({path.parent for path in python_files(*tops)})
    return pytest.mark.parametrize("room", folders, ids=lambda room: room.relative_to(ROOT).as_posix())


def faults(room: Path, found: Callable[[Path], object]) -> dict[str, object]:
    """What is wrong with each file of the room, by its name; empty where nothing is."""
    return {path.name: wrong for path in sorted(room.glob("*.py")) if (wrong := found(path))}


@in_rooms("gui")
def test_window_uses_only_the_public_rooms_of_the_engine(room: Path) -> None:
    def strange(path: Path) -> list[str]:
        used = {name for name in imported_modules(path) if name.split(".")[0] == "engine"}
        return [n for n in used if not any(n == may or n.startswith(f"{may}.") for may in WINDOW_MAY_USE)]

    assert faults(room, strange) == {}


@in_rooms("engine")
def test_engine_never_imports_the_window(room: Path) -> None:
    assert faults(room, lambda path: imported(path) & QT) == {}


@in_rooms("gui")
def test_window_never_imports_what_learns(room: Path) -> None:
    assert faults(room, lambda path: imported(path) & HEAVY) == {}


def test_import_contracts_hold() -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_top_level_is_as_promised() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    names = {line.split("/")[0] for line in tracked.splitlines()}
    assert {name for name in names if not name.startswith(".")} == TOP_LEVEL


def test_packaging_is_no_package() -> None:
    """With an __init__.py it would shadow the `packaging` of the package index when run from here."""
    assert not (ROOT / "packaging" / "__init__.py").exists()


@in_rooms("engine", "gui")
def test_modules_and_functions_stay_readable(room: Path) -> None:
    def unreadable(path: Path) -> list[str]:
        text = path.read_text("utf-8")
        tree = ast.parse(text)
        functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
        too_long = [f.name for f in functions if (f.end_lineno or f.lineno) - f.lineno >= MAX_FUNCTION_LINES]
        said = [] if ast.get_docstring(tree) else ["the first line of a module says its one job"]
        return said + (["too many lines"] if len(text.splitlines()) > MAX_MODULE_LINES else []) + too_long

    assert faults(room, unreadable) == {}


@in_rooms("engine", "gui", "benchmarks")
def test_nothing_is_pickled(room: Path) -> None:
    """The error of torch's own weights reader may be caught."""
    assert faults(room, pickled) == {}


def pickled(path: Path) -> set[str]:
    """Names of what the file pickles by."""
    tree = ast.parse(path.read_text("utf-8"))
    used = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "pickle"
    }
    taken = {"pickle" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module == "pickle"}
    return (imported(path) & {"joblib", "dill", "cloudpickle", "shelve"}) | (used - {"UnpicklingError"}) | taken
