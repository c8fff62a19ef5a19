"""The epochs of one or several runs as a CSV table."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence

from engine.data.results_csv import plain_cell
from engine.insight.curves import EpochRow

NAMES = ("epoch", "train_loss", "train_accuracy", "val_loss", "val_accuracy", "val_macro_f1", "lr", "seconds")


def epochs_csv(runs: Sequence[tuple[str, Sequence[EpochRow]]]) -> bytes:
    """UTF-8, a row an epoch and run, 6 significant digits; a cell is empty where a run did not say.

    Args:
        runs: (name, rows) of each run.
    """
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(["run", *NAMES])
    for name, rows in runs:
        for row in rows:
            table.writerow([plain_cell(name), row.epoch, *(_cell(getattr(row, column)) for column in NAMES[1:])])
    return out.getvalue().encode("utf-8")


def _cell(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.6g}"
