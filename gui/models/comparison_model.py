"""The table of compared runs: what each column says, how it sorts, and which photos a number stands for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, QObject, Qt
from PySide6.QtGui import QIcon

from engine.base.ids import PhotoId, RunId
from engine.insight.comparison import ComparedRun, Comparison
from engine.recipe.recipe import from_json
from engine.store.rows import RunRow
from gui.core.icons import icon
from gui.core.recipe_text import summary
from gui.core.score_text import UNKNOWN, p_text
from gui.models.comparison_facts import fact_columns, fold_columns
from gui.models.table_model import Column, Index, TableModel

# The columns whose numbers stand for photos.
RIGHT_ALONE, WRONG_ALONE = 5, 6


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedModel:
    """A row: a run, and what the comparison found of it; `run` is None where several runs were joined."""

    run: RunRow | None
    found: ComparedRun

    @property
    def is_current(self) -> bool:
        """Whether this is the model in use."""
        return self.run is not None and self.run.is_current


@dataclass(frozen=True, slots=True)
class NumberOfPhotos:
    """Photos that a number of the table stands for; `title` says what they have in common."""

    ids: tuple[PhotoId, ...]
    title: str


def _words(text: str) -> str:
    return QCoreApplication.translate("Comparison", text)


def _noop(text: str) -> str:
    return QT_TRANSLATE_NOOP("Comparison", text)


# What the engine calls a row against the reference: the word, and the icon and colour beside it.
_VERDICTS = {
    "better": (_noop("Better"), "circle-check", "success"),
    "worse": (_noop("Worse"), "triangle-alert", "danger"),
    "no difference beyond chance": (_noop("No difference beyond chance"), "info", "text_muted"),
}

_METHODS = {
    "views": _noop("“{0}”: {1}, looking at each photo several times."),
    "average": _noop("“{0}”: the mean of {1}."),
    "weighted": _noop("“{0}”: {1}, with weights that make their cross-validated answers likeliest."),
    "stacked": _noop("“{0}”: {1}, joined by a small model that learned from their cross-validated answers."),
}


class ComparisonModel(TableModel[ComparedModel]):
    """Compared runs. Pinned ones stand on top whatever the table is sorted by or searched for."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__([*_score_columns(), *_against_columns(), *_more_columns()], parent)
        self._pinned: frozenset[RunId] = frozenset()
        self._wanted = ""

    def pinned(self) -> frozenset[RunId]:
        """The runs that stay on top."""
        return self._pinned

    def pin(self, run_ids: Iterable[RunId], *, on: bool) -> None:
        """These runs stay on top from now on, or stand where they belong again."""
        ids = frozenset(run_ids)
        self._pinned = self._pinned | ids if on else self._pinned - ids
        self.set_rows(self._given)

    def search(self, text: str) -> None:
        """Only rows of which one text holds all these words, and pinned ones, are shown; all for no words."""
        self._wanted = text
        self.set_rows(self._given)

    def says_something(self, column: int) -> bool:
        """Whether the column knows of any row, shown or not."""
        text = self.columns()[column].text
        return any(text(row) != UNKNOWN for row in self._given)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if index.isValid() and index.column() == 0 and self.row(index.row()).found.run_id in self._pinned:
            if role == Qt.ItemDataRole.DecorationRole:
                return icon("pin", "accent")
            if role == Qt.ItemDataRole.AccessibleTextRole:
                return _words("{0}, pinned").format(self.columns()[0].text(self.row(index.row())))
        return super().data(index, role)

    def _arrange(self) -> None:
        super()._arrange()
        words = self._wanted.casefold().split()
        matching = [row for row in self._rows if self._is_pinned(row) or all(word in _told(row) for word in words)]
        # Sorting keeps the order among those that are pinned, and among the others.
        self._rows = sorted(matching, key=lambda row: not self._is_pinned(row))

    def _is_pinned(self, row: ComparedModel) -> bool:
        return row.found.run_id in self._pinned


def _told(row: ComparedModel) -> str:
    """What a search looks through: the name, the recipe, and the verdict in a word."""
    recipe = row.found.recipe if row.run is None else f"{row.found.recipe} {_recipe(row.run.recipe)}"
    return f"{row.found.name} {recipe} {verdict_word(row)}".casefold()


def verdict_word(row: ComparedModel) -> str:
    """Whether the run is better than the reference, in a word or four."""
    against = row.found.against
    return _words("Reference") if against is None else _words(_VERDICTS[against.verdict][0])


def photos_of(row: ComparedModel, column: int) -> NumberOfPhotos | None:
    """The photos that the number in a column stands for; None where it stands for none."""
    if column == RIGHT_ALONE and row.found.only_right:
        return NumberOfPhotos(row.found.only_right, _words("only “{0}” is right").format(row.found.name))
    if column == WRONG_ALONE and row.found.only_wrong:
        return NumberOfPhotos(row.found.only_wrong, _words("only “{0}” is wrong").format(row.found.name))
    return None


def caption(found: Comparison, reference: str) -> str:
    """What the table stands on; `reference` is the name of the run that the others are tested against."""
    text = QCoreApplication.translate(
        "Comparison",
        "{0} photos in {1} groups (what belongs together counts as one) that all of these models were asked about."
        " Tested against “{2}” by exact McNemar tests over groups; p is raised for %n comparison(s) (Holm)."
        " Intervals: 95 %, by bootstrap over groups.",
        "",
        len(found.runs) - 1,
    )
    names = {run.run_id: run.name for run in found.runs}
    made_of = [_made_of(run, names) for run in found.runs if run.members]
    in_folds = [_words("Each photo was answered by the model that had not learned from its fold.")]
    repeated = [_words("Scores and tests are of each row's first repetition; those from fold to fold are of all.")]
    unsettled = [_unsettled().format(", ".join(found.unsettled))] if found.unsettled else []
    folded = [*unsettled, *(in_folds if found.in_folds else []), *(repeated if found.repeated else [])]
    return " ".join([text.format(f"{found.n:,}", f"{found.n_groups:,}", reference), *folded, *made_of])


def _unsettled() -> str:
    return _words(
        "Not settled: {0}. By itself the difference is more than chance (its interval leaves out 0), but one so large"
        " among all that were tested may well be chance: more photos, or fewer rows, would tell."
    )


def _made_of(run: ComparedRun, names: Mapping[RunId, str]) -> str:
    """What a joined row is, in a sentence; repetitions of a row are called as it is."""
    members = [f"“{names[member]}”" for member in run.members if member in names]
    return _words(_METHODS[run.method]).format(run.name, ", ".join(members))


def _score_columns() -> list[Column[ComparedModel]]:
    return [
        Column(
            name="name",
            heading=_words("Model"),
            text=lambda row: row.found.name + (_words(" (in use)") if row.is_current else ""),
            key=lambda row: row.found.name.casefold(),
        ),
        Column(
            name="accuracy",
            heading=_words("Right"),
            text=lambda row: f"{100 * row.found.accuracy:.1f} %  ({_points(row.found.accuracy_ci95)})",
            key=lambda row: row.found.accuracy,
            tip=_words("Share of the photos that it has right, with the 95 % interval"),
            numeric=True,
        ),
    ]


def _against_columns() -> list[Column[ComparedModel]]:
    return [
        Column(
            name="difference",
            heading=_words("Difference"),
            text=_difference,
            key=lambda row: 0.0 if row.found.against is None else row.found.against.difference,
            tip=_words("Of the shares right, in percentage points, from the reference; with the 95 % interval"),
            numeric=True,
        ),
        Column(
            name="p_holm",
            heading=_words("p (Holm)"),
            text=_p_value,
            key=lambda row: 2.0 if row.found.against is None else row.found.against.p_holm,
            tip=_words("How likely so large a difference is by chance alone, raised for the number of models compared"),
            numeric=True,
        ),
        Column(
            name="verdict",
            heading=_words("Verdict"),
            text=verdict_word,
            tip=_words("Only p below 0.05 counts as better or worse"),
            colour=_sign,
        ),
    ]


def _more_columns() -> list[Column[ComparedModel]]:
    return [
        Column(
            name="only_right",
            heading=_words("Right alone"),
            text=lambda row: f"{len(row.found.only_right):,}",
            key=lambda row: len(row.found.only_right),
            tip=_words("Photos that this model alone has right; a click shows them"),
            numeric=True,
        ),
        Column(
            name="only_wrong",
            heading=_words("Wrong alone"),
            text=lambda row: f"{len(row.found.only_wrong):,}",
            key=lambda row: len(row.found.only_wrong),
            tip=_words("Photos that this model alone has wrong; a click shows them"),
            numeric=True,
        ),
        Column(
            name="macro_f1",
            heading=_words("Macro F1"),
            text=lambda row: "{:.3f}  ({:.3f}–{:.3f})".format(row.found.macro_f1, *row.found.macro_f1_ci95),
            key=lambda row: row.found.macro_f1,
            tip=_words("Mean over the classes of the harmonic mean of precision and recall, with the 95 % interval"),
            numeric=True,
        ),
        _number(
            "log_loss",
            _words("Log loss"),
            lambda row: row.found.log_loss,
            _words("How much probability the right class was refused; lower is better"),
        ),
        _number(
            "ece",
            _words("Calibration error"),
            lambda row: row.found.ece,
            _words("How far confidences are from the share that is right, on average; lower is better"),
        ),
        _number(
            "macro_precision",
            _words("Macro precision"),
            lambda row: row.found.macro_precision,
            _words("Of what is called a class, the share that is of it; mean over the classes"),
        ),
        _number(
            "macro_recall",
            _words("Macro recall"),
            lambda row: row.found.macro_recall,
            _words("Of what is of a class, the share that is called so; mean over the classes"),
        ),
        *fold_columns(_found),
        *fact_columns(_found),
        Column(
            name="recipe",
            heading=_words("Recipe"),
            text=lambda row: (
                row.found.recipe or _words("Several models joined") if row.run is None else _recipe(row.run.recipe)
            ),
        ),
    ]


def _number(name: str, heading: str, value: Callable[[ComparedModel], float], tip: str) -> Column[ComparedModel]:
    return Column(name=name, heading=heading, text=lambda row: f"{value(row):.3f}", key=value, tip=tip, numeric=True)


def _found(row: ComparedModel) -> ComparedRun:
    return row.found


def _points(interval: tuple[float, float]) -> str:
    return f"{100 * interval[0]:.1f}–{100 * interval[1]:.1f}"


def _difference(row: ComparedModel) -> str:
    against = row.found.against
    if against is None:
        return UNKNOWN
    low, high = against.difference_ci95
    # Dashes between signed numbers would read as more signs.
    text = _words("{0}  ({1} to {2})").format(*(f"{100 * n:+.1f}" for n in (against.difference, low, high)))
    return text.replace("-", "−")


def _p_value(row: ComparedModel) -> str:
    against = row.found.against
    return UNKNOWN if against is None else p_text(against.p_holm)


def _sign(row: ComparedModel) -> QIcon:
    against = row.found.against
    if against is None:
        return icon("target", "accent")
    _, name, token = _VERDICTS[against.verdict]
    return icon(name, token)


@lru_cache(maxsize=512)
def _recipe(text: str) -> str:
    return summary(from_json(text))
