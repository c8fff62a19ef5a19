"""The one entrance: worker process, command line or window, decided before anything of Qt is loaded."""

from __future__ import annotations

import os
import sys
from pathlib import Path

WORKER_FLAG = "--engine-worker"


def main(argv: list[str] | None = None) -> int:
    """Does what the arguments ask for and returns the exit code.

    `--engine-worker` is for child processes of the app itself; a command or an option of the command line goes there;
    nothing, or the path of a project, opens the window.
    """
    arguments = sys.argv[1:] if argv is None else argv
    if WORKER_FLAG in arguments:
        from engine.host import worker

        return worker.main()
    if arguments and not _is_project(arguments[0]):
        from engine.cli.main import main as command_line

        return command_line(arguments)
    return _window(Path(arguments[0]).absolute() if arguments else None)


def _is_project(argument: str) -> bool:
    """Whether the argument is a folder to open, and not a command that happens to have a namesake here."""
    from engine.cli.main import COMMANDS

    return argument not in COMMANDS and not argument.startswith("-") and Path(argument).is_dir()


def _window(path: Path | None) -> int:
    from gui.syslibs import advice, missing_libraries

    missing = missing_libraries()
    if missing:
        print(advice(missing), file=sys.stderr)  # noqa: T201 - there is no window to say it in
        return 1
    if not _has_display():
        text = (
            "Fieldmark needs a screen to open its window, and there is none here.\n"
            "Without a screen use its commands: fieldmark --help"
        )
        print(text, file=sys.stderr)  # noqa: T201 - there is no window to say it in
        return 1
    from gui.app import main as open_window

    return open_window(path)


def _has_display() -> bool:
    """Whether Qt has anything to draw on."""
    if not sys.platform.startswith("linux"):
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


if __name__ == "__main__":
    sys.exit(main())
