"""Copies in words: what was done to a photo, how alike it is to the one it was matched with, how many there are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from gui.core.score_text import percent

if TYPE_CHECKING:
    from engine.data.near_copies import CopyKind
    from engine.project.copies import Copy, CopyGroup, CopyReport

translate = QCoreApplication.translate


def _text(text: str) -> str:
    return QT_TRANSLATE_NOOP("Copies", text)


KINDS: Mapping[CopyKind, str] = {
    "exact": _text("equal byte for byte"),
    "same": _text("same picture, stored otherwise"),
    "turned": _text("turned"),
    "mirrored": _text("mirrored"),
    "tilted": _text("tilted"),
    "cropped": _text("cropped"),
    "toned": _text("brightness or contrast changed"),
}


def done_to(copy: Copy) -> str:
    """What was done to the photo, or to the one it was matched with."""
    if not copy.kinds:
        return translate("Copies", "the others are compared with it")
    return ", ".join(translate("Copies", KINDS[kind]) for kind in copy.kinds)


def alike(copy: Copy) -> str:
    """How alike it is to the photo it was matched with; empty for the one that the others were matched with."""
    return translate("Copies", "{0} alike").format(percent(copy.similarity)) if copy.kinds else ""


def label_of(copy: Copy) -> str:
    """Its label in words, or why it is left out."""
    photo = copy.photo
    if photo.state == "excluded":
        left_out = translate("Copies", "Left out")
        return f"{left_out}: {photo.reason}" if photo.reason else left_out
    if photo.state == "unsure":
        return translate("Copies", "Unsure: {0}").format(copy.class_name) if copy.class_name else _unsure()
    return copy.class_name or translate("Copies", "No label")


def title_of(group: CopyGroup) -> str:
    """The labels of a group: one, several that contradict each other, or none."""
    return " / ".join(group.classes) or translate("Copies", "No label")


def standing_of(group: CopyGroup) -> str:
    """What is left to decide about a group."""
    photos = translate("Copies", "%n photo(s)", "", len(group.copies))
    if group.in_conflict:
        return translate("Copies", "labels differ, {0}").format(photos)
    if not group.settled:
        return photos
    decided = translate("Copies", "all stay") if len(group.counted) > 1 else translate("Copies", "one is kept")
    return f"{photos}, {decided}"


def summary_of(report: CopyReport) -> str:
    """What the last search found, in a sentence or two."""
    if not report.groups:
        return translate("Copies", "No picture is here more than once among %n photo(s).", "", report.n_photos)
    if not report.n_repeated:
        return translate("Copies", "No picture counts more than once any more, of %n found.", "", len(report.groups))
    text = translate("Copies", "%n picture(s) here more than once", "", report.n_repeated)
    if report.n_surplus:
        text += ": " + translate("Copies", "%n photo(s) too many", "", report.n_surplus)
    if report.conflicts:
        text += "; " + translate("Copies", "%n with different labels", "", len(report.conflicts))
    return f"{text}."


def _unsure() -> str:
    return translate("Copies", "Unsure")
