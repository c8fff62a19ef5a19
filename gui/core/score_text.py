"""Scores in words: always with the number of photos and the interval, never a bare percentage."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from PySide6.QtCore import QCoreApplication

from engine.insight.metrics import Report
from engine.recipe.fold_cfg import FoldCfg
from engine.store.rows import RunRow

# Which photos of a run a score speaks of.
Part = Literal["test", "cv"]


# Where a table has nothing to say.
UNKNOWN = "–"


def p_text(p_value: float) -> str:
    """A p-value with two digits; very small ones are not told apart."""
    return "< 0.001" if p_value < 0.001 else f"{p_value:.2g}"


def percent(share: float) -> str:
    """A share in 0..1 as whole percent."""
    return f"{share:.0%}".replace("%", " %")


def interval(ci95: tuple[float, float]) -> str:
    """Both ends of a 95 % interval in whole percent."""
    return f"{ci95[0] * 100:.0f}–{ci95[1] * 100:.0f} %"


def headline(report: Report) -> str:
    """`87 % right on 138 photos`."""
    text = QCoreApplication.translate("score", "{0} right on {1} photos")
    return text.format(percent(report.accuracy), f"{report.n:,}")


def right_on(report: Report) -> str:
    """`right on 138 photos`."""
    return QCoreApplication.translate("score", "right on {0} photos").format(f"{report.n:,}")


def beneath(report: Report) -> str:
    """The interval and what guessing would score."""
    text = QCoreApplication.translate("score", "95 % interval {0}. Always guessing the largest class: {1}.")
    return text.format(interval(report.accuracy_ci95), percent(report.baseline))


def run_score(run: RunRow) -> str:
    """A run's score for a list: percent, interval, n, and its fold if it has one; a dash before there is a score."""
    if run.accuracy is None or run.ci95 is None:
        return UNKNOWN
    facts = [interval(run.ci95), f"n {run.n:,}", *([] if run.fold is None else [fold_name(run.fold)])]
    return f"{percent(run.accuracy)}  ({', '.join(facts)})"


def fold_name(fold: FoldCfg) -> str:
    """`fold 2 of 5`."""
    return QCoreApplication.translate("score", "fold {0} of {1}").format(fold.at + 1, fold.n)


def part_name(part: str, fold: FoldCfg | None = None) -> str:
    """Which photos a part of a run's predictions speaks of; `fold`: what the run is tested on instead of the others."""
    if part == "test" and fold is not None:
        return QCoreApplication.translate("score", "Photos of {0}").format(fold_name(fold))
    if part == "test":
        return QCoreApplication.translate("score", "Held-out test photos")
    return QCoreApplication.translate("score", "Training photos, cross-validated")


def seconds_of(run: RunRow) -> float:
    """How long a run took that has ended."""
    return (datetime.fromisoformat(run.ended_at) - datetime.fromisoformat(run.started_at)).total_seconds()
