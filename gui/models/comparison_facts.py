"""Columns of the table of compared runs that say what a run is, and how much it differs from fold to fold."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QCoreApplication

from engine.insight.comparison import ComparedRun
from engine.insight.fold_spread import FoldSpread
from engine.insight.run_facts import RunFacts
from gui.core.score_text import UNKNOWN, p_text
from gui.models.table_model import Column

Row = TypeVar("Row")
FindRun = Callable[[Row], ComparedRun]
# Below all that is known, so that rows without a number stand at one end.
_NOTHING = -1.0


def _words(text: str) -> str:
    return QCoreApplication.translate("Comparison", text)


def fact_columns(run_of: FindRun[Row]) -> list[Column[Row]]:
    """What was recorded when the run was trained; `run_of` finds the run in a row."""

    def column(
        name: str, heading: str, tip: str, value: Callable[[RunFacts], float | None], text: Callable[[float], str]
    ) -> Column[Row]:
        def told(row: Row) -> str:
            found = value(run_of(row).facts)
            return UNKNOWN if found is None else text(found)

        def key(row: Row) -> float:
            found = value(run_of(row).facts)
            return _NOTHING if found is None else found

        return Column(name=name, heading=heading, text=told, key=key, tip=tip, numeric=True)

    kept = _words("At the epoch whose weights are kept; only networks are trained in epochs")
    return [
        column(
            "n_parameters",
            _words("Parameters"),
            _words("Numbers in the whole model, what describes the photos included"),
            lambda facts: facts.n_parameters,
            lambda n: f"{n:,.0f}",
        ),
        column(
            "n_trainable",
            _words("Trained"),
            _words("Those of its parameters that learned from your photos"),
            lambda facts: facts.n_trainable,
            lambda n: f"{n:,.0f}",
        ),
        column("train_loss", _words("Training loss"), kept, lambda facts: facts.train_loss, "{:.3f}".format),
        column("train_accuracy", _words("Training right"), kept, lambda facts: facts.train_accuracy, _share),
        column("val_loss", _words("Validation loss"), kept, lambda facts: facts.val_loss, "{:.3f}".format),
        column("val_accuracy", _words("Validation right"), kept, lambda facts: facts.val_accuracy, _share),
        column(
            "minutes",
            _words("Minutes"),
            _words("What the training took"),
            lambda facts: facts.minutes,
            "{:,.1f}".format,
        ),
        column(
            "learn_rate",
            _words("Learning, photos/s"),
            _words("Photos a second while the network learned, on the machine that trained it"),
            lambda facts: facts.learn_rate,
            "{:,.0f}".format,
        ),
        column(
            "answer_rate",
            _words("Classifying, photos/s"),
            _words("Photos a second through the model, on the machine that trained it; reading them is not counted"),
            lambda facts: facts.answer_rate,
            "{:,.0f}".format,
        ),
    ]


def fold_columns(run_of: FindRun[Row]) -> list[Column[Row]]:
    """Mean and spread over the folds of a cross-validation, and the test that knows of both."""

    def column(
        name: str, heading: str, tip: str, text: Callable[[FoldSpread], str], key: Callable[[FoldSpread], float]
    ) -> Column[Row]:
        def told(row: Row) -> str:
            found = run_of(row).folds
            return UNKNOWN if found is None else text(found)

        def sorts(row: Row) -> float:
            found = run_of(row).folds
            return _NOTHING if found is None else key(found)

        return Column(name=name, heading=heading, text=told, key=sorts, tip=tip, numeric=True)

    return [
        column(
            "fold_accuracy",
            _words("Over the folds"),
            _words("Share right in each fold of the cross-validation: mean ± standard deviation"),
            fold_text,
            lambda folds: folds.accuracy,
        ),
        column(
            "fold_macro_f1",
            _words("Macro F1 over the folds"),
            _words("Mean ± standard deviation over the folds of the cross-validation"),
            lambda folds: f"{folds.macro_f1:.3f} ± {folds.macro_f1_sd:.3f}",
            lambda folds: folds.macro_f1,
        ),
        column(
            "fold_p",
            _words("p (folds)"),
            _words("Corrected resampled t-test against the reference, each by itself, where both have the same folds"),
            lambda folds: UNKNOWN if folds.p_value is None else p_text(folds.p_value),
            lambda folds: 2.0 if folds.p_value is None else folds.p_value,
        ),
    ]


def fold_text(folds: FoldSpread) -> str:
    """`84.2 ± 1.3 %  (5)`: mean, standard deviation, and the number of folds."""
    return f"{100 * folds.accuracy:.1f} ± {100 * folds.accuracy_sd:.1f} %  ({len(folds.scores)})"


def _share(value: float) -> str:
    return f"{100 * value:.1f} %"
