"""What a form or a file reader has to know of a recipe's fields: their kind, choices, range and help."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, get_args, get_origin, get_type_hints

import msgspec
from msgspec import inspect

from engine.recipe.bounds import BOUNDS, Bounds

Kind = Literal["switch", "whole", "number", "choice", "text", "wholes", "numbers", "part", "one_of", "rows"]
Part = type[msgspec.Struct]

_PLAIN: Mapping[type, Kind] = {
    inspect.BoolType: "switch",
    inspect.IntType: "whole",
    inspect.FloatType: "number",
    inspect.StrType: "text",
    inspect.LiteralType: "choice",
}
# "`flip_h`, `flip_v`: probability of mirroring." at the beginning of a sentence, up to the next such entry.
_ENTRY = re.compile(r"(?:(?<=^)|(?<=\. ))((?:`\w+`(?:, )?)+): ")
_NEXT_SENTENCE = re.compile(r"(?<=\.) (?=[A-Z`])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a recipe's part.

    `kind`: `wholes` and `numbers` are lists of them, `part` is a nested part, `one_of` one of several kinds of part,
    `rows` a list of parts of one or several kinds. `parts`: the classes those three may hold. `choices`: of `choice`.
    `bounds`: of the four kinds that are numbers. `optional`: may also be None.
    """

    name: str
    kind: Kind
    default: Any
    help: str
    choices: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    bounds: Bounds | None = None
    optional: bool = False


@cache
def fields_of(part: Part) -> tuple[Field, ...]:
    """The fields of a part, in the order they are declared."""
    info = inspect.type_info(part)
    assert isinstance(info, inspect.StructType)
    helps = _help_of(part, [field.name for field in info.fields])
    hints = get_type_hints(part)
    return tuple(_field(part, field, hints[field.name], helps[field.name]) for field in info.fields)


def title_of(part: Part) -> str:
    """The tag a kind of part is known by in files (`conv`, `dense`); empty for parts that have only one kind."""
    tag = part.__struct_config__.tag
    return tag if isinstance(tag, str) else ""


def summary_of(part: Part) -> str:
    """The first sentence of what is said of a part."""
    return re.split(r"(?<=[.;]) ", _plain(part.__doc__ or ""), maxsplit=1)[0].rstrip(".;")


def _field(part: Part, field: inspect.Field, hint: Any, help_text: str) -> Field:
    kinds, optional = _without_none(field.type)
    kind, parts = _kind(kinds)
    return Field(
        name=field.name,
        kind=kind,
        default=field.default,
        help=help_text,
        # msgspec sorts the values of a Literal; the declared order is the sensible one.
        choices=get_args(hint) if get_origin(hint) is Literal else (),
        parts=parts,
        bounds=BOUNDS.get(part, {}).get(field.name),
        optional=optional,
    )


def _without_none(kind: inspect.Type) -> tuple[tuple[inspect.Type, ...], bool]:
    types = kind.types if isinstance(kind, inspect.UnionType) else (kind,)
    return tuple(one for one in types if not isinstance(one, inspect.NoneType)), len(types) > 1 and any(
        isinstance(one, inspect.NoneType) for one in types
    )


def _kind(types: tuple[inspect.Type, ...]) -> tuple[Kind, tuple[Part, ...]]:
    parts = _parts(types)
    if parts:
        return ("part" if len(parts) == 1 else "one_of"), parts
    (only,) = types
    if isinstance(only, inspect.VarTupleType):
        inner = only.item_type
        parts = _parts(inner.types if isinstance(inner, inspect.UnionType) else (inner,))
        if parts:
            return "rows", parts
        return ("wholes" if isinstance(inner, inspect.IntType) else "numbers"), ()
    return _PLAIN[type(only)], ()


def _parts(types: tuple[inspect.Type, ...]) -> tuple[Part, ...]:
    return tuple(one.cls for one in types if isinstance(one, inspect.StructType))


def _help_of(part: Part, names: list[str]) -> dict[str, str]:
    """Help by field: the entry of its own in the docstring, else the sentence that names it, else the first one."""
    text = " ".join((part.__doc__ or "").split())
    found: dict[str, str] = {}
    marks = list(_ENTRY.finditer(text))
    for at, mark in enumerate(marks):
        end = marks[at + 1].start() if at + 1 < len(marks) else len(text)
        said = _plain(text[mark.end() : end])
        for name in re.findall(r"`(\w+)`", mark[1]):
            found[name] = said[:1].upper() + said[1:]
    sentences = _NEXT_SENTENCE.split(text)
    for name in names:
        naming = next((one for one in sentences if f"`{name}`" in one), sentences[0])
        found.setdefault(name, _plain(naming))
    return found


def _plain(text: str) -> str:
    return " ".join(text.replace("`", "").split())
