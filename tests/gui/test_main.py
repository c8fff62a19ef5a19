"""The entrance: worker, command line or window, decided before Qt is loaded."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from gui import __main__ as entrance
from gui import syslibs


def test_a_command_goes_to_the_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[list[str]] = []
    monkeypatch.setattr("engine.cli.main.main", lambda argv: seen.append(argv) or 3)
    assert entrance.main(["report", "P.fieldmark", "--json"]) == 3
    assert seen == [["report", "P.fieldmark", "--json"]]


@pytest.mark.parametrize("argument", ["--help", "--version", "doctor", "nonsense"])
def test_options_and_unknown_words_go_there_too(monkeypatch: pytest.MonkeyPatch, argument: str) -> None:
    seen: list[list[str]] = []
    monkeypatch.setattr("engine.cli.main.main", lambda argv: seen.append(argv) or 0)
    entrance.main([argument])
    assert seen == [[argument]]


def test_a_command_wins_over_a_folder_of_its_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "train").mkdir()
    monkeypatch.chdir(tmp_path)
    seen: list[list[str]] = []
    monkeypatch.setattr("engine.cli.main.main", lambda argv: seen.append(argv) or 0)
    entrance.main(["train"])
    assert seen == [["train"]]


def test_a_project_opens_the_window(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    seen: list[Path | None] = []
    monkeypatch.setattr("gui.app.main", lambda path: seen.append(path) or 0)
    monkeypatch.setattr(syslibs, "missing_libraries", lambda: ())
    assert entrance.main([str(tmp_path)]) == 0
    assert entrance.main([]) == 0
    assert seen == [tmp_path, None]


def test_missing_libraries_are_named_with_the_cure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(syslibs, "missing_libraries", lambda: ("libEGL.so.1",))
    assert entrance.main([]) == 1
    assert "apt" in capsys.readouterr().err


def test_without_a_screen_it_says_so(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(syslibs, "missing_libraries", lambda: ())
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    assert entrance.main([]) == 1
    assert "--help" in capsys.readouterr().err


def test_the_worker_and_the_command_line_never_load_qt() -> None:
    code = (
        "import sys; from gui.__main__ import main\n"
        "try: main(['--version'])\n"
        "except SystemExit: pass\n"
        "sys.exit('PySide6' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0
