"""Pretrained networks in words: where their weights are, how large they are, who says so."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from engine.recipe.catalogue import SHORTLIST
from gui.core.weights_reading import ListedWeights


def _words(text: str) -> str:
    return QCoreApplication.translate("Weights", text)


def megabytes(n_bytes: int) -> str:
    """`14 MB`; `0.4 MB` where it is little."""
    return f"{n_bytes / 1e6:,.0f} MB" if n_bytes >= 10_000_000 else f"{n_bytes / 1e6:.1f} MB"


def short_title(one: ListedWeights) -> str:
    """The network's title without its explanation."""
    return one.row.title.partition(" (")[0]


def state_text(one: ListedWeights) -> str:
    """Where the weights are, in a word or two."""
    if one.row.state == "on_hub" and one.n_begun:
        return _words("{0} fetched so far").format(megabytes(one.n_begun))
    words = {
        "built_in": _words("Built in"),
        "fetched": _words("Here, fetched"),
        "imported": _words("Here, imported"),
        "on_hub": _words("Can be fetched"),
        "not_installed": _words("Package is missing"),
    }
    return words[one.row.state]


def licence_text(one: ListedWeights) -> str:
    """The licence; what is said where it is not known."""
    return one.row.licence or _words("not known")


def is_here(one: ListedWeights) -> bool:
    """Whether a recipe can use it as things are."""
    return one.row.state in ("built_in", "fetched", "imported")


def facts_text(one: ListedWeights) -> str:
    """Size, parameters, photo size and published score, as far as they are known."""
    row = one.row
    parts = []
    if row.state == "not_installed":
        name = row.source.removeprefix("Python package ")
        parts.append(_words("comes with the Python package {0}, which is not installed here").format(name))
    if row.n_bytes is not None:
        about = _words("about {0}") if row.state == "on_hub" else "{0}"
        parts.append(about.format(megabytes(row.n_bytes)))
    if row.n_parameters is not None:
        parts.append(_words("{0} million parameters").format(f"{row.n_parameters / 1e6:,.1f}"))
    if row.native_size is not None:
        parts.append(_words("learned with photos of {0} pixels").format(row.native_size))
    if row.top1 is not None:
        right = _words("{0} % right on ImageNet at {1} pixels ({2})")
        parts.append(right.format(f"{row.top1:.1f}", row.top1_size, row.top1_source))
    return ", ".join(parts)


def guessed_network(file_name: str) -> str:
    """The network of the front page whose name the file's begins with or holds, as `timm/NAME`; empty if none."""
    lower = file_name.lower().replace("-", "_")
    short = {name.removeprefix("timm/"): name for name in SHORTLIST}
    fitting = [name for name in short if name in lower]
    return short[max(fitting, key=len)] if fitting else ""
