"""What is wrong with a value in a recipe or a study, in words for the person who wrote the file."""

from __future__ import annotations

import re

_KINDS = {
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "str": "a text",
    "array": "a list in [ ]",
    "object": "a table",
    "null": "nothing",
}


def sentence_of(message: str) -> str:
    """What msgspec's ValidationError says, with places as people count: `rows[1].set has to be a list, not a text`."""
    what, _, at = message.partition(" - at `$")
    place = re.sub(r"\[(\d+)\]", lambda mark: f"[{int(mark[1]) + 1}]", at.rstrip("`").lstrip("."))
    where = f", at {place}" if place else ""
    kinds = re.fullmatch(r"Expected `([^`]+)`, got `([^`]+)`", what)
    if kinds is not None:
        return f"{place or 'it'} has to be {_kinds(kinds[1])}, not {_kinds(kinds[2])}"
    missing = re.fullmatch(r"Object missing required field `([^`]+)`", what)
    if missing is not None:
        return f"{missing[1]} is missing{where}"
    unknown = re.fullmatch(r"Object contains unknown field `([^`]+)`", what)
    if unknown is not None:
        return f"there is no choice called {unknown[1]}{where}"
    value = re.fullmatch(r"Invalid enum value (.+)", what)
    if value is not None:
        return f"{place or 'it'} cannot be {value[1]}"
    return f"{what[:1].lower()}{what[1:]}{where}"


def _kinds(names: str) -> str:
    return " or ".join(_KINDS.get(name, name) for name in names.split(" | "))
