"""Tables of a report as PDF: heads repeated on each page, wide ones in parts below one another, and the matrix."""

from __future__ import annotations

from itertools import chain

from fpdf.fonts import FontFace

from engine.insight.metrics import Report
from engine.report.drawings import MOST_CLASSES, largest_confusions
from engine.report.study_blocks import Column, Table
from engine.report.study_pdf_sheet import BAR, INK, LINE, QUIET, WRONG, Colour, Sheet

_SIZE, _LINE = 7.6, 3.8
_GAP = 3.0
# What the head and the first rows of a table take.
TABLE = 22.0
# A column of words is never narrower than this if it has more to say, in millimetres.
_LEAST_WORDS = 34.0
_MOST_CELL, _CELL_HEIGHT, _HEIGHT_SHARE = 8.0, 5.0, 1.25
_CORNER = "shows, and was called"
_CONFUSIONS = (Column("Shows", is_words=True), Column("was called", is_words=True), Column("Photos"))


def write_table(pdf: Sheet, table: Table) -> None:
    """The table, in parts below one another where it is wider than the page; the first words stand in each."""
    if not table.rows:
        return
    pdf.letters(_SIZE)
    widths = [_width(pdf, table, at) for at in range(len(table.columns))]
    for part in _parts(pdf, table.columns, widths):
        _write_part(pdf, table, part, widths)
        pdf.ln(4)


def write_matrix(pdf: Sheet, score: Report) -> None:
    """A row for each true class, a column for each answer; with very many classes the largest confusions alone."""
    if len(score.classes) > MOST_CLASSES:
        rows = tuple((true, said, f"{n:,}") for true, said, n in largest_confusions(score))
        write_table(pdf, Table(_CONFUSIONS, rows))
        return
    if pdf.will_page_break(matrix_height(pdf, score)):
        pdf.add_page()
    names = {at: f"{at + 1} {score.classes[at]}" for at in _shown(score)}
    label, width, height = _matrix_sizes(pdf, score)
    _matrix_head(pdf, len(score.classes), label, width, height)
    for at, name in names.items():
        pdf.letters(min(_SIZE, 2.0 * height))
        pdf.cell(label, height, pdf.fitting(name, label - 1))
        _matrix_row(pdf, score, at, width, height)
        pdf.ln(height)
    # Tables take the colour of the last cell for their own.
    pdf.set_fill_color(0)
    pdf.ln(3)


def matrix_height(pdf: Sheet, score: Report) -> float:
    """What it takes of a page: a matrix is not divided, a list of confusions is."""
    if len(score.classes) > MOST_CLASSES:
        return TABLE
    return _matrix_sizes(pdf, score)[2] * (len(_shown(score)) + 1)


def _matrix_sizes(pdf: Sheet, score: Report) -> tuple[float, float, float]:
    """Width of the names; width and height of a cell."""
    pdf.letters(_SIZE)
    texts = (_CORNER, *(f"{at + 1} {score.classes[at]}" for at in _shown(score)))
    longest = max(pdf.get_string_width(pdf.short(text)) for text in texts)
    label = min(longest + _GAP, (0.34 if len(score.classes) <= MOST_CLASSES // 2 else 0.22) * pdf.epw)
    width = min(_MOST_CELL, (pdf.epw - label) / len(score.classes))
    return label, width, min(_CELL_HEIGHT, _HEIGHT_SHARE * width)


def _shown(score: Report) -> list[int]:
    """Columns of the classes of which there are photos."""
    return [at for at in range(len(score.classes)) if score.confusion[at].sum()]


def _matrix_head(pdf: Sheet, n: int, label: float, width: float, height: float) -> None:
    pdf.letters(min(6.5, 2.0 * height), QUIET)
    pdf.cell(label, height, pdf.fitting(_CORNER, label - 1))
    pdf.letters(_counts_size(pdf, str(n), width), QUIET)
    for number in range(1, n + 1):
        pdf.cell(width, height, str(number), align="C")
    pdf.ln(height)


def _matrix_row(pdf: Sheet, score: Report, row: int, width: float, height: float) -> None:
    counts = score.confusion[row]
    total = int(counts.sum())
    pdf.letters(_counts_size(pdf, str(int(score.confusion.max())), width))
    for column, n in enumerate(counts.tolist()):
        hue, most = (BAR, 0.7) if column == row else (WRONG, 0.8)
        pdf.set_fill_color(*_mixed(hue, most * n / total))
        pdf.cell(width, height, str(n) if n else "", align="C", fill=bool(n))


def _counts_size(pdf: Sheet, longest: str, width: float) -> float:
    """Of letters in which the longest number fits a cell."""
    pdf.letters(_SIZE)
    return min(_SIZE, 0.9 * _SIZE * width / pdf.get_string_width(longest))


def _mixed(hue: Colour, share: float) -> Colour:
    """So much of the colour on white paper."""
    red, green, blue = (round(255 - (255 - part) * share) for part in hue)
    return red, green, blue


def _width(pdf: Sheet, table: Table, at: int) -> float:
    """What a column wants: numbers their longest, words no more than is left of the page later."""
    column = table.columns[at]
    head = column.text if column.is_words else max(column.text.split(), key=len, default="")
    longest = max(pdf.get_string_width(pdf.short(text)) for text in (head, *(row[at] for row in table.rows)))
    # Heads are bold, and so a little wider.
    return max(longest, 1.12 * pdf.get_string_width(pdf.short(head))) + _GAP


def _parts(pdf: Sheet, columns: tuple[Column, ...], widths: list[float]) -> list[list[int]]:
    """Which columns stand side by side. A column that belongs to the one before it stays with it."""
    least = [
        min(width, _LEAST_WORDS) if column.is_words else width for column, width in zip(columns, widths, strict=True)
    ]
    first = next((at for at, column in enumerate(columns) if column.is_words), 0)
    if sum(least) <= pdf.epw:
        return [list(range(len(columns)))]
    parts: list[list[int]] = [list(range(first + 1))]
    for block in _together(columns, first + 1):
        if sum(least[at] for at in chain(parts[-1], block)) > pdf.epw and parts[-1][-1] != first:
            parts.append([first])
        parts[-1] += block
    return parts


def _together(columns: tuple[Column, ...], begin: int) -> list[list[int]]:
    blocks: list[list[int]] = []
    for at in range(begin, len(columns)):
        if columns[at].of_previous and blocks:
            blocks[-1].append(at)
        else:
            blocks.append([at])
    return blocks


def _write_part(pdf: Sheet, table: Table, part: list[int], widths: list[float]) -> None:
    columns = [table.columns[at] for at in part]
    shares = _shares(pdf.epw, columns, [widths[at] for at in part])
    pdf.letters(_SIZE)
    pdf.set_draw_color(*LINE)
    pdf.set_line_width(0.2)
    with pdf.table(
        align="L",
        width=min(sum(shares), pdf.epw),
        col_widths=shares,
        text_align=["L" if column.is_words else "R" for column in columns],
        v_align="T",
        line_height=_LINE,
        padding=(0.7, _GAP / 2, 0.7, 0),
        borders_layout="HORIZONTAL_LINES",
        headings_style=FontFace(emphasis="B", color=INK),
    ) as drawn:
        drawn.row([pdf.short(column.text) for column in columns])
        for row in table.rows:
            drawn.row([pdf.short(row[at]) for at in part])


def _shares(room: float, columns: list[Column], widths: list[float]) -> list[float]:
    """What each column gets: numbers what they want, words of the rest no more than they want."""
    left = room - sum(width for column, width in zip(columns, widths, strict=True) if not column.is_words)
    words = [width for column, width in zip(columns, widths, strict=True) if column.is_words]
    most = _most(words, left)
    return [
        min(width, most) if column.is_words else min(width, room) for column, width in zip(columns, widths, strict=True)
    ]


def _most(wanted: list[float], room: float) -> float:
    """The width beyond which a column is cut so that all together fit."""
    for n, width in enumerate(sorted(wanted)):
        if width * (len(wanted) - n) > room:
            return room / (len(wanted) - n)
        room -= width
    return max(wanted, default=room)
