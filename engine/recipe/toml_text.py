"""Recipes as TOML, for people to read, keep and send; reading is strict and says what is wrong where."""

from __future__ import annotations

import difflib
import re
import tomllib
from functools import cache
from typing import Any

import msgspec
import tomli_w

from engine.base.errors import UserError
from engine.recipe.bounds import out_of_bounds
from engine.recipe.fields import Part, fields_of
from engine.recipe.recipe import Recipe
from engine.recipe.wrong_values import sentence_of

SUFFIX = ".toml"
_UNCHANGED = "No recipe was changed."


def to_toml(recipe: Recipe) -> str:
    """Every choice of the recipe, also those that are the usual ones; `from_toml` gives an equal recipe."""
    return tomli_w.dumps(_without_none(msgspec.to_builtins(recipe)))


def from_toml(text: str) -> Recipe:
    """The recipe a TOML text holds; what it does not name is as usual.

    Raises:
        UserError: no TOML, an unknown name, a value of the wrong kind or out of range; it names the place.
    """
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _refused(f"it is no valid TOML: {error}.", "Correct that line, or export the recipe again.") from error
    if found.get("recipe_version", 1) != 1:
        raise _refused("it was made by another version of Fieldmark.", "Open it with that version.")
    try:
        recipe = msgspec.convert(found, Recipe, strict=True)
    except msgspec.ValidationError as error:
        raise _refused(f"{sentence_of(str(error))}.", _advice(str(error))) from error
    wrong = out_of_bounds(recipe)
    if wrong:
        raise _refused(wrong[0], "Correct the value.", details="\n".join(wrong))
    return recipe


def _refused(why: str, advice: str, details: str = "") -> UserError:
    return UserError(f"The recipe could not be read: {why}", safe=_UNCHANGED, advice=advice, details=details or why)


def _advice(message: str) -> str:
    unknown = re.search(r"unknown field `([^`]+)`", message)
    if unknown is None:
        return "Correct the value."
    near = difflib.get_close_matches(unknown[1], _names(Recipe), n=1)
    return f"Did you mean {near[0]}?" if near else f"Remove {unknown[1]}."


@cache
def _names(part: Part) -> frozenset[str]:
    """Names of all fields in the part and below it."""
    names: set[str] = set()
    for field in fields_of(part):
        names.add(field.name)
        for inner in field.parts:
            names |= _names(inner)
    return frozenset(names)


def _without_none(value: Any) -> Any:
    """TOML has no null: what is None is left out."""
    if isinstance(value, dict):
        return {key: _without_none(inner) for key, inner in value.items() if inner is not None}
    if isinstance(value, list | tuple):
        return [_without_none(inner) for inner in value]
    return value
