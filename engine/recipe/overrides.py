"""Single choices of a recipe changed by their places, as one writes them on a command line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from typing import Any

import msgspec

from engine.base.errors import UserError
from engine.recipe.recipe import Recipe
from engine.recipe.toml_text import from_toml, to_toml

_STEP = re.compile(r"([A-Za-z_]\w*)|\[(\d+)\]")


def with_choices(recipe: Recipe, choices: Sequence[str]) -> Recipe:
    """The recipe with each `PLACE=VALUE` in its place; places as in TOML, rows counted from 1.

    A value is a TOML value; a word without quotes is text: `input.size=320`, `training.stages[1].layers=all`.

    Raises:
        UserError: not of that form, no such place, or a value of the wrong kind or out of range.
    """
    if not choices:
        return recipe
    table = tomllib.loads(to_toml(recipe))
    for choice in choices:
        place, equals, value = choice.partition("=")
        if not equals:
            raise _refused(choice, "it has no =.")
        _put(table, place.strip(), _value(value.strip()), choice)
    try:
        changed = msgspec.convert(table, Recipe, strict=True)
    except msgspec.ValidationError as error:
        raise _refused(", ".join(choices), f"{error}.") from error
    # Reading it back checks the ranges, as for a recipe that somebody wrote.
    return from_toml(to_toml(changed))


def _value(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _put(table: Any, place: str, value: object, choice: str) -> None:
    steps = [int(row) - 1 if row else name for name, row in _STEP.findall(place)]
    here = table
    for at, step in enumerate(steps):
        known = isinstance(here, dict) and step in here if isinstance(step, str) else _has_row(here, step)
        if not known:
            raise _refused(choice, f"there is no {place} in this recipe.")
        if at == len(steps) - 1:
            here[step] = value
            return
        here = here[step]
    raise _refused(choice, "it names no place.")


def _has_row(here: object, row: int) -> bool:
    return isinstance(here, list) and 0 <= row < len(here)


def _refused(choice: str, why: str) -> UserError:
    return UserError(
        f"The choice {choice} cannot be made: {why}",
        safe="Nothing was changed.",
        advice="`fieldmark recipe NAME` shows every place and its value.",
    )
