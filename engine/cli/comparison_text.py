"""What a comparison says besides its scores, for a terminal: what the runs are, and how their folds differ."""

from __future__ import annotations

from engine.cli.output import table
from engine.insight.comparison import Comparison
from engine.report.comparison_table import FACTS, FOLDS, filled, shown_cells

# Short headings: a terminal is narrow.
_TEXTS = {
    "recipe": "recipe", "n_parameters": "M param", "n_trainable": "M trained", "train_loss": "train loss",
    "train_accuracy": "train right %", "val_loss": "val loss", "val_accuracy": "val right %", "minutes": "minutes",
    "learn_rate": "learn/s", "answer_rate": "classify/s", "folds": "folds", "fold_accuracy": "right %",
    "fold_accuracy_sd": "sd", "fold_macro_f1": "macro F1", "fold_macro_f1_sd": "sd", "fold_p": "p",
}  # fmt: skip


def facts_text(found: Comparison) -> str:
    """Tables below that of the scores; those that would say nothing are left out."""
    tables = []
    for title, headings in (("The runs:", FACTS), ("Over the folds of the cross-validation:", FOLDS)):
        shown = filled(found.runs, headings)
        if shown:
            rows = [
                (str(int(run.run_id)), run.name, *(_plain(cell) for cell in shown_cells(run, shown)))
                for run in found.runs
            ]
            tables.append(f"{title}\n" + table(("run", "name", *(_TEXTS[one.name] for one in shown)), rows))
    return "\n\n".join(tables)


def _plain(cell: str) -> str:
    """A terminal of any encoding shows it."""
    return cell.replace("–", "-")
