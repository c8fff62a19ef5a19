"""The pages of a report as PDF: A4, margins, letters, headings in the outline, contents, numbers at the foot."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Literal, TypeAlias

from fpdf import FPDF
from fpdf.fonts import CoreFont, TTFFont
from fpdf.outline import OutlineSection
from fpdf.prefs import ViewerPreferences

from engine.report.study_pdf_fonts import FAMILY, set_fonts, wants_joining, writable

Colour: TypeAlias = tuple[int, int, int]
Style: TypeAlias = Literal["", "B"]

# As on the page of HTML in a light room.
INK: Colour = (26, 31, 36)
QUIET: Colour = (87, 96, 106)
LINE: Colour = (208, 215, 222)
BAR: Colour = (11, 118, 110)
WRONG: Colour = (196, 87, 46)
WARNING: Colour = (179, 84, 30)
BODY = 9.5
# About what a heading takes, in millimetres, and a line of a paragraph.
HEADING, LINE_HEIGHT = 10.0, 4.9
_SIDE, _TOP, _FOOT = 18.0, 18.0, 21.0
_SIZES = {2: 14.0, 3: 11.5, 4: BODY}
_ABOVE = {2: 8.0, 3: 7.0, 4: 3.0}
_CONTENTS_LINE = 5.8
# Longer texts would make a row of a table higher than a page.
_MOST_SIGNS = 400


class Sheet(FPDF):
    """A document that is written from top to bottom. Lengths are in millimetres, sizes of letters in points."""

    def __init__(self, title: str, made_on: str, text: str) -> None:
        """`made_on`: an ISO date, which the file says it is of. `text`: holds every character that will be written."""
        super().__init__("portrait", "mm", "A4")
        self._written = set_fonts(self, text)
        self._title = self.clean(title)
        self.set_margins(_SIDE, _TOP)
        self.set_auto_page_break(True, _FOOT)
        self.c_margin = 0.0
        self.set_title(self._title)
        self.set_lang("en")
        self.set_producer("Fieldmark")
        self.set_creator("Fieldmark")
        # The same report has the same bytes, whenever it is written.
        self.set_creation_date(datetime.fromisoformat(made_on).replace(tzinfo=UTC))
        self.viewer_preferences = ViewerPreferences(display_doc_title=True)
        self.add_page()

    def cell(self, w: Any = None, h: Any = None, text: str = "", *args: Any, **kwargs: Any) -> Any:
        """As its parent's, with letters joined where the text wants it."""
        with self._joining(text):
            return super().cell(w, h, text, *args, **kwargs)

    def multi_cell(self, w: Any, h: Any = None, text: str = "", *args: Any, **kwargs: Any) -> Any:
        """As its parent's, with letters joined where the text wants it."""
        with self._joining(text):
            return super().multi_cell(w, h, text, *args, **kwargs)

    @contextmanager
    def _joining(self, text: str) -> Iterator[None]:
        # Joining is asked for text by text: it takes three times as long, and most texts are numbers.
        before = self.text_shaping
        # The report is English, whatever the script of a name that a line begins with.
        self.set_text_shaping(wants_joining(text), direction="ltr")
        try:
            yield
        finally:
            self.text_shaping = before

    def _set_font_for_page(
        self, font: CoreFont | TTFFont, font_size_pt: float, wrap_in_text_object: bool = True
    ) -> str:
        """As its parent's, which in a line that begins in another font sets this one for the line alone."""
        if not wrap_in_text_object and not self.current_font_is_set_on_page:
            self._out(super()._set_font_for_page(font, font_size_pt))
        return super()._set_font_for_page(font, font_size_pt, wrap_in_text_object)

    def clean(self, text: str) -> str:
        """The text as it can be written: a sign stands for what no font holds."""
        return writable(text, self._written)

    def short(self, text: str) -> str:
        """As `clean`, with an end to it: for cells and captions."""
        found = self.clean(text)
        return found if len(found) <= _MOST_SIGNS else found[: _MOST_SIGNS - 1] + "…"

    def fitting(self, text: str, width: float) -> str:
        """As much of the text as one line of that width holds, in the letters of now."""
        found = self.short(text)
        if self.get_string_width(found) <= width:
            return found
        while found and self.get_string_width(found + "…") > width:
            found = found[: -max(1, len(found) // 16)]
        return found + "…"

    def letters(self, size: float = BODY, colour: Colour = INK, style: Style = "") -> None:
        """What is written from now on looks so."""
        self.set_font(FAMILY, style, size)
        self.set_text_color(*colour)

    def footer(self) -> None:
        """The title, and which page of how many this is."""
        self.set_y(-13)
        self.letters(7.5, QUIET)
        self.cell(self.epw - 30, 5, self.fitting(self._title, self.epw - 34))
        self.cell(30, 5, f"{self.page_no()} of {{nb}}", align="R")

    def head(self, title: str, told: str) -> None:
        """The head of the first page."""
        self.letters(20, INK, "B")
        self._lines(self.clean(title), 9)
        self.ln(1)
        self.paragraph(told, QUIET)

    def heading(self, text: str, level: Literal[2, 3, 4], room: float) -> None:
        """On the page of what follows it and needs so much `room`; parts and runs are in the outline."""
        if self.y > self.t_margin:
            self.ln(_ABOVE[level])
        if self.will_page_break(min(HEADING + room, self.eph)):
            self.add_page()
        if level != 4:
            self.start_section(self.short(text), level - 2, strict=False)
        if level == 3 and self.y > self.t_margin:
            self.rule()
            self.ln(3)
        self.letters(_SIZES[level], INK, "B")
        self._lines(self.short(text), _SIZES[level] * 0.5)
        self.ln(1.2)

    def paragraph(self, text: str, colour: Colour = INK, style: Style = "") -> None:
        """A text over the width of the page."""
        self.letters(BODY, colour, style)
        self._lines(self.clean(text), LINE_HEIGHT)
        self.ln(1.8)

    def point(self, text: str, colour: Colour = INK) -> None:
        """A line of a list."""
        self.letters(BODY, colour)
        self.cell(4, LINE_HEIGHT, "•")
        self._lines(self.clean(text), LINE_HEIGHT)
        self.ln(1)

    def rule(self) -> None:
        """A line over the width of the page."""
        self.set_draw_color(*LINE)
        self.set_line_width(0.2)
        self.line(self.l_margin, self.y, self.l_margin + self.epw, self.y)

    def contents(self, n: int) -> None:
        """A list of the `n` headings to come with their pages; what follows stands on a new page."""
        self.ln(_ABOVE[2])
        self.letters(_SIZES[2], INK, "B")
        self._lines("Contents", 7)
        self.ln(1.2)
        here = max(0, int((self.page_break_trigger - self.y) / _CONTENTS_LINE) - 1)
        a_page = int(self.eph / _CONTENTS_LINE) - 1
        # A list that does not begin here begins on the next page.
        self.insert_toc_placeholder(_write_contents, pages=1 + math.ceil(max(0, n - here) / a_page))

    def _lines(self, text: str, height: float) -> None:
        self.multi_cell(0, height, text, align="L", new_x="LMARGIN", new_y="NEXT")


def _write_contents(pdf: FPDF, outline: list[OutlineSection]) -> None:
    assert isinstance(pdf, Sheet)
    first = pdf.page
    for section in outline:
        if section.page_number > first:
            pdf.letters(BODY, INK if section.level == 0 else QUIET)
            inset, link = 6.0 * section.level, pdf.add_link(page=section.page_number)
            width = pdf.epw - inset - 16
            pdf.set_x(pdf.l_margin + inset)
            pdf.cell(width, _CONTENTS_LINE, pdf.fitting(section.name, width), link=link)
            pdf.cell(16, _CONTENTS_LINE, str(section.page_number), align="R", link=link, new_x="LMARGIN", new_y="NEXT")
