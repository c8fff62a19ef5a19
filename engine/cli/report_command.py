"""`fieldmark report`: how good a model is, on how many photos, how honest its confidences are, and what it confuses."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from textwrap import indent

import msgspec

from engine.base.errors import StorageError, UserError
from engine.base.fspath import to_path
from engine.base.ids import RunId
from engine.cli.answer_lines import listed, listed_text, listed_values
from engine.cli.changes_command import log_text, log_values
from engine.cli.output import percent, print_result, table
from engine.cli.verdict_words import verdict_text, verdict_values
from engine.insight.calibration import Calibration, scaling_text
from engine.insight.metrics import Report
from engine.insight.verdicts import Verdict
from engine.project.comparisons import MergeTrial
from engine.project.project import Project
from engine.project.run_log import RunLog, run_log
from engine.project.run_verdicts import run_verdicts
from engine.project.run_views import used_views
from engine.recipe.views_cfg import ONCE, ViewsCfg
from engine.store.rows import RunRow

PART_NAMES = {
    "test": "held-out test photos",
    "cv": "training photos, each scored by a model that had not seen it",
}


def photos_of_part(row: RunRow, part: str) -> str:
    """Which photos a part of a run's answers speaks of."""
    return f"photos of {row.fold.text}" if part == "test" and row.fold is not None else PART_NAMES[part]


def report(args: argparse.Namespace) -> None:
    """`fieldmark report PROJECT [--run ID] [--part PART] [--list KIND] [--cell CLASS ANSWER] [--as-one CLASS...]`."""
    project = Project.open(Path(args.project), read_only=True)
    try:
        row = _chosen_run(project, args.run)
        found = project.runs.report(row.id, args.part)
        wrong = run_verdicts(project, row.id)
        views = used_views(to_path(row.folder))
        honest = project.comparisons.calibration(row.id, args.part)
        log = _log(project, row.id)
        trial = project.comparisons.if_one(row.id, args.as_one, args.part) if args.as_one else None
        photos = listed(project, row.id, args.part, kind=args.kind, cell=args.cell, most=max(0, args.most))
        values = {
            "run": int(row.id),
            "name": row.name,
            "part": args.part,
            "stale_labels": row.n_label_changes,
            "verdicts": verdict_values(wrong),
            "views": list(views.names),
            "log": None if log is None else log_values(log),
            "calibration": msgspec.to_builtins(honest),
            "answers": None if photos is None else listed_values(photos),
            "as_one": None if trial is None else {"merged": list(trial.merged), **report_values(trial.after)},
        }
        text = report_text(row, args.part, found, wrong, views, honest)
        if log is not None:
            text += "\n\nIt stands on:\n" + indent(log_text(log), "  ")
        if photos is not None:
            text += "\n\n" + listed_text(photos)
        if trial is not None:
            text += "\n\n" + _trial_text(trial)
        print_result({**values, **report_values(found)}, text, as_json=args.json)
    finally:
        project.close()


def _log(project: Project, run_id: RunId) -> RunLog | None:
    """What the run stands on; None where its list of photos is gone: its score is still there."""
    try:
        return run_log(project, run_id)
    except StorageError:
        return None


def _chosen_run(project: Project, run_id: int | None) -> RunRow:
    if run_id is not None:
        return project.runs.row(RunId(run_id))
    row = project.runs.current()
    if row is None:
        raise UserError("There is no trained model yet.", advice="Run `fieldmark train` first.")
    return row


def report_values(found: Report) -> dict[str, object]:
    """The report as plain JSON values; confusion has a row for each true class and a column for each answer."""
    return {
        "n": found.n,
        "n_unknown": found.n_unknown,
        "accuracy": found.accuracy,
        "accuracy_ci95": list(found.accuracy_ci95),
        "top5": found.top5,
        "macro_precision": found.macro_precision,
        "macro_recall": found.macro_recall,
        "macro_f1": found.macro_f1,
        "baseline": found.baseline,
        "per_class": [
            {
                "class": row.name,
                "precision": row.precision,
                "recall": row.recall,
                "f1": row.f1,
                "support": row.support,
                "recall_ci95": None if row.recall_ci95 is None else list(row.recall_ci95),
            }
            for row in found.per_class
        ],
        "confusion": found.confusion.tolist(),
        "classes": list(found.classes),
    }


def _trial_text(trial: MergeTrial) -> str:
    (low, high), names = trial.after.accuracy_ci95, " and ".join(trial.merged)
    return (
        f"If {names} were one class: {percent(trial.after.accuracy)} right (95 % interval {percent(low)} to "
        f"{percent(high)}) instead of {percent(trial.before.accuracy)}, macro F1 {trial.after.macro_f1:.3f} instead of "
        f"{trial.before.macro_f1:.3f}. Fewer classes are easier to tell apart: this is no better model. "
        "Nothing was changed."
    )


def report_text(
    row: RunRow, part: str, found: Report, wrong: Sequence[Verdict], views: ViewsCfg, honest: Calibration
) -> str:
    """The report for people: the score with its n and interval, what is wrong, the classes, the largest confusions."""
    low, high = found.accuracy_ci95
    interval = f"95 % interval {percent(low)} to {percent(high)}"
    lines = [
        f"Run {row.id}, {row.name}: {photos_of_part(row, part)}",
        f"{percent(found.accuracy)} right on {found.n:,} photos ({interval})",
        f"largest class alone: {percent(found.baseline)}",
        f"macro precision {found.macro_precision:.3f}, recall {found.macro_recall:.3f}, F1 {found.macro_f1:.3f}"
        + ("" if found.top5 is None else f"; in the first five {percent(found.top5)}"),
    ]
    lines.append(f"its confidence is off by {percent(honest.ece)} on average (expected calibration error)")
    if honest.scaling is not None:
        lines.append(scaling_text(honest))
    if row.n_label_changes:
        lines.append(
            f"{row.n_label_changes} labels have changed since this run; train again for a model that knows them."
        )
    if views != ONCE:
        lines.append(f"When it classifies, it looks at each photo {views.n_views} times; this is of looking once.")
    if wrong:
        lines += ["", verdict_text(wrong)]
    cells = [(c.name, f"{c.precision:.2f}", f"{c.recall:.2f}", f"{c.f1:.2f}", str(c.support)) for c in found.per_class]
    lines += ["", table(("class", "precision", "recall", "F1", "photos"), cells)]
    worst = _largest_confusions(found)
    if worst:
        lines += ["", "Most often confused:", *worst]
    return "\n".join(lines)


def _largest_confusions(found: Report, limit: int = 5) -> list[str]:
    pairs = [
        (int(found.confusion[i, j]), i, j)
        for i in range(len(found.classes))
        for j in range(len(found.classes))
        if i != j and found.confusion[i, j]
    ]
    top = sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2]))[:limit]
    return [f"  {found.classes[i]} taken for {found.classes[j]}: {n}" for n, i, j in top]
