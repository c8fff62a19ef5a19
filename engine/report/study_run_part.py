"""The part of a study's page on one run: its recipe against the reference, its curves, its errors, its confidence."""

from __future__ import annotations

from html import escape

from engine.insight.calibration import Calibration
from engine.insight.metrics import ClassScore, Report
from engine.insight.verdicts import Verdict
from engine.recipe.difference import Difference
from engine.report import drawings
from engine.report.card import how_made
from engine.report.figures import sheet
from engine.report.study_contents import RunTold, StudyContents

MOST_PICTURES = 8
# More than these are folded away.
MOST_DIFFERENCES = 12


def run_part(run: RunTold, study: StudyContents) -> str:
    """HTML, closed with a heading of its own."""
    title = escape(run.name) + (" (reference)" if run.is_reference else "")
    body = [
        f"<h3>{title}</h3>",
        f"<p>{escape(how_made(run.recipe))} {_score(run)}</p>",
        _verdicts(run.verdicts),
        "" if run.is_reference else _differences(run.differences),
        drawings.curves(run.epochs),
        _classes(run.score),
        "<h4>What was called what</h4>",
        drawings.confusion(run.score),
        "<h4>Is its confidence honest?</h4>",
        _calibration(run.calibration),
        _alone(run, study),
    ]
    return "\n".join(part for part in body if part)


def _score(run: RunTold) -> str:
    found = run.score
    low, high = found.accuracy_ci95
    text = (
        f"{100 * found.accuracy:.1f} % of {found.n:,} test photos right (95 % interval {100 * low:.1f} to "
        f"{100 * high:.1f} %, photos taken singly); always the largest class: {100 * found.baseline:.1f} %. "
        f"Macro F1 {found.macro_f1:.3f}."
    )
    if run.minutes is not None:
        text += f" It took {run.minutes:.1f} minutes."
    return text


def _verdicts(found: tuple[Verdict, ...]) -> str:
    if not found:
        return ""
    rows = "".join(f"<li>{escape(verdict.text)} {escape(verdict.advice)}</li>" for verdict in found)
    return f'<ul class="verdicts">{rows}</ul>'


def _differences(found: tuple[Difference, ...]) -> str:
    if not found:
        return '<p class="quiet">Its recipe is that of the reference.</p>'
    rows = "".join(
        f"<tr><td>{escape(one.place)}</td><td>{escape(one.before) or '-'}</td><td>{escape(one.after) or '-'}</td></tr>"
        for one in found
    )
    table = f"<table><tr><th>Choice in the recipe</th><th>Reference</th><th>Here</th></tr>{rows}</table>"
    if len(found) <= MOST_DIFFERENCES:
        return table
    # Another kind of network differs in everything; that is to be found, not to be scrolled past.
    summary = f"{len(found)} choices in its recipe are not those of the reference"
    return f"<details><summary>{summary}</summary>{table}</details>"


def _classes(found: Report) -> str:
    head = "".join(f'<th class="n">{name}</th>' for name in ("Precision", "Recall", "95 % interval", "F1", "Photos"))
    rows = "".join(f"<tr><td>{escape(row.name)}</td>{_class(row)}</tr>" for row in found.per_class)
    return f"<table><tr><th>Class</th>{head}</tr>{rows}</table>"


def _class(row: ClassScore) -> str:
    if row.recall_ci95 is None:
        texts: tuple[str, ...] = ("", "", "", "", "0")
    else:
        low, high = row.recall_ci95
        interval = f"{low:.2f} to {high:.2f}"
        texts = (f"{row.precision:.3f}", f"{row.recall:.3f}", interval, f"{row.f1:.3f}", f"{row.support:,}")
    return "".join(f'<td class="n">{text}</td>' for text in texts)


def _calibration(found: Calibration) -> str:
    text = f"Confidence and share right are {found.ece:.3f} apart on average (expected calibration error)."
    return f'<p>{text}</p><div class="plots">{drawings.reliability(found)}</div>'


def _alone(run: RunTold, study: StudyContents) -> str:
    if not run.only_right:
        return ""
    shown = run.only_right[:MOST_PICTURES]
    n, rest = len(run.only_right), "" if len(run.only_right) == len(shown) else f", {len(shown)} of them shown"
    pictures = sheet([(i, f"{study.label(i)}: {study.name(i)}") for i in shown], study.picture)
    return f"<h4>Photos that only this run has right: {n:,}{rest}</h4>{pictures}"
