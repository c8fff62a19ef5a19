"""The blocks of a study's report as HTML; every text from outside is escaped."""

from __future__ import annotations

from html import escape

from engine.report import drawings
from engine.report.figures import Picture, sheet
from engine.report.fold_drawing import fold_strips
from engine.report.study_blocks import (
    Block,
    Column,
    Curves,
    FoldStrips,
    Heading,
    Matrix,
    Pictures,
    Points,
    Reliability,
    Table,
    Text,
)


def as_html(block: Block, picture: Picture) -> str:
    """One block. `picture`: a small JPEG of a photo, or None if it cannot be read."""
    match block:
        case Heading(text=text, level=level):
            return f"<h{level}>{escape(text)}</h{level}>"
        case Text():
            return _text(block)
        case Points(texts=texts, warning=warning):
            rows = "".join(f"<li>{escape(text)}</li>" for text in texts)
            return f'<ul class="verdicts">{rows}</ul>' if warning else f"<ul>{rows}</ul>"
        case Table():
            return _table(block)
        case Curves(rows=epochs):
            return drawings.curves(epochs)
        case Reliability(found=found):
            return f'<div class="plots">{drawings.reliability(found)}</div>'
        case FoldStrips(runs=runs):
            return f'<div class="plots">{"".join(fold_strips(runs))}</div>'
        case Matrix(score=score):
            return drawings.confusion(score)
        case Pictures(shown=shown):
            return sheet(shown, picture)


def _text(block: Text) -> str:
    text = escape(block.text)
    if block.kind == "plain":
        return f"<p>{text}</p>"
    return f"<p><strong>{text}</strong></p>" if block.kind == "strong" else f'<p class="{block.kind}">{text}</p>'


def _table(block: Table) -> str:
    head = "".join(f"<th{_kind(column)}>{escape(column.text)}</th>" for column in block.columns)
    rows = "".join(f"<tr>{_cells(block.columns, row)}</tr>" for row in block.rows)
    table = f"<table><tr>{head}</tr>{rows}</table>"
    if block.summary:
        return f"<details><summary>{escape(block.summary)}</summary>{table}</details>"
    return f'<div class="wide">{table}</div>' if block.wide else table


def _cells(columns: tuple[Column, ...], row: tuple[str, ...]) -> str:
    return "".join(f"<td{_kind(column)}>{escape(text)}</td>" for column, text in zip(columns, row, strict=True))


def _kind(column: Column) -> str:
    return "" if column.is_words else ' class="n"'
