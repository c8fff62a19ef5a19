"""`python -m benchmarks`: measure the rows asked for and print one table."""

from __future__ import annotations

import argparse
import platform
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import copies, gpu, journeys, scale, training, window
from benchmarks.photos import photo_folder
from benchmarks.row import HEADER, Row
from benchmarks.shell import fresh_home, script

ROWS = ("P1", "P2", "P3", "P4", "P5", "P6", "P7", "P8", "P8c", "P10", "P11", "P12", "gaps", "scale")


def main(argv: list[str] | None = None) -> int:
    """Measure and print; returns 0."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "rows",
        nargs="*",
        metavar="ROW",
        help=f"which rows (default: all of {', '.join(ROWS)})",
    )
    parser.add_argument(
        "--photos",
        type=Path,
        help="folder of class folders (default: fish14 beside the project, or drawn)",
    )
    args = parser.parse_args(argv)
    rows = args.rows or ROWS
    print(
        f"{datetime.now(UTC):%Y-%m-%d}, {platform.platform()}, Python {platform.python_version()}",
        file=sys.stderr,
    )
    with tempfile.TemporaryDirectory() as scratch_name:
        scratch = Path(scratch_name)
        folder = photo_folder(args.photos, scratch)
        print(HEADER)
        rival = {}
        if {"P2", "P3"} & set(rows):
            rival = script(fresh_home(scratch / "rival"), "rivals.default_finetune", folder).json()
        for name in rows:
            own = scratch / name
            own.mkdir()
            found = _measure(name, folder, own, rival)
            if isinstance(found, str):
                print(f"{name} is not measured: {found}.", file=sys.stderr, flush=True)
            else:
                print(found.markdown(), flush=True)
    return 0


def _measure(name: str, folder: Path, scratch: Path, rival: dict[str, object]) -> Row | str:
    """The row, or why it cannot be measured here."""
    match name:
        case "P1":
            return journeys.features(folder, scratch)
        case "P2":
            return journeys.add_class(folder, scratch, rival)
        case "P3":
            return journeys.quick(folder, scratch, rival)
        case "P4":
            return training.finetune(folder, scratch)
        case "P5":
            return gpu.from_scratch(scratch)
        case "P6":
            return gpu.resident(scratch)
        case "P7":
            return window.first_window(scratch)
        case "P8":
            return scale.importing(scratch)
        case "P8c":
            return copies.near_copies(folder, scratch)
        case "P10":
            return journeys.classify(folder, scratch)
        case "P11":
            return scale.opening(scratch)
        case "P12":
            return training.settings(folder, scratch)
        case "scale":
            return scale.knowing(scratch)
        case "gaps":
            return window.gaps(scratch)
    raise SystemExit(f"There is no row {name}; choose from {', '.join(ROWS)}.")


if __name__ == "__main__":
    sys.exit(main())
