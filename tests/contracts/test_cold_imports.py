"""What a process loads before it is asked to do anything."""

import json
import subprocess
import sys

import pytest

LIST_MODULES = "import json, sys; print(json.dumps(sorted({name.split('.')[0] for name in sys.modules})))"


def loaded_after(statement: str) -> set[str]:
    """First names of all modules in a fresh process that carried out the statement."""
    code = f"{statement}; {LIST_MODULES}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.parametrize("module", ["gui.app", "gui.main_window"])
def test_window_loads_nothing_that_learns_and_nothing_it_needs_only_later(module: str) -> None:
    heavy = {"torch", "torchvision", "timm", "sklearn", "scipy", "openvino"} | {"numpy", "PIL", "msgspec", "pyqtgraph"}
    assert not loaded_after(f"import {module}") & heavy


def test_command_line_loads_neither_qt_nor_torch() -> None:
    assert not loaded_after("import engine.cli.main") & {"PySide6", "torch", "timm", "sklearn", "scipy", "openvino"}


def test_worker_loads_nothing_heavy_before_its_first_job() -> None:
    assert not loaded_after("import engine.host.worker") & {"PySide6", "torch", "timm", "sklearn", "openvino"}
