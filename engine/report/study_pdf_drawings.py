"""Drawings and photos of a report as PDF, beside one another as far as the page is wide."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

from engine.report.figures import Picture
from engine.report.study_pdf_fonts import FAMILY
from engine.report.study_pdf_sheet import BAR, LINE, QUIET, Colour, Sheet

_PLOT_WIDTH, _PLOT_HEIGHT = 84.0, 50.0
_IN_LINE, _BETWEEN, _PICTURE_HEIGHT = 4, 4.0, 31.0
# What a line of plots takes, and one of pictures.
PLOTS, PICTURES = _PLOT_HEIGHT + 3, _PICTURE_HEIGHT + 12
_CAPTION_SIZE, _CAPTION_LINE, _CAPTION_LINES = 7.0, 3.2, 3


def write_plots(pdf: Sheet, plots: Sequence[str]) -> None:
    """SVG of `engine.report.drawings`, two in a line."""
    if pdf.will_page_break(PLOTS):
        pdf.add_page()
    top = pdf.y
    for at, svg in enumerate(plots):
        pdf.image(io.BytesIO(_styled(svg)), pdf.l_margin + at * (_PLOT_WIDTH + 4), top, w=_PLOT_WIDTH, h=_PLOT_HEIGHT)
    pdf.set_xy(pdf.l_margin, top + PLOTS)


def write_pictures(pdf: Sheet, shown: Sequence[tuple[int, str]], picture: Picture) -> None:
    """Photos with captions, several in a line; one that cannot be read is a box that says so."""
    width = (pdf.epw - (_IN_LINE - 1) * _BETWEEN) / _IN_LINE
    for first in range(0, len(shown), _IN_LINE):
        if pdf.will_page_break(PICTURES):
            pdf.add_page()
        top = pdf.y
        for at, (photo_id, caption) in enumerate(shown[first : first + _IN_LINE]):
            left = pdf.l_margin + at * (width + _BETWEEN)
            _picture(pdf, _Box(left, top, width), picture(photo_id), caption)
        pdf.set_xy(pdf.l_margin, top + PICTURES)


@dataclass(frozen=True, slots=True)
class _Box:
    left: float
    top: float
    width: float


def _picture(pdf: Sheet, box: _Box, jpeg: bytes | None, caption: str) -> None:
    pdf.letters(_CAPTION_SIZE, QUIET)
    text = pdf.short(caption)
    if jpeg is None:
        pdf.set_draw_color(*LINE)
        pdf.rect(box.left, box.top, box.width, _PICTURE_HEIGHT)
        pdf.set_xy(box.left, box.top)
        pdf.cell(box.width, _PICTURE_HEIGHT, "cannot be read", align="C")
    else:
        pdf.image(
            io.BytesIO(jpeg), box.left, box.top, box.width, _PICTURE_HEIGHT, alt_text=text, keep_aspect_ratio=True
        )
    lines = pdf.multi_cell(box.width, _CAPTION_LINE, text, align="L", dry_run=True, output="LINES")
    assert isinstance(lines, list)
    for at, line in enumerate(lines[:_CAPTION_LINES]):
        pdf.set_xy(box.left, box.top + _PICTURE_HEIGHT + 1 + at * _CAPTION_LINE)
        cut = at == _CAPTION_LINES - 1 and len(lines) > _CAPTION_LINES
        pdf.cell(box.width, _CAPTION_LINE, line[:-1] + "…" if cut else line)


def _styled(svg: str) -> bytes:
    """The drawing with colours of its own, as it stands on no page that has them."""
    line, quiet, bar = map(_hex, (LINE, QUIET, BAR))
    style = (
        f".axis{{stroke:{line};fill:none}}"
        f".train{{stroke:{quiet};fill:none;stroke-width:1.5;stroke-dasharray:4 3}}"
        f".val{{stroke:{bar};fill:none;stroke-width:2}}"
        f".box{{fill:{bar}}}"
        f".ideal{{stroke:{quiet};fill:none;stroke-dasharray:2 3}}"
    )
    root = f'<svg xmlns="http://www.w3.org/2000/svg" font-family="{FAMILY}" font-size="11" fill="{quiet}"'
    head, _, body = svg.removeprefix("<svg").partition(">")
    return f"{root}{head}><style>{style}</style>{body}".encode()


def _hex(colour: Colour) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)
