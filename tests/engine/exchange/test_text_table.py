"""Tables as people, programs and enemies make them: read where they can be, else refused row by row and in words."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.base.errors import DamagedInput
from engine.exchange import text_table
from engine.exchange.sniff import read_data_set
from engine.exchange.taken import date_of, place_of
from engine.exchange.text_table import TextTable, read_table


def table(folder: Path, content: bytes | str, name: str = "t.csv") -> TextTable:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_table(os.fsencode(path))


def cells(read: TextTable) -> list[tuple[str, ...]]:
    return [row.cells for row in read.rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_the_encoding_is_told_by_its_mark(tmp_path: Path, encoding: str) -> None:
    read = table(tmp_path, "file,site\na.jpg,Örö\n".encode(encoding))
    assert (read.headings, cells(read), read.notes) == (("file", "site"), [("a.jpg", "Örö")], ())


def test_what_is_no_utf8_is_read_as_windows_writes_it_and_said(tmp_path: Path) -> None:
    read = table(tmp_path, "file;site\na.jpg;Tromsø\n".encode("cp1252"))
    assert cells(read) == [("a.jpg", "Tromsø")]
    assert "Windows-1252" in read.notes[0]


@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_the_sign_between_cells_is_found(tmp_path: Path, sign: str) -> None:
    read = table(tmp_path, "\n".join(sign.join(row) for row in [("file", "depth"), ("a.jpg", "1.5"), ("b.jpg", "2")]))
    assert cells(read) == [("a.jpg", "1.5"), ("b.jpg", "2")]


def test_decimal_commas_do_not_make_cells(tmp_path: Path) -> None:
    assert cells(table(tmp_path, "file;depth\na.jpg;1,5\nb.jpg;2,5\n")) == [("a.jpg", "1,5"), ("b.jpg", "2,5")]


def test_a_protected_formula_is_text_and_nan_says_nothing(tmp_path: Path) -> None:
    assert cells(table(tmp_path, "file,a,b\nx,'=1+1,NaN\n")) == [("x", "=1+1", "")]


def test_each_bad_row_is_named_and_the_others_count(tmp_path: Path) -> None:
    huge = "x" * 200_000
    read = table(tmp_path, f"file,site\na,1\nb,2,3,4\nc\0,3\nd,{huge}\ne,5,\n\nf,6\n")
    assert [row[0] for row in cells(read)] == ["a", "e", "f"]
    assert [problem.line for problem in read.problems] == [3, 4, 5]


@pytest.mark.parametrize("end", ["", 'e,"6" inch,\n'])
def test_rows_that_a_stray_quotation_mark_swallows_are_told(tmp_path: Path, end: str) -> None:
    read = table(tmp_path, f'file,note,site\na,"two\nlines",1\nb,"big,2\nc,,3\nd,,4\n{end}')
    assert cells(read) == [("a", "two\nlines", "1")]
    assert [f"rows 4 to {problem.line}" in problem.text for problem in read.problems] == [True]


def test_a_million_columns_are_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(DamagedInput, match="1,000,000 columns"):
        table(tmp_path, b"a" + b",a" * 999_999 + b"\n1,2\n")


def test_what_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_table, "MAX_BYTES", 20)
    with pytest.raises(DamagedInput, match="larger than"):
        table(tmp_path, "file,site\n" * 9)
    monkeypatch.setattr(text_table, "MAX_BYTES", 1000)
    for limit, most in (("MAX_ROWS", 2), ("MAX_CELLS", 5)):
        with monkeypatch.context() as lowered:
            lowered.setattr(text_table, limit, most)
            read = table(tmp_path, "file,site\na,1\nb,2\nc,3\nd,4\n")
        assert len(read.rows) == 2
        assert "nothing was read" in read.problems[0].text


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "t.csv")
    with pytest.raises(DamagedInput):
        read_table(os.fsencode(tmp_path / "t.csv"))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.binary(max_size=300)
    | st.text(st.sampled_from('file,label;\t"\n\r\0=é{}[]:1'), max_size=200).map(str.encode),
    name=st.sampled_from(["x.csv", "x.json"]),
)
def test_no_bytes_do_more_than_be_refused(tmp_path: Path, content: bytes, name: str) -> None:
    (tmp_path / name).write_bytes(content)
    try:
        reading = read_data_set(os.fsencode(tmp_path / name))
    except DamagedInput:
        return
    assert all(one.photo.path in (b"", os.fsencode(tmp_path / name)) for one in reading.photos)


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2021-05-04 10:11:12", "2021-05-04T10:11:12"),
        ("2021-05-04T10:11:12.5+02:00", "2021-05-04T10:11:12"),
        ("2021:05:04 10:11:12", "2021-05-04T10:11:12"),
        ("4.5.2021", "2021-05-04T00:00:00"),
        ("03/04/2021", ""),
        ("0001-01-01", ""),
        ("=NOW()", ""),
    ],
)
def test_only_dates_beyond_doubt_are_dates(text: str, date: str) -> None:
    assert date_of(text) == date


def test_only_places_on_earth_are_places() -> None:
    assert place_of("59,5", "-10.25") == (59.5, -10.25)
    for pair in (("91", "0"), ("nan", "1"), ("inf", "1"), ("0", "0"), ("1", ""), ("1e999", "1"), ("59°N", "10")):
        assert place_of(*pair) is None
