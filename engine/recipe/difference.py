"""What two recipes do differently, as places with the value before and after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from engine.recipe.fields import title_of
from engine.recipe.recipe import Recipe

# How a recipe is called does not change what it does.
_NAMES = ("name", "title", "recipe_version")


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One choice that differs. `place`: as in TOML, rows counted from 1 (`training.stages[1].lr`).

    `before`, `after`: the value as text; empty where that recipe has no such choice.
    """

    place: str
    before: str
    after: str


def differences(before: Recipe, after: Recipe) -> tuple[Difference, ...]:
    """Every choice in which the two differ, in the order of the recipe; how they are called is not looked at."""
    old, new = choices(before), choices(after)
    places = list(old) + [place for place in new if place not in old]
    sections = list(dict.fromkeys(_section(place) for place in places))
    # A stable sort: places of one section stay together, also those that only the second recipe has.
    places.sort(key=lambda place: sections.index(_section(place)))
    return tuple(
        Difference(place=place, before=old.get(place, ""), after=new.get(place, ""))
        for place in places
        if old.get(place, "") != new.get(place, "")
    )


def choices(recipe: Recipe) -> dict[str, str]:
    """Every choice as text, by its place as in `Difference`; not how the recipe is called."""
    found: dict[str, str] = {}
    for name in recipe.__struct_fields__:
        if name not in _NAMES:
            _collect(getattr(recipe, name), name, found)
    return found


def _section(place: str) -> str:
    return place.split(".")[0]


def _collect(value: Any, place: str, found: dict[str, str]) -> None:
    if isinstance(value, msgspec.Struct):
        if kind := title_of(type(value)):
            found[place] = kind
        for name in value.__struct_fields__:
            _collect(getattr(value, name), f"{place}.{name}", found)
    elif isinstance(value, tuple) and any(isinstance(row, msgspec.Struct) for row in value):
        for number, row in enumerate(value, start=1):
            _collect(row, f"{place}[{number}]", found)
    elif value is not None and value is not msgspec.UNSET:
        found[place] = _text(value)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(_text(one) for one in value) or "none"
    return f"{value:g}" if isinstance(value, float) else str(value)
