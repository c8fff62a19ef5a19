"""A study as one HTML page that needs nothing else."""

from __future__ import annotations

from html import escape

from engine.report import drawings, figures
from engine.report.page import page
from engine.report.study_contents import StudyContents
from engine.report.study_document import study_document
from engine.report.study_html import as_html

_STYLE = """
body { max-width: 68rem; }
h3 { margin-top: 2rem; border-top: 1px solid var(--line); padding-top: 1rem; }
h4 { margin: 1rem 0 .4rem; }
.wide { overflow-x: auto; }
.wide table { font-size: .8rem; }
.wide th { vertical-align: bottom; }
.wide th, .wide td { padding-right: .5rem; }
.wide td:not(.n) { min-width: 5.5rem; }
.verdicts li { color: #b3541e; }
@media (prefers-color-scheme: dark) { .verdicts li { color: #f0a470; } }
@page { size: A4 landscape; }
@media print { body { max-width: none; } figure, svg, tr { break-inside: avoid; } h2, h3, h4 { break-after: avoid; } }
"""


def study_page(study: StudyContents) -> str:
    """The whole page; every text from outside is escaped."""
    told = study_document(study)
    body = [
        f"<h1>{escape(told.title)}</h1>",
        f'<p class="quiet">{escape(told.told)}</p>',
        *(as_html(block, study.picture) for block in told.blocks),
    ]
    return page(told.title, figures.STYLE + drawings.STYLE + _STYLE, "\n".join(body))
