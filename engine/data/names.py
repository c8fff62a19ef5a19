"""What the name of a file or folder says: photo, unreadable photo, table, project, model, or none of the user's."""

from __future__ import annotations

import os

SUFFIXES = frozenset(
    {
        b"jpg",
        b"jpeg",
        b"jpe",
        b"jfif",
        b"png",
        b"tif",
        b"tiff",
        b"bmp",
        b"gif",
        b"webp",
        b"mpo",
    }
)
# Photos, but in formats that are not read: worth telling, unlike a text file.
UNREAD_SUFFIXES = frozenset(
    {b"heic", b"heif", b"avif", b"jxl", b"jp2", b"psd"}
    | {b"dng", b"cr2", b"cr3", b"nef", b"arw", b"raf", b"orf", b"rw2", b"pef"}
)
# Tables, and what other tools write of labelled photos.
TABLE_SUFFIXES = frozenset({b"csv", b"tsv", b"txt"})
LABEL_SUFFIXES = TABLE_SUFFIXES | {b"json"}
# What other tools call their files of labels: most files of JSON beside photos are none.
_LABEL_FILES = frozenset({b"labels.json", b"camera_traps.json"})
PROJECT_SUFFIX = b".fieldmark"
MODEL_SUFFIX = ".fieldmark-model"

_SYSTEM_NAMES = frozenset(
    {
        b"__macosx",
        b"@eadir",
        b"@tmp",
        b"#recycle",
        b"#snapshot",
        b"$recycle.bin",
        b"recycler",
        b"system volume information",
        b"lost+found",
        b"__pycache__",
        b"thumbs.db",
        b"ehthumbs.db",
        b"desktop.ini",
    }
)


def is_system(name: bytes) -> bool:
    """Whether a file or folder belongs to a system or program, not to the user: hidden, thumbnails, bins, projects."""
    lower = name.lower()
    return name.startswith(b".") or lower in _SYSTEM_NAMES or lower.endswith(PROJECT_SUFFIX)


def is_project(path: bytes) -> bool:
    """Whether the path is a folder that is called like a project: its pictures are thumbnails and copies."""
    return path.rstrip(b"/").lower().endswith(PROJECT_SUFFIX) and os.path.isdir(path)


def is_model(path: bytes) -> bool:
    """Whether the path is called like a saved model."""
    return path.lower().endswith(MODEL_SUFFIX.encode())


def is_table(path: bytes) -> bool:
    """Whether the path is called like a table."""
    return suffix(os.path.basename(path)) in TABLE_SUFFIXES


def tells_of_photos(path: bytes) -> bool:
    """Whether the path is called like a file that says of photos what they show or what else is known of them."""
    return suffix(os.path.basename(path)) in LABEL_SUFFIXES


def lists_photos(path: bytes) -> bool:
    """Whether a file among photos is called like one that says what they show."""
    name = os.path.basename(path)
    return suffix(name) in {b"csv", b"tsv"} or name.lower() in _LABEL_FILES


def suffix(name: bytes) -> bytes:
    """What follows the last dot, in lower case; empty if there is no dot."""
    return name.rpartition(b".")[2].lower() if b"." in name else b""
