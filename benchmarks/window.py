"""Rows P7 and gaps: from the command to a painted window; how smooth the window is while a network trains."""

from __future__ import annotations

import statistics
from pathlib import Path

from benchmarks.row import Row
from benchmarks.shell import Timed, fresh_home, script

N_RUNS = 7
# The 99th percentile of the time between two turns of the event loop.
GAP_LIMIT_MS = 50.0


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


def gaps(scratch: Path) -> Row:
    """Gaps of the event loop in ms while a training takes all cores and photos are scrolled and labelled."""
    home = {**fresh_home(scratch), "QT_QPA_PLATFORM": "offscreen"}
    found = script(home, "ours.gaps").json()
    p50, p99, most = (float(str(found[name])) for name in ("p50", "p99", "max"))
    return Row(
        name="gaps",
        what=f"event loop of the window while a network trains, {found['n']} turns of a 16 ms timer",
        ours=f"median {p50:.0f} ms, 99 % below {p99:.0f} ms, longest {most:.0f} ms",
        rival=f"{GAP_LIMIT_MS:.0f} ms",
        ratio=GAP_LIMIT_MS / p99,
        target=">= 1 (99 % below 50 ms)",
    )
