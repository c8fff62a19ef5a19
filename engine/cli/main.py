"""The parser and the way in: which command was asked for, and how its failure is told."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence

from engine import __version__
from engine.base.errors import AppError
from engine.cli import doctor_command
from engine.cli.command import add_command
from engine.cli.jobs import JobFailed
from engine.cli.model_grammar import add_model_commands
from engine.cli.photo_grammar import add_photo_commands

EXIT_OK, EXIT_FAILED, EXIT_USAGE, EXIT_STOPPED = 0, 1, 2, 130


def parser() -> argparse.ArgumentParser:
    """The whole grammar of the command line."""
    top = argparse.ArgumentParser(
        prog="fieldmark",
        description="Teach a computer to tell things apart in photos. Without a command, the window opens.",
        epilog="Exit status: 0 done, 1 failed, 2 wrong usage, 130 stopped.",
    )
    top.add_argument("--version", action="version", version=f"Fieldmark {__version__}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    add_photo_commands(commands)
    add_model_commands(commands)
    add_command(
        commands,
        "doctor",
        "show versions, devices and disk, for asking for help",
        doctor_command.doctor,
    )
    return top


COMMANDS = frozenset(
    {
        "new",
        "import",
        "add-class",
        "table",
        "export-photos",
        "copies",
        "explore",
        "split",
        "train",
        "recipe",
        "report",
        "curves",
        "compare",
        "study",
        "runs",
        "use",
        "views",
        "classify",
        "export",
        "weights",
        "doctor",
    }
)


def main(argv: Sequence[str] | None = None) -> int:
    """Carry out one command; returns the exit status."""
    args = parser().parse_args(argv)
    try:
        args.carry_out(args)
    except AppError as error:
        return _tell(error, as_json=args.json)
    except BrokenPipeError:
        # The reader of our output (`head`, say) has gone; that is its right.
        sys.stderr.close()
        return EXIT_FAILED
    return EXIT_OK


def _tell(error: AppError, *, as_json: bool) -> int:
    if as_json:
        told = {
            "error": error.what,
            "safe": error.safe,
            "advice": error.advice,
            "details": error.details,
        }
        print(json.dumps(told, ensure_ascii=True))
    print(f"fieldmark: {error.user_text()}", file=sys.stderr)
    if error.details:
        print(error.details, file=sys.stderr)
    stopped = isinstance(error, JobFailed) and error.ended.reason == "cancelled"
    return EXIT_STOPPED if stopped else EXIT_FAILED
