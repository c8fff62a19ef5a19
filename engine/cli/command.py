"""What the commands of the shell have in common: `--json`, what carries them out, and which recipe."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from engine.recipe.presets import PRESETS

Run = Callable[[argparse.Namespace], None]


def add_command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    text: str,
    run: Run,
) -> argparse.ArgumentParser:
    """A command of that name; `text` says in small letters what it does, `run` carries it out."""
    command = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
    command.add_argument(
        "--json",
        action="store_true",
        help="print one JSON object on stdout; progress goes to stderr",
    )
    command.set_defaults(carry_out=run)
    return command


def recipe_options(command: argparse.ArgumentParser, *, positional: bool = False) -> None:
    """The command takes a recipe by its name or file, and single choices in it."""
    names = ", ".join(PRESETS)
    text = f"how to train: a recipe's name ({names}) or a TOML file (default: quick)"
    if positional:
        command.add_argument("recipe", nargs="?", default="quick", metavar="RECIPE", help=text)
    else:
        command.add_argument("--recipe", default="quick", metavar="RECIPE", help=text)
    command.add_argument(
        "--set",
        dest="choices",
        action="append",
        default=[],
        metavar="PLACE=VALUE",
        help="change one choice of the recipe, as --set input.size=320; may be given several times",
    )
