"""Rows P8, P11 and scale: importing and knowing 60,000 photos, opening a project of 100,000."""

from __future__ import annotations

import tarfile
from pathlib import Path
from typing import Any

from benchmarks.gpu import CIFAR
from benchmarks.row import Row
from benchmarks.shell import fieldmark, fresh_home, script

ABSENT = "the photos of CIFAR-10 do not lie beside the project"
N_OPENED = 100_000
OPEN_LIMIT_SECONDS = 1.0


def importing(scratch: Path) -> Row | str:
    """P8: from the shell, files in the disk's memory, against a walk that hashes them; the window meanwhile."""
    folder = _unpacked(scratch)
    if folder is None:
        return ABSENT
    home = {**fresh_home(scratch), "QT_QPA_PLATFORM": "offscreen"}
    rival = script(home, "rivals.walk_and_hash", folder)
    project = scratch / "P8.fieldmark"
    fieldmark(home, "new", project)
    ours = fieldmark(home, "import", project, folder)
    rival = min(rival, script(home, "rivals.walk_and_hash", folder), key=lambda timed: timed.seconds)
    seen: dict[str, Any] = script(home, "ours.import_window", folder, scratch / "window").json()
    return Row(
        name="P8",
        what=f"import of {ours.json()['added']:,} small photos, each decoded to see that it is whole",
        ours=(
            f"{ours.seconds:.1f} s; in the window first thumbnails after {seen['first_thumbnails']:.2f} s, 99 % of "
            f"gaps below {seen['p99']:.0f} ms, stopped after {seen['stopped']:.2f} s"
        ),
        rival=f"{rival.seconds:.1f} s (walk and sha256 of every file, nothing decoded)",
        ratio=rival.seconds / ours.seconds,
        target=">= 0.67; thumbnails < 0.5 s, gaps < 50 ms, stopped < 1 s",
    )


def opening(scratch: Path) -> Row:
    """P11: from the wish to open to a list of all photos on the screen; then the slowest of a set of questions."""
    home = {**fresh_home(scratch), "QT_QPA_PLATFORM": "offscreen"}
    found: dict[str, Any] = script(home, "ours.open_large", scratch, str(N_OPENED)).json()
    return Row(
        name="P11",
        what=f"opening a project of {N_OPENED:,} photos until they are listed in the window",
        ours=(
            f"{found['seconds']:.2f} s; of {found['n_queries']} lists the slowest {found['slowest_ms']:.0f} ms "
            f"({found['slowest']}), median {found['median_ms']:.0f} ms"
        ),
        rival=f"{OPEN_LIMIT_SECONDS:.0f} s",
        ratio=OPEN_LIMIT_SECONDS / float(found["seconds"]),
        target=">= 1, every list < 50 ms",
    )


def knowing(scratch: Path) -> Row | str:
    """scale: looking at every photo, dividing them, and looking for copies, one command after the other."""
    folder = _unpacked(scratch)
    if folder is None:
        return ABSENT
    home = fresh_home(scratch)
    project = scratch / "scale.fieldmark"
    fieldmark(home, "new", project)
    fieldmark(home, "import", project, folder)
    parts = {name: fieldmark(home, name, project) for name in ("explore", "copies", "split")}
    found = parts["copies"].json()
    groups = found["groups"]
    assert isinstance(groups, list)
    told = ", ".join(f"{name} {timed.seconds:.0f} s" for name, timed in parts.items())
    return Row(
        name="scale",
        what=f"{found['photos']:,} photos explored, searched for copies and divided",
        ours=f"{told}; {len(groups):,} groups of copies, {found['conflicts']:,} with different labels",
        rival="-",
        ratio=float("nan"),
        target="-",
    )


def _unpacked(scratch: Path) -> Path | None:
    """The folder of CIFAR-10's photos, as class folders below train and test; None where they are not at hand."""
    if not CIFAR.is_file():
        return None
    folder = scratch / "cifar"
    folder.mkdir()
    with tarfile.open(CIFAR) as packed:
        packed.extractall(folder, filter="data")
    return folder
