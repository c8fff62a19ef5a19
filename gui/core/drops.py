"""File names in a drop, as the bytes they are."""

from __future__ import annotations

import os
from urllib.parse import unquote_to_bytes

from PySide6.QtCore import QMimeData

URI_LIST = "text/uri-list"


def has_files(mime: QMimeData) -> bool:
    """Whether the drag carries local files or folders."""
    return bool(paths_in(mime))


def paths_in(mime: QMimeData) -> tuple[bytes, ...]:
    """Absolute paths of the dropped files and folders, in their order, as the operating system's bytes.

    Read from the raw list: a `QUrl` turns names that are not valid UTF-8 into names that do not exist.
    """
    lines = bytes(mime.data(URI_LIST).data()).split(b"\n")
    return tuple(path for path in (_path(line.strip()) for line in lines) if path)


def _path(line: bytes) -> bytes:
    """The path a `file:` URI stands for, empty if it is no local file."""
    if not line.lower().startswith(b"file:"):
        return b""
    rest = line[len(b"file:") :]
    if rest.startswith(b"//"):
        host, slash, path = rest[2:].partition(b"/")
        if host not in (b"", b"localhost"):
            return b""
        rest = slash + path
    found = unquote_to_bytes(rest)
    if os.name == "nt":
        found = found.lstrip(b"/")
    return os.path.normpath(found) if found else b""
