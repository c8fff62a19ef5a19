"""`fieldmark curves`: how runs went, epoch by epoch, as a table, for TensorBoard or for MLflow."""

from __future__ import annotations

import argparse
import math
from dataclasses import asdict
from pathlib import Path

from engine.base.errors import UserError
from engine.base.files import atomic_write
from engine.base.fspath import to_path
from engine.base.ids import RunId
from engine.cli.output import print_result, table
from engine.insight.curve_files import read_curves, read_events
from engine.insight.curves import EpochRow
from engine.insight.curves_csv import NAMES, epochs_csv
from engine.project.mlflow_runs import mlflow_run
from engine.project.project import Project
from engine.report.mlflow_folder import write_mlflow
from engine.report.tensorboard_log import write_tensorboard
from engine.store.rows import RunRow


def curves(args: argparse.Namespace) -> None:
    """`fieldmark curves PROJECT [--run ID ...] [--csv OUT] [--tensorboard DIR] [--mlflow DIR]`."""
    project = Project.open(Path(args.project))
    try:
        wanted = [project.runs.row(RunId(number)) for number in args.run] or list(project.runs.rows())
        read = [(row, read_curves(to_path(row.folder)).rows()) for row in wanted]
        found = [(row, epochs) for row, epochs in read if epochs]
        told = [mlflow_run(project, row.id) for row, _ in found] if args.mlflow is not None else []
    finally:
        project.close()
    if not wanted:
        raise UserError("There are no runs yet.", advice="`fieldmark train --recipe fine_tune` trains a network.")
    if not found:
        raise UserError("None of these runs has epochs.", advice="Runs that train a network have; Quick has none.")
    if args.csv is not None:
        atomic_write(Path(args.csv), epochs_csv([(f"{row.id} {row.name}", epochs) for row, epochs in found]))
    if args.tensorboard is not None:
        for row, _ in found:
            write_tensorboard(Path(args.tensorboard) / f"run-{row.id}", read_events(to_path(row.folder)))
    if args.mlflow is not None:
        write_mlflow(Path(args.mlflow), project.name, told)
    values = {
        "runs": [{"run": int(row.id), "name": row.name, "epochs": list(map(_values, rows))} for row, rows in found]
    }
    print_result(values, "\n\n".join(_text(row, epochs) for row, epochs in found), as_json=args.json)


def _values(row: EpochRow) -> dict[str, float | None]:
    return {name: None if math.isnan(value) else value for name, value in asdict(row).items()}


def _text(row: RunRow, epochs: tuple[EpochRow, ...]) -> str:
    cells = [tuple(_cell(getattr(epoch, name)) for name in NAMES) for epoch in epochs]
    return f"Run {row.id}, {row.name}\n" + table(tuple(name.replace("_", " ") for name in NAMES), cells)


def _cell(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.4g}"
