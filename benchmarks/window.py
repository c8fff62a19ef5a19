"""Row P7: from the command to a painted window, against an empty one."""

from __future__ import annotations

import statistics
from pathlib import Path

from benchmarks.row import Row
from benchmarks.shell import Timed, fresh_home, script

N_RUNS = 7


def first_window(scratch: Path) -> Row:
    """Whole processes in turn, after one run each to warm the disk; medians of wall time and peak memory."""
    home = {**fresh_home(scratch), "QT_QPA_PLATFORM": "offscreen"}
    ours: list[Timed] = []
    empty: list[Timed] = []
    for n in range(N_RUNS + 1):
        first, second = script(home, "ours.window"), script(home, "rivals.empty_window")
        if n:
            ours.append(first)
            empty.append(second)
    seconds = [statistics.median(t.seconds for t in times) for times in (ours, empty)]
    memory = [statistics.median(float(str(t.json()["megabytes"])) for t in times) for times in (ours, empty)]
    return Row(
        name="P7",
        what=f"window on screen, whole process, median of {N_RUNS}",
        ours=f"{seconds[0]:.2f} s, {memory[0]:.0f} MB",
        rival=f"{seconds[1]:.2f} s, {memory[1]:.0f} MB (empty PySide6 window)",
        ratio=seconds[1] / seconds[0],
        target=">= 0.5, at most 40 MB more",
    )
