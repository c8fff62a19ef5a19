"""The report of a study as PDF: it says what the page says, in any script, on pages that can be printed."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from pypdf import PdfReader

from engine.report import study_pdf_fonts
from engine.report.study_page import study_page
from engine.report.study_pdf import study_pdf
from engine.report.study_pdf_fonts import UNKNOWN
from tests.engine.report.study import NAMES, drawn_study

LONG = "Chelmon_rostratus_" * 12


@pytest.fixture(autouse=True, scope="module")
def no_fonts() -> Iterator[None]:
    """A computer on which there are no fonts but those of the program."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(study_pdf_fonts, "font_folders", tuple)
        yield


@dataclass(frozen=True)
class Read:
    """A report read back. `pages`: their texts."""

    pdf: PdfReader
    pages: list[str]

    @property
    def text(self) -> str:
        """All that is written but the foot of each page, squeezed."""
        return squeezed("".join(re.sub(r"Small or large\n?\d+ of \d+", "", page) for page in self.pages))


def read(written: bytes) -> Read:
    pdf = PdfReader(io.BytesIO(written), strict=True)
    return Read(pdf, [page.extract_text() for page in pdf.pages])


def squeezed(text: str) -> str:
    """Without spaces: where lines end is for each form to say."""
    return re.sub(r"\s", "", text)


@pytest.fixture(scope="module")
def plain(no_fonts: None) -> Read:
    """The report of the drawn study as it is."""
    return read(study_pdf(drawn_study()))


def a_font(path: Path, sign: str) -> None:
    """A font whose one letter is a box."""
    pen = TTGlyphPen(None)
    for line, at in ((pen.moveTo, (0, 0)), (pen.lineTo, (0, 900)), (pen.lineTo, (900, 900)), (pen.lineTo, (900, 0))):
        line(at)
    pen.closePath()
    font = FontBuilder(1000, isTTF=True)
    font.setupGlyphOrder([".notdef", "box"])
    font.setupCharacterMap({ord(sign): "box"})
    font.setupGlyf({".notdef": TTGlyphPen(None).glyph(), "box": pen.glyph()})
    font.setupHorizontalMetrics({".notdef": (1000, 0), "box": (1000, 0)})
    font.setupHorizontalHeader(ascent=900, descent=-100)
    font.setupNameTable({"familyName": "Box", "styleName": "Regular"})
    font.setupOS2(fsType=0)
    font.setupPost()
    font.save(path)


def test_it_says_all_that_the_page_says(plain: Read) -> None:
    seen = re.sub(r"<(style|summary|title)>.*?</\1>", "", study_page(drawn_study()), flags=re.DOTALL)
    pieces = {squeezed(html.unescape(piece)) for piece in re.split(r"<[^>]+>", seen)}
    assert len(pieces) > 150
    assert {piece for piece in pieces if piece not in plain.text} == set()


def test_the_same_study_has_the_same_bytes_and_the_file_says_what_it_is(plain: Read) -> None:
    pdf = plain.pdf
    assert study_pdf(drawn_study()) == pdf.stream.getvalue()
    assert pdf.metadata is not None
    assert (pdf.metadata.title, pdf.metadata.producer) == ("Small or large", "Fieldmark")
    assert pdf.metadata.creation_date == datetime(2026, 5, 4, tzinfo=UTC)
    assert pdf.root_object["/Lang"] == "en"
    assert {tuple(map(round, page.mediabox[2:])) for page in pdf.pages} == {(595, 842)}, "A4"
    for number, text in enumerate(plain.pages, start=1):
        assert f"{number} of {len(plain.pages)}" in text


def test_its_parts_and_runs_are_in_the_outline_and_in_the_contents(plain: Read) -> None:
    parts = [entry for entry in plain.pdf.outline if not isinstance(entry, list)]
    [runs] = [entry for entry in plain.pdf.outline if isinstance(entry, list)]
    assert [part.title for part in parts][:3] == ["What was asked", "Which is better", "Runs without results"]
    assert [run.title for run in runs] == ["small (reference)", "large"]
    contents = squeezed(plain.pages[0])
    for entry in (*parts[1:], *runs):
        number = plain.pdf.get_destination_page_number(entry)
        assert number is not None
        assert squeezed(f"{entry.title} {number + 1}") in contents


def test_names_may_be_of_any_script_and_length_and_what_no_font_holds_is_told() -> None:
    found = read(study_pdf(drawn_study(("河豚", "سمكة", "🐟 fish", LONG, "a\nb\udcff", "ش" * 200))))
    assert "No font of this computer holds some of the characters" in found.pages[0]
    for said in (UNKNOWN * 2, f"{UNKNOWN}fish", LONG, f"ab{UNKNOWN}"):
        assert said in found.text, said
    assert set("سمكةش") <= set(found.text), "letters that are joined are still those letters"
    assert "?" not in found.text.replace("Issmallenough?", "").replace("honest?", "")


def test_a_font_of_the_computer_writes_what_the_programs_own_do_not_hold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_font(tmp_path / "malgun.ttf", "河")
    (tmp_path / "msyh.ttc").write_bytes(b"no font")
    monkeypatch.setattr(study_pdf_fonts, "font_folders", lambda: (tmp_path, tmp_path / "is not there"))
    found = read(study_pdf(drawn_study(("河", LONG, "pike"))))
    assert "No font" not in found.pages[0]
    assert "河" in found.text


def test_a_table_of_sixty_classes_repeats_its_head_and_of_their_matrix_the_largest_fields_are_told() -> None:
    found = read(study_pdf(drawn_study([f"class {n}" for n in range(60)], ("small",))))
    heads = [page.count("Precision") for page in found.pages]
    assert sum(heads) == 2
    assert max(heads) == 1
    assert "Showswascalled" in found.text


def test_a_study_of_which_nothing_is_done_has_a_report() -> None:
    found = read(study_pdf(replace(drawn_study(NAMES, ()), split=None)))
    for said in ("Fewerthantworunsaredone", "0of1runsdone", "waitsforpretrainedweights"):
        assert said in found.text
