"""Commands that use a model: classify, export."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from engine.base.dirs import machine_dir, weights_dir
from engine.base.errors import UserError
from engine.base.events import (
    AnyEvent,
    Classified,
    FilesRefused,
    ModelLoaded,
    RefusedFile,
)
from engine.base.fspath import shown, to_bytes, to_text
from engine.cli.jobs import finish_job
from engine.cli.output import percent, print_result
from engine.jobs.spec import ClassifySpec
from engine.project.project import Project
from engine.store.rows import RunRow

_LISTED = 30


def classify(args: argparse.Namespace) -> None:
    """`fieldmark classify MODEL_OR_PROJECT PATH... [--csv OUT]`."""
    for path in args.paths:
        if not Path(path).exists():
            raise UserError(f"There is nothing at {path}.", safe="Nothing was classified.")
    model = _model(Path(args.model))
    classes: tuple[str, ...] = ()
    n_classified = 0
    refused: list[RefusedFile] = []
    listed: list[tuple[bytes, int, float]] = []

    def take(event: AnyEvent) -> None:
        nonlocal n_classified, classes
        if isinstance(event, ModelLoaded):
            classes = event.classes
        elif isinstance(event, Classified):
            n_classified += len(event.rows)
            room = len(event.rows) if args.json else _LISTED - len(listed)
            listed.extend((row.path, row.top, row.probs[row.top]) for row in event.rows[: max(0, room)])
        elif isinstance(event, FilesRefused):
            refused.extend(event.rows)

    finish_job(
        ClassifySpec(
            model=model,
            inputs=tuple(to_bytes(path) for path in args.paths),
            machine=os.fsencode(machine_dir()),
            csv=None if args.csv is None else to_bytes(args.csv),
            library=os.fsencode(weights_dir()),
        ),
        take,
    )
    if not n_classified:
        raise UserError(
            "No photo was found that can be classified.",
            advice="Name photos, or folders that hold photos.",
            details="\n".join(f"{shown(r.path)}: {r.text}" for r in refused),
        )
    values: dict[str, object] = {
        "n": n_classified,
        "csv": args.csv,
        "refused": [{"path": to_text(r.path), "kind": r.kind, "reason": r.text} for r in refused],
    }
    results = [{"path": to_text(path), "class": classes[top], "confidence": p} for path, top, p in listed]
    text = "\n".join(f"{shown(path)}: {classes[top]} ({percent(p, 0)})" for path, top, p in listed)
    if n_classified > len(listed):
        text += f"\n... and {n_classified - len(listed):,} more" + ("" if args.csv else "; use --csv for all")
    text += f"\n{n_classified:,} photos classified" + (f", written to {args.csv}" if args.csv else "")
    text += "".join(f"\ncould not be used: {shown(r.path)}: {r.text}" for r in refused)
    print_result({**values, "results": results}, text.lstrip("\n"), as_json=args.json)


def export(args: argparse.Namespace) -> None:
    """`fieldmark export PROJECT OUT`."""
    project = Project.open(Path(args.project), read_only=True)
    try:
        row = _current(project) if args.run is None else project.runs.row(args.run)
        out = Path(args.out)
        if not out.absolute().parent.is_dir():
            raise UserError(
                f"There is no folder {out.absolute().parent}.", safe="Nothing was saved.", advice="Make it first."
            )
        spec = project.runs.export_spec(row.id, out.absolute())
    finally:
        project.close()
    finish_job(spec)
    n_bytes = out.stat().st_size
    text = f"Saved the model of run {row.id} to {out} ({n_bytes / 1e6:.1f} MB)"
    print_result({"run": int(row.id), "out": str(out), "bytes": n_bytes}, text, as_json=args.json)


def _model(path: Path) -> bytes:
    """The bundle file, or the run folder of the model a project uses."""
    if path.is_dir():
        project = Project.open(path, read_only=True)
        try:
            return _current(project).folder
        finally:
            project.close()
    if not path.is_file():
        raise UserError(f"There is no model or project at {path}.")
    return to_bytes(path)


def _current(project: Project) -> RunRow:
    row = project.runs.current()
    if row is None:
        raise UserError("There is no trained model yet.", advice="Run `fieldmark train` first.")
    return row
