"""Text in the cells of a table: never a formula, never a missing number, several words in one cell; all reversible."""

from __future__ import annotations

import re

# What spreadsheets take for the beginning of a formula (OWASP, "CSV injection"), and the sign that protects from it.
_RISKY = ("=", "+", "-", "@", "\t", "\r", "'")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?\Z", re.ASCII)
_WORD = re.compile(r"(?:\\.|[^;\\])+", re.DOTALL)


def to_cell(text: str) -> str:
    """The text with an apostrophe before it if a spreadsheet would compute it or a table reader take it for nothing."""
    return f"'{text}" if _needs_protection(text) else text


def from_cell(cell: str) -> str:
    """The text that `to_cell` was given; any other cell as it is."""
    return cell[1:] if cell.startswith("'") and _needs_protection(cell[1:]) else cell


def is_missing(cell: str) -> bool:
    """Whether the cell says nothing: empty, or what programs write for a number that is not there."""
    return not cell or cell.casefold() == "nan"


def join_words(words: tuple[str, ...]) -> str:
    """The words in one cell, with `;` between them; `;` and backslashes within them get a backslash."""
    return ";".join(word.replace("\\", "\\\\").replace(";", "\\;") for word in words)


def split_words(cell: str) -> tuple[str, ...]:
    """The words that `join_words` was given; of any other cell what stands between its semicolons."""
    words = (re.sub(r"\\(.)", r"\1", word, flags=re.DOTALL).strip() for word in _WORD.findall(cell))
    return tuple(word for word in words if word)


def _needs_protection(text: str) -> bool:
    return (text.startswith(_RISKY) and not _NUMBER.match(text)) or text.casefold() == "nan"
