"""The order of a study's report: question, table, photos, split, runs, limits, methods; the same in every form."""

from __future__ import annotations

from collections.abc import Sequence

from engine.insight.comparison import Comparison
from engine.report.comparison_table import FACTS, FOLDS, HEADINGS, caption, filled, shown_cells
from engine.report.comparison_table import Heading as Told
from engine.report.methods import limits, methods
from engine.report.study_blocks import Block, Column, Document, FoldStrips, Heading, Points, Table, Text
from engine.report.study_contents import StudyContents
from engine.report.study_data_part import data_part
from engine.report.study_run_part import run_part

_NAME = next(told for told in HEADINGS if told.name == "name")
_OF_PREVIOUS = ("_ci95", "_sd")
_STATES = {
    "waits": "waits for pretrained weights",
    "failed": "failed",
    "open": "not trained yet",
    "interrupted": "interrupted, can go on",
    "unjoined": "not joined",
}


def study_document(study: StudyContents) -> Document:
    """All that the report says."""
    n_done = len(study.runs) + study.n_in_rows + study.n_elsewhere
    runs = [block for run in study.runs for block in run_part(run, study)]
    blocks: list[Block] = [
        *_asked(study),
        Heading("Which is better", 2),
        *_table(study.comparison),
        *_folds(study.cross_validated),
        *_missing(study),
        *data_part(study),
        *([Heading("Each run", 2), *runs] if runs else []),
        Heading("Limits", 2),
        Points(limits(study)),
        Heading("Methods", 2),
        Text(methods(study), "methods"),
    ]
    return Document(
        title=study.plan.name,
        told=f"{study.project}, {study.made_on}. {n_done:,} of {n_done + len(study.missing):,} runs done.",
        blocks=tuple(blocks),
    )


def _asked(study: StudyContents) -> list[Block]:
    return [Heading("What was asked", 2), Text(study.plan.about)] if study.plan.about else []


def _table(found: Comparison | None) -> list[Block]:
    if found is None:
        return [Text("Fewer than two runs are done, so there is nothing to compare yet.")]
    blocks: list[Block] = [_columns(found, HEADINGS), Text(caption(found), "quiet")]
    told = filled(found.runs, FACTS)
    if told:
        blocks += [Heading("What the runs are", 2), _columns(found, (_NAME, *told))]
    return blocks


def _folds(found: Comparison | None) -> list[Block]:
    if found is None:
        return []
    table = _columns(found, (_NAME, *filled(found.runs, FOLDS)))
    return [Heading("Over the folds", 2), table, FoldStrips(found.runs), Text(caption(found), "quiet")]


def _columns(found: Comparison, headings: Sequence[Told]) -> Table:
    """A row a run. An interval, and a standard deviation, stand beside what they are of."""
    columns = tuple(
        Column(told.text, is_words=told.is_words, of_previous=told.name.endswith(_OF_PREVIOUS)) for told in headings
    )
    return Table(columns, tuple(shown_cells(run, headings) for run in found.runs), wide=True)


def _missing(study: StudyContents) -> list[Block]:
    missing = (*study.missing, *study.unjoined)
    if not missing:
        return []
    columns = tuple(Column(text, is_words=True) for text in ("Run", "State", "Why"))
    rows = tuple((one.name, _STATES.get(one.state, one.state), one.why) for one in missing)
    return [Heading("Runs without results", 2), Table(columns, rows)]
