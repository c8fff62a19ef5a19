"""The part of a study's report on one run: its recipe against the reference, its curves, errors and confidence."""

from __future__ import annotations

from engine.insight.calibration import scaling_text
from engine.insight.metrics import ClassScore, Report
from engine.recipe.difference import Difference
from engine.report.card import how_made
from engine.report.study_blocks import (
    Block,
    Column,
    Curves,
    Heading,
    Matrix,
    Pictures,
    Points,
    Reliability,
    Table,
    Text,
)
from engine.report.study_contents import RunTold, StudyContents

MOST_PICTURES = 8
# More than these are folded away.
MOST_DIFFERENCES = 12
_SCORES = ("Precision", "Recall", "95 % interval", "F1", "Photos")


def run_part(run: RunTold, study: StudyContents) -> list[Block]:
    """Below a heading of its own."""
    apart = f"Confidence and share right are {run.calibration.ece:.3f} apart on average (expected calibration error)."
    return [
        Heading(run.name + (" (reference)" if run.is_reference else ""), 3),
        Text(f"{how_made(run.recipe)} {_score(run)}"),
        *_verdicts(run),
        *([] if run.is_reference else [_differences(run.differences)]),
        *([Curves(run.epochs)] if run.epochs else []),
        _classes(run.score),
        Heading("What was called what", 4),
        Matrix(run.score),
        Heading("Is its confidence honest?", 4),
        Text(f"{apart} {scaling_text(run.calibration)}".strip()),
        Reliability(run.calibration),
        *_alone(run, study),
    ]


def _score(run: RunTold) -> str:
    found = run.score
    low, high = found.accuracy_ci95
    which = "photos, each answered by the model that had not seen it," if run.n_folds else "test photos"
    text = (
        f"{100 * found.accuracy:.1f} % of {found.n:,} {which} right (95 % interval {100 * low:.1f} to "
        f"{100 * high:.1f} %, photos taken singly); always the largest class: {100 * found.baseline:.1f} %. "
        f"Macro F1 {found.macro_f1:.3f}."
    )
    if run.minutes is not None:
        text += f" It took {run.minutes:.1f} minutes."
    if run.n_folds:
        text += " Warnings and curves are of the model of its first fold."
    return text


def _verdicts(run: RunTold) -> list[Block]:
    texts = tuple(f"{verdict.text} {verdict.advice}" for verdict in run.verdicts)
    return [Points(texts, warning=True)] if texts else []


def _differences(found: tuple[Difference, ...]) -> Block:
    if not found:
        return Text("Its recipe is that of the reference.", "quiet")
    columns = tuple(Column(text, is_words=True) for text in ("Choice in the recipe", "Reference", "Here"))
    rows = tuple((one.place, one.before or "-", one.after or "-") for one in found)
    # Another kind of network differs in everything; that is to be found, not to be scrolled past.
    summary = f"{len(found)} choices in its recipe are not those of the reference"
    return Table(columns, rows, summary=summary if len(found) > MOST_DIFFERENCES else "")


def _classes(found: Report) -> Table:
    columns = (Column("Class", is_words=True), *map(Column, _SCORES))
    return Table(columns, tuple((row.name, *_class(row)) for row in found.per_class))


def _class(row: ClassScore) -> tuple[str, ...]:
    if row.recall_ci95 is None:
        return ("", "", "", "", "0")
    low, high = row.recall_ci95
    interval = f"{low:.2f} to {high:.2f}"
    return (f"{row.precision:.3f}", f"{row.recall:.3f}", interval, f"{row.f1:.3f}", f"{row.support:,}")


def _alone(run: RunTold, study: StudyContents) -> list[Block]:
    if not run.only_right:
        return []
    shown = run.only_right[:MOST_PICTURES]
    n, rest = len(run.only_right), "" if len(run.only_right) == len(shown) else f", {len(shown)} of them shown"
    captions = tuple((i, f"{study.label(i)}: {study.name(i)}") for i in shown)
    return [Heading(f"Photos that only this run has right: {n:,}{rest}", 4), Pictures(captions)]
