"""File names are bytes: how they are shown, compared and put into text files."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote, unquote_to_bytes


def to_bytes(path: str | bytes | os.PathLike[str]) -> bytes:
    """The operating system's own bytes of a path, made absolute without following links."""
    return os.path.abspath(os.fsencode(path))


def to_path(path: bytes) -> Path:
    """A `Path` for the bytes; undecodable bytes survive the round trip."""
    return Path(os.fsdecode(path))


def shown(path: bytes) -> str:
    """Text for people: undecodable bytes and control characters become U+FFFD. Not usable to open the file."""
    text = path.decode("utf-8", "replace")
    if text.isprintable():
        return text
    return "".join("\ufffd" if ord(c) < 32 or ord(c) == 127 else c for c in text)


def to_text(path: bytes) -> str:
    """Text for CSV and JSON from which the bytes can be recovered by `from_text`.

    A path of valid, printable UTF-8 without `%` is unchanged; anything else is percent-encoded as in a URI.
    """
    try:
        text = path.decode("utf-8")
    except UnicodeDecodeError:
        return quote(path, safe="/ ")
    if "%" in text or any(ord(c) < 32 or ord(c) == 127 for c in text):
        return quote(path, safe="/ ")
    return text


def from_text(text: str) -> bytes:
    """The bytes that `to_text` was given."""
    return unquote_to_bytes(text) if "%" in text else text.encode("utf-8")
