"""`fieldmark copies`: which photos of a project are one picture, and where their labels disagree."""

from __future__ import annotations

import argparse
from pathlib import Path

from engine.base.errors import StorageError
from engine.base.fspath import to_text
from engine.cli.jobs import finish_job
from engine.cli.output import print_result
from engine.project.copies import Copy, CopyGroup, CopyReport
from engine.project.project import Project

WORDS = {
    "exact": "equal byte for byte",
    "same": "same picture, stored otherwise",
    "turned": "turned",
    "mirrored": "mirrored",
    "tilted": "tilted",
    "cropped": "cropped",
    "toned": "brightness or contrast changed",
}


def copies(args: argparse.Namespace) -> None:
    """`fieldmark copies PROJECT`."""
    project = Project.open(Path(args.project))
    try:
        finish_job(project.copies.search_spec())
        project.copies.take_in()
        report = project.copies.report()
    finally:
        project.close()
    if report is None:
        raise StorageError("The result of the search is not there any more.", advice="Look for copies again.")
    print_result(_values(report), _text(report), as_json=args.json)


def _values(report: CopyReport) -> dict[str, object]:
    return {
        "photos": report.n_photos,
        "unreadable": report.n_unreadable,
        "surplus": report.n_surplus,
        "conflicts": len(report.conflicts),
        "groups": [
            {
                "classes": list(group.classes),
                "conflict": group.in_conflict,
                "photos": [
                    {
                        "id": int(copy.photo.id),
                        "path": to_text(copy.photo.path),
                        "class": copy.class_name,
                        "state": copy.photo.state,
                        "kinds": list(copy.kinds),
                        "similarity": round(copy.similarity, 3),
                    }
                    for copy in group.copies
                ],
            }
            for group in report.groups
        ],
    }


def _text(report: CopyReport) -> str:
    if not report.groups:
        return f"No copies among {report.n_photos} photos."
    head = (
        f"{report.n_repeated} pictures are here more than once: {report.n_surplus} photos too many of"
        f" {report.n_photos}."
    )
    if report.conflicts:
        head += f" {len(report.conflicts)} of them carry different labels (listed first)."
    told = (
        "Splits made from now on keep the photos of a group on one side. "
        "In the window, at Explore, Copies, you decide which of them stay."
    )
    return "\n\n".join([head, *(_group_text(group) for group in report.groups), told])


def _group_text(group: CopyGroup) -> str:
    title = f"different labels: {', '.join(group.classes)}" if group.in_conflict else ", ".join(group.classes)
    return "\n".join([title or "no label", *(f"  {_copy_text(copy)}" for copy in group.copies)])


def _copy_text(copy: Copy) -> str:
    done = ", ".join(WORDS[kind] for kind in copy.kinds)
    state = "left out" if copy.photo.state == "excluded" else ""
    notes = [note for note in (copy.class_name, done, state) if note]
    return copy.photo.shown + (f"  ({'; '.join(notes)})" if notes else "")
