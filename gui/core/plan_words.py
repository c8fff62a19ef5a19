"""A plan for dividing photos in words: the shares, and what keeps photos on one side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from gui.core.score_text import percent

if TYPE_CHECKING:
    from engine.insight.leaks import LeakReport
    from engine.recipe.group_cfg import GroupCfg
    from engine.recipe.recipe import SplitCfg

translate = QCoreApplication.translate


def _text(text: str) -> str:
    return QT_TRANSLATE_NOOP("Plan", text)


RELATIONS: Mapping[str, str] = {
    "contents": _text("equal files"),
    "copies": _text("copies"),
    "bursts": _text("bursts"),
    "days": _text("days"),
    "sites": _text("sites"),
    "names": _text("names alike"),
    "columns": _text("columns alike"),
    "folders": _text("folders"),
    "cameras": _text("cameras"),
}


def relation(kind: str) -> str:
    """What a relation between photos is called; the heading of a table is its own name."""
    return translate("Plan", RELATIONS[kind]) if kind in RELATIONS else kind


def shares_of(plan: SplitCfg) -> str:
    """How many photos teach, tune and test."""
    text = translate("Plan", "{0} of the photos teach, {1} help to tune, {2} are held out for an honest test.")
    shares = (percent(1 - plan.val - plan.test), percent(plan.val), percent(plan.test))
    return text.format(*shares).replace(" %", "\u00a0%")


def together_of(groups: GroupCfg) -> str:
    """What stays together."""
    kinds = [kind for kind in RELATIONS if kind not in ("contents", "names", "columns") and getattr(groups, kind)]
    names = [relation("contents"), *(relation(kind) for kind in kinds)]
    names += [translate("Plan", "same {0}").format(heading) for heading in groups.headings()]
    names += [relation("names")] if groups.names else []
    return translate("Plan", "These stay together: {0}.").format(", ".join(names))


def leak_text(found: LeakReport, *, kept: bool | None) -> str:
    """Whether photos of one relation stand on one side each; `kept`: the plan says that they shall, None: no plan."""
    name = relation(found.kind)
    name = name[:1].upper() + name[1:]
    groups = translate("Plan", "%n group(s)", "", found.n_groups)
    if not found.leaks:
        text = translate("Plan", "{0}: {1}, each on one side.")
        return text.format(name, groups)
    text = translate(
        "Plan",
        "{0}: {1} of {2} on several sides; {3} of {4} test photos have a relative that teaches or tunes.",
    ).format(name, f"{len(found.leaks):,}", groups, f"{found.n_test_leaked:,}", f"{found.n_test:,}")
    if kept is None:
        return text
    said = translate("Plan", "Bring the split up to date.") if kept else translate("Plan", "The plan allows it.")
    return f"{text} {said}"
