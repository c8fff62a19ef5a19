"""The single choices of a recipe, each with its place in the file and what it is called on the screen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec
from PySide6.QtCore import QCoreApplication

from engine.recipe.fields import Field, fields_of
from engine.recipe.recipe import Recipe
from gui.core.recipe_words import choice_label, field_label, kind_label

# How a recipe is called does not change what it does; photos are divided by the project's plan.
_LEFT_OUT = ("recipe_version", "name", "title", "split")
PLAIN = ("switch", "whole", "number", "choice", "text")
_YES, _NO = ("yes", "true", "1"), ("no", "false", "0")
Value = str | int | float | bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipePlace:
    """One choice. `place`: as in TOML, rows counted from 1; `words`: from the section down; `value`: as it stands."""

    place: str
    words: str
    field: Field
    value: Value

    def text(self) -> str:
        """The value as one types it."""
        return text_of(self.value)

    def parsed(self, text: str) -> Value:
        """The value that was typed.

        Raises:
            ValueError: it is of another kind, or out of range.
        """
        text = text.strip()
        if self.field.kind == "switch":
            if text.casefold() in _YES or text.casefold() in _NO:
                return text.casefold() in _YES
            raise ValueError(text)
        if self.field.kind in ("whole", "number"):
            number = int(text) if self.field.kind == "whole" else float(text)
            bounds = self.field.bounds
            if bounds is not None and not bounds.low <= number <= bounds.high:
                raise ValueError(text)
            return number
        if not text or (self.field.choices and text not in self.field.choices):
            raise ValueError(text)
        return text

    def hint(self) -> str:
        """What can be typed."""
        if self.field.kind == "switch":
            return QCoreApplication.translate("Recipe", "yes, no")
        if self.field.choices:
            return ", ".join(self.field.choices)
        bounds = self.field.bounds
        if bounds is None:
            return ""
        return QCoreApplication.translate("Recipe", "{0} to {1}").format(f"{bounds.low:g}", f"{bounds.high:g}")


def text_of(value: Value) -> str:
    """A value as one types it."""
    if isinstance(value, bool):
        return _YES[0] if value else _NO[0]
    return f"{value:g}" if isinstance(value, float) else str(value)


def places_of(recipe: Recipe) -> tuple[RecipePlace, ...]:
    """Every choice of the recipe that is a single value, in the order of the recipe."""
    return tuple(_places(recipe, "", ()))


def _places(part: msgspec.Struct, place: str, words: tuple[str, ...]) -> Iterator[RecipePlace]:
    for field in fields_of(type(part)):
        if not place and field.name in _LEFT_OUT:
            continue
        here = f"{place}.{field.name}" if place else field.name
        called = (*words, field_label(type(part), field))
        value = getattr(part, field.name)
        if isinstance(value, msgspec.Struct):
            yield from _places(value, here, called)
        elif isinstance(value, tuple):
            for number, row in enumerate(value, start=1):
                if isinstance(row, msgspec.Struct):
                    name = kind_label(type(row)) or called[-1]
                    yield from _places(row, f"{here}[{number}]", (*words, f"{name} {number}"))
        elif field.kind in PLAIN and value is not None:
            yield RecipePlace(place=here, words=" › ".join(called), field=field, value=value)


def value_words(one: RecipePlace, value: Value) -> str:
    """The value as the screen says it."""
    return choice_label(one.field, value) if isinstance(value, str) and one.field.choices else text_of(value)
