"""What exploring calls things: kinds of odd photos, parts of a split, colour modes, dates."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from gui.core.odd_limits import OddKind

translate = QCoreApplication.translate
# Of a split's parts the order, and the theme token each is drawn in.
PART_TOKENS = {"train": "plot_line", "val": "plot_line_3", "test": "plot_line_2", "": "border_strong"}


def part_word(part: str) -> str:
    """What photos of a part of the split are for."""
    return {
        "train": translate("Explore", "Teach"),
        "val": translate("Explore", "Tune"),
        "test": translate("Explore", "Test"),
    }.get(part, translate("Explore", "In no part yet"))


def odd_name(kind: OddKind) -> str:
    """A kind of odd photos."""
    return {
        "blurred": translate("Explore", "Blurred"),
        "dark": translate("Explore", "Very dark"),
        "bright": translate("Explore", "Very bright"),
        "empty": translate("Explore", "Little to see"),
        "shape": translate("Explore", "Long and narrow"),
        "tiny": translate("Explore", "Tiny"),
        "size": translate("Explore", "Unusual size"),
        "unlike": translate("Explore", "Unlike its class"),
    }[kind]


def odd_rule(kind: OddKind) -> tuple[str, str]:
    """What is said before and after the limit of a kind."""
    return {
        "blurred": (translate("Explore", "Sharpness below"), ""),
        "dark": (translate("Explore", "Mean brightness below"), translate("Explore", "(0 black, 1 white)")),
        "bright": (translate("Explore", "Mean brightness above"), translate("Explore", "(0 black, 1 white)")),
        "empty": (translate("Explore", "Less than"), translate("Explore", "bits of grey levels")),
        "shape": (translate("Explore", "Long side over"), translate("Explore", "times the short one")),
        "tiny": (translate("Explore", "Short side below"), translate("Explore", "pixels")),
        "size": (
            translate("Explore", "Area or shape more than"),
            translate("Explore", "usual distances from the median"),
        ),
        "unlike": (
            translate("Explore", "Farther from its class than usual by more than"),
            translate("Explore", "usual distances"),
        ),
    }[kind]


def odd_reason(kind: OddKind) -> str:
    """Why photos of a kind may be excluded."""
    return {
        "blurred": translate("Explore", "blurred"),
        "dark": translate("Explore", "too dark"),
        "bright": translate("Explore", "too bright"),
        "empty": translate("Explore", "little to see"),
        "shape": translate("Explore", "long and narrow"),
        "tiny": translate("Explore", "tiny"),
        "size": translate("Explore", "unusual size"),
        "unlike": translate("Explore", "unlike its class"),
    }[kind]


def odd_value(kind: OddKind, value: float) -> str:
    """What was measured of a photo of a kind."""
    if kind == "tiny":
        return translate("Explore", "{0} px").format(f"{value:,.0f}")
    if kind == "shape":
        return f"{value:.1f} : 1"
    return f"{value:.3g}"


def or_unknown(value: str) -> str:
    """A value that may not be known."""
    return value or translate("Explore", "not known")


def mode_word(mode: str) -> str:
    """How colours are stored, by Pillow's name of it."""
    words = {
        "RGB": translate("Explore", "Colour"),
        "L": translate("Explore", "Grey"),
        "1": translate("Explore", "Black and white"),
        "P": translate("Explore", "Palette"),
        "RGBA": translate("Explore", "Colour with transparency"),
        "LA": translate("Explore", "Grey with transparency"),
        "CMYK": translate("Explore", "Printing colours"),
    }
    return f"{words[mode]} ({mode})" if mode in words else or_unknown(mode)


def or_no_label(name: str) -> str:
    """The name of a class, or that there is none."""
    return name or translate("Explore", "No label")


def size_text(width: int, height: int) -> str:
    """`1,024 × 683`."""
    return f"{width:,} × {height:,}"
