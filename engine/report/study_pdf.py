"""A study's report as PDF: the same as its page of HTML, on numbered pages that can be printed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import assert_never

from engine.report.drawings import curve_plots, reliability
from engine.report.figures import Picture
from engine.report.fold_drawing import fold_strips
from engine.report.study_blocks import (
    Block,
    Curves,
    Document,
    FoldStrips,
    Heading,
    Matrix,
    Pictures,
    Points,
    Reliability,
    Table,
    Text,
)
from engine.report.study_contents import StudyContents
from engine.report.study_document import study_document
from engine.report.study_pdf_drawings import PICTURES, PLOTS, write_pictures, write_plots
from engine.report.study_pdf_fonts import UNKNOWN
from engine.report.study_pdf_sheet import HEADING, INK, LINE_HEIGHT, QUIET, WARNING, Sheet
from engine.report.study_pdf_tables import TABLE, matrix_height, write_matrix, write_table

_UNKNOWN = (
    f"No font of this computer holds some of the characters that are meant here; {UNKNOWN} stands for each. "
    "The report as HTML has them."
)


def study_pdf(study: StudyContents) -> bytes:
    """The whole file. The same contents give the same bytes where the same fonts are.

    Fonts for scripts that those of the program lack are looked for on this computer; a character that none of them
    holds becomes `UNKNOWN`, and the report says so.
    """
    told = study_document(study)
    text = "".join(_texts(told))
    pdf = Sheet(told.title, study.made_on, text)
    pdf.head(told.title, told.told)
    if UNKNOWN in pdf.clean(text):
        pdf.paragraph(_UNKNOWN, WARNING)
    # The question stands on the first page, above the contents.
    first = 2 if study.plan.about else 0
    for at, block in enumerate(told.blocks):
        if at == first:
            pdf.contents(sum(isinstance(one, Heading) and one.level != 4 for one in told.blocks[first:]))
        _write(pdf, block, _room(pdf, told.blocks[at + 1 :]), study.picture)
    return bytes(pdf.output())


def _write(pdf: Sheet, block: Block, room: float, picture: Picture) -> None:
    match block:
        case Heading(text=text, level=level):
            pdf.heading(text, level, room)
        case Text(text=text, kind=kind):
            pdf.paragraph(text, QUIET if kind == "quiet" else INK, "B" if kind == "strong" else "")
        case Points(texts=texts, warning=warning):
            for text in texts:
                pdf.point(text, WARNING if warning else INK)
            pdf.ln(1)
        case Table():
            write_table(pdf, block)
        case Curves(rows=epochs):
            write_plots(pdf, curve_plots(epochs))
        case Reliability(found=found):
            write_plots(pdf, [reliability(found)])
        case FoldStrips(runs=runs):
            strips = fold_strips(runs)
            for at in range(0, len(strips), 2):
                write_plots(pdf, strips[at : at + 2])
        case Matrix(score=score):
            write_matrix(pdf, score)
        case Pictures(shown=shown):
            write_pictures(pdf, shown, picture)
        case _:
            assert_never(block)


def _room(pdf: Sheet, following: Sequence[Block]) -> float:
    """What a heading needs below it: a lower heading, a text, and what that introduces."""
    room, is_told = 0.0, False
    for block in following:
        match block:
            case Heading() if is_told:
                break
            case Heading():
                room += HEADING
            case Text() | Points():
                room += 2 * LINE_HEIGHT
                is_told = True
            case Table():
                return room + TABLE
            case Matrix(score=score):
                return room + matrix_height(pdf, score)
            case Curves() | Reliability() | FoldStrips():
                return room + PLOTS
            case Pictures():
                return room + PICTURES
    return room


def _texts(told: Document) -> Iterator[str]:
    """All that is written, in no order."""
    yield told.title + told.told
    for block in told.blocks:
        match block:
            case Heading(text=text) | Text(text=text):
                yield text
            case Points(texts=texts):
                yield from texts
            case Table(columns=columns, rows=rows):
                yield from (column.text for column in columns)
                yield from (text for row in rows for text in row)
            case Matrix(score=score):
                yield from score.classes
            case Pictures(shown=shown):
                yield from (caption for _, caption in shown)
