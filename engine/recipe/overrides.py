"""Single choices of a recipe changed by their places, as one writes them on a command line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from typing import Any

import msgspec
import tomli_w

from engine.base.errors import UserError
from engine.recipe.recipe import Recipe
from engine.recipe.toml_text import from_toml, to_toml
from engine.recipe.wrong_values import sentence_of

# How a recipe is called does not change what it does.
_NAMES = ("recipe_version", "name", "title")
# What takes a part of a recipe out: TOML has no word for it.
NOTHING = "none"
_PARTS = ("input", "model", "head", "training", "split")
_STEP = re.compile(r"([A-Za-z_]\w*)|\[(\d+)\]")


def with_choices(recipe: Recipe, choices: Sequence[str]) -> Recipe:
    """The recipe with each `PLACE=VALUE` in its place; places as in TOML, rows counted from 1.

    A value is a TOML value; a word without quotes is text: `input.size=320`, `training.stages[1].layers=all`. Whole
    parts are inline tables, and `training=none` takes the part out.

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
        raise _refused(", ".join(choices), f"{sentence_of(str(error))}.") from error
    # Reading it back checks the ranges, as for a recipe that somebody wrote.
    return from_toml(to_toml(changed))


def choices_between(base: Recipe, wanted: Recipe) -> tuple[str, ...]:
    """The fewest choices by which `with_choices` makes `wanted` of `base`; how they are called is not looked at."""
    old, new = (tomllib.loads(to_toml(recipe)) for recipe in (base, wanted))
    for name in _NAMES:
        old.pop(name, None)
        new.pop(name, None)
    found: list[str] = []
    _collect(old, new, "", found)
    return tuple(found)


def _collect(old: Any, new: Any, place: str, found: list[str]) -> None:
    if old == new:
        return
    if isinstance(old, dict) and isinstance(new, dict) and (not place or old.keys() == new.keys()):
        for name in dict.fromkeys([*old, *new]):
            inner = f"{place}.{name}" if place else name
            _collect(old.get(name), new.get(name), inner, found)
    elif _rows_alike(old, new):
        for number, (before, after) in enumerate(zip(old, new, strict=True), start=1):
            _collect(before, after, f"{place}[{number}]", found)
    else:
        found.append(f"{place}={NOTHING if new is None else _inline(new)}")


def _rows_alike(old: Any, new: Any) -> bool:
    """Lists of as many rows, each with the same names."""
    both_lists = isinstance(old, list) and isinstance(new, list) and len(old) == len(new)
    return both_lists and all(
        isinstance(before, dict) and isinstance(after, dict) and before.keys() == after.keys()
        for before, after in zip(old, new, strict=True)
    )


def _inline(value: Any) -> str:
    """The value as TOML on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name} = {_inline(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_inline(inner) for inner in value) + "]"
    return tomli_w.dumps({"v": value}).partition("= ")[2].strip()


def _value(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _put(table: Any, place: str, value: object, choice: str) -> None:
    steps = [int(row) - 1 if row else name for name, row in _STEP.findall(place)]
    here = table
    for at, step in enumerate(steps):
        is_last = at == len(steps) - 1
        if at == 0 and is_last and step in _PARTS:
            # A part that this kind of recipe does without can be put in, and taken out.
            here[step] = value
            if value == NOTHING:
                del here[step]
            return
        known = isinstance(here, dict) and step in here if isinstance(step, str) else _has_row(here, step)
        if not known:
            raise _refused(choice, f"there is no {place} in this recipe.")
        if is_last:
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
