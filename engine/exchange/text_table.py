"""Reading a table that somebody made (CSV or TSV, in whatever encoding), row by row, however hostile it is."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from engine.base.errors import DamagedInput
from engine.base.fspath import shown
from engine.exchange.cells import from_cell, is_missing
from engine.image.source import open_regular

MAX_BYTES = 256 * 1024 * 1024
MAX_COLUMNS = 1000
MAX_ROWS = 1_000_000
# A wide table of so many rows would not fit in memory.
MAX_CELLS = 20_000_000
DELIMITERS = (",", ";", "\t")
# A byte order mark of UTF-32 begins like one of UTF-16, so it is asked for first.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAFE = "Nothing was read from it."


@dataclass(frozen=True, slots=True)
class RowProblem:
    """Why a row (or one of its cells) does not count; `line` counts from 1, 0 for what has no line."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row as it stands in the file, with as many cells as there are headings; `line`: where it ends, from 1."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextTable:
    """A table. `notes`: sentences on how it was read that the user should know; `problems`: rows that were left out."""

    headings: tuple[str, ...]
    rows: tuple[TableRow, ...]
    delimiter: str
    encoding: str
    notes: tuple[str, ...]
    problems: tuple[RowProblem, ...]

    def column(self, *names: str) -> int | None:
        """The number of the first heading that is one of the names, in their order, case or not; None for none."""
        folded = [heading.casefold() for heading in self.headings]
        return next((folded.index(name) for name in names if name in folded), None)


def read_table(path: bytes) -> TextTable:
    """The table in the file.

    Cells are without space around them, empty where they say nothing (`NaN`), and without the apostrophe that protects
    from spreadsheets. Rows that cannot be used are among the problems.

    Raises:
        DamagedInput: no regular file, larger than `MAX_BYTES`, no text, no headings, or more than `MAX_COLUMNS`.
    """
    text, encoding, notes = decoded(read_bytes(path))
    delimiter = _delimiter(text, path)
    lines = _records(text, delimiter)
    first = next(lines, None)
    headings = () if first is None or isinstance(first, RowProblem) else tuple(map(_cell, first.cells))
    name = shown(path).rpartition("/")[2]
    if not any(headings):
        raise DamagedInput("damaged", f"{name} has no row of headings.", safe=_SAFE, advice=_advice())
    if len(headings) > MAX_COLUMNS:
        what = f"{name} has {len(headings):,} columns; {MAX_COLUMNS:,} is the most."
        raise DamagedInput("too_large", what, safe=_SAFE, advice="Keep the columns you need, and try again.")
    if any("\0" in heading for heading in headings):
        raise DamagedInput("damaged", f"{name} is not a table of text.", safe=_SAFE, advice=_advice())
    rows, problems = _rows(lines, len(headings))
    return TextTable(
        headings=headings,
        rows=tuple(rows),
        delimiter=delimiter,
        encoding=encoding,
        notes=notes,
        problems=tuple(problems),
    )


def read_bytes(path: bytes) -> bytes:
    """The content of a regular file of no more than `MAX_BYTES`.

    Raises:
        DamagedInput: it is none, is larger, or cannot be read.
    """
    with open_regular(path) as file:
        content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        what = f"{shown(path).rpartition('/')[2]} is larger than {MAX_BYTES // 1024 // 1024} MB."
        raise DamagedInput("too_large", what, safe=_SAFE, advice="Divide it into several files.")
    return content


def decoded(content: bytes) -> tuple[str, str, tuple[str, ...]]:
    """(text, encoding, what to tell the user): by the byte order mark, else UTF-8, else what Windows writes."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            text = content.decode(encoding, "replace")
            lost = "\ufffd" in text
            return text, encoding, ("Some signs could not be read and stand as \ufffd.",) if lost else ()
    try:
        return content.decode("utf-8"), "utf-8", ()
    except UnicodeDecodeError:
        note = "It is not in UTF-8, so it was read as Windows-1252. Check the letters with accents."
        return content.decode("cp1252", "replace"), "cp1252", (note,)


def _rows(lines: Iterator[TableRow | RowProblem], n_columns: int) -> tuple[list[TableRow], list[RowProblem]]:
    rows: list[TableRow] = []
    problems: list[RowProblem] = []
    most = min(MAX_ROWS, MAX_CELLS // n_columns)
    for row in lines:
        if isinstance(row, RowProblem):
            problems.append(row)
        elif len(rows) == most:
            text = f"From here on nothing was read: {most:,} rows of {n_columns:,} columns is the most."
            problems.append(RowProblem(row.line, text))
            break
        elif (problem := _problem(row, n_columns)) is not None:
            problems.append(problem)
        elif any(cells := tuple(map(_cell, row.cells[:n_columns]))):
            rows.append(TableRow(row.line, cells + ("",) * (n_columns - len(cells))))
    return rows, problems


def _problem(row: TableRow, n_columns: int) -> RowProblem | None:
    # Some programs end every row with a delimiter.
    if any(row.cells[n_columns:]):
        return RowProblem(row.line, f"{len(row.cells):,} cells, but {n_columns:,} headings.")
    if any("\0" in cell for cell in row.cells):
        return RowProblem(row.line, "It holds signs that are no text.")
    return None


def _cell(cell: str) -> str:
    text = cell.strip()
    return "" if is_missing(text) else from_cell(text).strip()


def _records(text: str, delimiter: str) -> Iterator[TableRow | RowProblem]:
    """The records as the reader gives them; one that it refuses is a problem, and reading goes on behind it."""
    lines: list[str] = []
    reader = csv.reader(_kept(io.StringIO(text, newline=""), lines), delimiter=delimiter)
    while True:
        lines.clear()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            limit = csv.field_size_limit()
            yield RowProblem(reader.line_num, f"A cell is longer than {limit:,} signs; is a quotation mark missing?")
        else:
            if len(lines) > 1 and not _is_closed(lines, delimiter):
                rows = f"rows {reader.line_num - len(lines) + 1:,} to {reader.line_num:,} were left out"
                yield RowProblem(reader.line_num, f"A quotation mark is missing or too many: {rows}.")
            else:
                yield TableRow(reader.line_num, tuple(cells))


def _kept(lines: Iterable[str], kept: list[str]) -> Iterator[str]:
    for line in lines:
        kept.append(line)
        yield line


def _is_closed(lines: Iterable[str], delimiter: str) -> bool:
    """Whether a record of several lines has them because its cells do: else a stray mark has swallowed rows."""
    try:
        return len(list(csv.reader(lines, delimiter=delimiter, strict=True))) == 1
    except csv.Error:
        return False


def _delimiter(text: str, path: bytes) -> str:
    """What stands between the cells: what gives the first rows the most cells, and as many in each."""
    sample = text[:65536].splitlines(keepends=True)[:20]
    best = "\t" if path.lower().endswith(b".tsv") else ","
    score = 1.0
    for delimiter in sorted(DELIMITERS, key=lambda one: one != best):
        sizes = [len(row.cells) for row in _records("".join(sample), delimiter) if isinstance(row, TableRow)]
        sizes = [size for size in sizes if size]
        alike = sum(size == sizes[0] for size in sizes) / len(sizes) * min(sizes[0], 50) if sizes else 0.0
        if sizes and sizes[0] > 1 and alike > score:
            best, score = delimiter, alike
    return best


def _advice() -> str:
    return "Save it as CSV with the names of the columns in the first row."
