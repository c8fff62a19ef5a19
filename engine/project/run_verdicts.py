"""What is wrong with a run of the project, from what it left in its folder and from its score by today's labels."""

from __future__ import annotations

import functools
import os
from pathlib import Path
from typing import TYPE_CHECKING

from engine.base.errors import UserError
from engine.insight.curve_files import METRICS_FILE, read_curves
from engine.insight.curves import Curves
from engine.insight.metrics import Report
from engine.insight.verdicts import Verdict, verdicts

if TYPE_CHECKING:
    from engine.base.ids import RunId
    from engine.project.project import Project

# Runs whose curves are kept: as many as are looked at in turn.
KEPT = 16


def run_verdicts(project: Project, run_id: RunId) -> tuple[Verdict, ...]:
    """What is wrong with the run, worst first; empty for one that is as it should be, and for one without numbers.

    A run that has ended without a score is judged by the epochs it came to.

    Raises:
        UserError: there is no such run.
    """
    row = project.runs.row(run_id)
    folder = Path(os.fsdecode(row.folder))
    names = project.browse.class_names()
    return verdicts(
        _curves(folder, *_stamp(folder / METRICS_FILE)),
        [names[class_id] for class_id in row.class_ids],
        _report(project, run_id) if row.state == "finished" else None,
    )


def _report(project: Project, run_id: RunId) -> Report | None:
    """The score on photos the run had not seen: of the test, and where that has none, cross-validated."""
    for part in ("test", "cv"):
        try:
            return project.runs.report(run_id, part)
        except UserError:
            continue
    return None


def _stamp(path: Path) -> tuple[int, int]:
    """What tells a file from what it was before: its time and size; zeros where there is none."""
    try:
        found = path.stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_size


@functools.lru_cache(maxsize=KEPT)
def _curves(folder: Path, mtime_ns: int, n_bytes: int) -> Curves:
    """The curves in the folder, read once as long as their file stays as it is."""
    return read_curves(folder)
