"""The fonts of a PDF: two that ship with the program and, for scripts that these lack, those of this computer."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

from fontTools.ttLib import TTFont, TTLibError
from fpdf import FPDF

import resources

FAMILY = "report"
# What stands for a character that no font holds.
UNKNOWN = "□"
_SHIPPED = {"": "fonts/DejaVuSansCondensed.ttf", "B": "fonts/DejaVuSansCondensed-Bold.ttf"}
# Files by which systems write other scripts, in the order in which they are asked.
_KNOWN = (
    # Linux
    "NotoSansCJK-Regular.ttc", "NotoSansCJKsc-Regular.otf", "DroidSansFallbackFull.ttf", "wqy-microhei.ttc",
    "NotoSansDevanagari-Regular.ttf", "NotoSansBengali-Regular.ttf", "NotoSansTamil-Regular.ttf",
    "NotoSansTelugu-Regular.ttf", "NotoSansThai-Regular.ttf", "NotoSansEthiopic-Regular.ttf",
    "NotoSansKhmer-Regular.ttf", "NotoSansMyanmar-Regular.ttf", "NotoSansSymbols2-Regular.ttf",
    # macOS
    "Arial Unicode.ttf", "AppleSDGothicNeo.ttc", "Kohinoor.ttc", "Apple Symbols.ttf",
    # Windows
    "msyh.ttc", "YuGothM.ttc", "msgothic.ttc", "malgun.ttf", "Nirmala.ttc", "Nirmala.ttf", "LeelawUI.ttf",
    "ebrima.ttf", "mmrtext.ttf", "seguisym.ttf",
)  # fmt: skip
# Bit of `OS/2.fsType`: the maker does not let it be put into documents.
_RESTRICTED = 0x0002


def font_folders() -> tuple[Path, ...]:
    """Where systems keep fonts; some of them are not there."""
    windows, home = Path(os.environ.get("WINDIR", r"C:\Windows")), Path.home()
    return (
        Path("/usr/share/fonts"),
        Path("/usr/local/share/fonts"),
        home / ".local/share/fonts",
        Path("/System/Library/Fonts"),
        Path("/Library/Fonts"),
        windows / "Fonts",
    )


def set_fonts(pdf: FPDF, text: str) -> frozenset[str]:
    """`pdf` can write the text in `FAMILY`.

    Returns:
        The characters that can be written; it holds `UNKNOWN`.
    """
    for style, name in _SHIPPED.items():
        pdf.add_font(FAMILY, style, resources.path(name))
    written = set(_characters(resources.path(_SHIPPED[""])))
    missing = {sign for sign in text if not sign.isspace()} - written
    names = []
    for path in _installed(font_folders()) if any(map(_is_drawn, missing)) else ():
        found = missing & _characters(path)
        if found:
            pdf.add_font(path.stem, fname=path)
            names.append(path.stem)
            written |= found
            missing -= found
    if names:
        pdf.set_fallback_fonts(names, exact_match=False)
    return frozenset(written)


def wants_joining(text: str) -> bool:
    """Whether the shape or the place of a letter depends on those beside it."""
    return not text.isascii() and any(
        unicodedata.bidirectional(sign) in ("R", "AL") or unicodedata.category(sign) in ("Mn", "Mc") for sign in text
    )


def writable(text: str, written: frozenset[str]) -> str:
    """The text with `UNKNOWN` in place of characters that are not among `written`, spaces in place of line ends."""
    signs = (" " if sign.isspace() or unicodedata.category(sign) == "Cc" else sign for sign in composed(text))
    return "".join(sign if sign in written or sign == " " else UNKNOWN * _is_drawn(sign) for sign in signs)


def composed(text: str) -> str:
    """The text with letters and their accents as one character where there is one: more fonts hold those."""
    return unicodedata.normalize("NFC", text)


def _is_drawn(sign: str) -> bool:
    """Whether one sees that it is missing: joiners and selectors of a variant only change what is beside them."""
    return unicodedata.category(sign) not in ("Cc", "Cf") and not 0xFE00 <= ord(sign) <= 0xFE0F


def _installed(folders: Iterable[Path]) -> Iterator[Path]:
    """The known fonts that are on this computer, in their order."""
    paths = {path.name: path for folder in folders if folder.is_dir() for path in sorted(folder.rglob("*.[to]t[fc]"))}
    return (paths[name] for name in _KNOWN if name in paths)


def _characters(path: Path) -> frozenset[str]:
    """Those of a font that may be put into documents; of a font that cannot be read, none."""
    try:
        # Opened here: of a file that is no font, TTFont does not close what it opened.
        with path.open("rb") as file, TTFont(file, fontNumber=0, lazy=True) as font:
            if font["OS/2"].fsType & _RESTRICTED:
                return frozenset()
            return frozenset(map(chr, font.getBestCmap() or ()))
    except (OSError, TTLibError, KeyError):
        return frozenset()
