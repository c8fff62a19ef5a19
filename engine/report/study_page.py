"""A study as one HTML page that needs nothing else: question, photos, split, table, runs, limits, methods."""

from __future__ import annotations

from html import escape

from engine.insight.comparison import Comparison
from engine.report import drawings, figures
from engine.report.comparison_table import HEADINGS, caption, cells
from engine.report.methods import limits, methods
from engine.report.page import page
from engine.report.study_contents import StudyContents
from engine.report.study_data_part import data_part
from engine.report.study_run_part import run_part

# Their texts stand to the left; all other columns are numbers.
_WORDS = ("name", "verdict")
_STATES = {
    "waits": "waits for pretrained weights",
    "failed": "failed",
    "open": "not trained yet",
    "interrupted": "interrupted, can go on",
}
_STYLE = """
body { max-width: 68rem; }
h3 { margin-top: 2rem; border-top: 1px solid var(--line); padding-top: 1rem; }
h4 { margin: 1rem 0 .4rem; }
.wide { overflow-x: auto; }
.wide table { font-size: .8rem; }
.wide th { vertical-align: bottom; }
.wide th, .wide td { padding-right: .5rem; }
.wide td.name { min-width: 7rem; }
.verdicts li { color: #b3541e; }
@media (prefers-color-scheme: dark) { .verdicts li { color: #f0a470; } }
@page { size: A4 landscape; }
@media print { body { max-width: none; } figure, svg, tr { break-inside: avoid; } h2, h3, h4 { break-after: avoid; } }
"""


def study_page(study: StudyContents) -> str:
    """The whole page; every text from outside is escaped."""
    n_done = len(study.runs) + study.n_elsewhere
    told = f"{study.project}, {study.made_on}. {n_done:,} of {n_done + len(study.missing):,} runs done."
    body = [
        f"<h1>{escape(study.plan.name)}</h1>",
        f'<p class="quiet">{escape(told)}</p>',
        _asked(study),
        "<h2>Which is better</h2>",
        _table(study.comparison),
        _missing(study),
        data_part(study),
        *(["<h2>Each run</h2>"] if study.runs else []),
        *(run_part(run, study) for run in study.runs),
        "<h2>Limits</h2>",
        "<ul>" + "".join(f"<li>{escape(text)}</li>" for text in limits(study)) + "</ul>",
        "<h2>Methods</h2>",
        f'<p class="methods">{escape(methods(study))}</p>',
    ]
    style = figures.STYLE + drawings.STYLE + _STYLE
    return page(study.plan.name, style, "\n".join(part for part in body if part))


def _asked(study: StudyContents) -> str:
    return f"<h2>What was asked</h2><p>{escape(study.plan.about)}</p>" if study.plan.about else ""


def _table(found: Comparison | None) -> str:
    if found is None:
        return "<p>Fewer than two runs are done, so there is nothing to compare yet.</p>"
    head = "".join(f"<th{_kind(heading.name)}>{escape(heading.text)}</th>" for heading in HEADINGS)
    rows = "".join(
        "<tr>"
        + "".join(
            f"<td{_kind(heading.name)}>{escape(cell)}</td>" for heading, cell in zip(HEADINGS, cells(run), strict=True)
        )
        + "</tr>"
        for run in found.runs
    )
    table = f'<div class="wide"><table><tr>{head}</tr>{rows}</table></div>'
    return f'{table}<p class="quiet">{escape(caption(found))}</p>'


def _kind(column: str) -> str:
    return f' class="{column}"' if column in _WORDS else ' class="n"'


def _missing(study: StudyContents) -> str:
    if not study.missing:
        return ""
    rows = "".join(
        f"<tr><td>{escape(one.name)}</td><td>{escape(_STATES.get(one.state, one.state))}</td>"
        f"<td>{escape(one.why)}</td></tr>"
        for one in study.missing
    )
    return f"<h2>Runs without results</h2><table><tr><th>Run</th><th>State</th><th>Why</th></tr>{rows}</table>"
