"""The table of compared runs as CSV, Markdown or LaTeX; every number is read from the comparison.

Shares are written in percent with one digit, other numbers with three.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from engine.data.results_csv import plain_cell
from engine.insight.comparison import Against, ComparedRun, Comparison
from engine.insight.fold_spread import FoldSpread

_LATEX = str.maketrans(
    {"&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}", "~": r"\textasciitilde{}",
     "^": r"\textasciicircum{}", "\\": r"\textbackslash{}", "–": "--"}
)  # fmt: skip
# For people; a spreadsheet has an empty cell.
UNKNOWN = "–"
_METHODS = {
    "average": "their probabilities averaged",
    "weighted": "averaged with weights that make their cross-validated answers likeliest",
    "stacked": "joined by a stack that was fitted to their cross-validated answers",
}


@dataclass(frozen=True, slots=True)
class Heading:
    """A column: its name in files, its heading for people, and what it says of a run, empty where it says nothing."""

    name: str
    text: str
    cell: Callable[[ComparedRun], str]
    is_words: bool = False


def _tested(name: str, text: str, cell: Callable[[Against], str]) -> Heading:
    """A column of the test against the reference, about which the reference's own row says nothing."""
    return Heading(name, text, lambda run: "" if run.against is None else cell(run.against))


def _folded(name: str, text: str, cell: Callable[[FoldSpread], str]) -> Heading:
    return Heading(name, text, lambda run: "" if run.folds is None else cell(run.folds))


def _fact(name: str, text: str, pattern: str = "{:.3f}", times: float = 1.0) -> Heading:
    """A column of a number of `RunFacts`, called as it is there."""

    def cell(run: ComparedRun) -> str:
        value: float | None = getattr(run.facts, name)
        return "" if value is None else pattern.format(times * value)

    return Heading(name, text, cell)


HEADINGS = (
    Heading("run", "run", lambda run: str(int(run.run_id))),
    Heading("name", "name", lambda run: run.name, is_words=True),
    Heading("accuracy", "right, %", lambda run: f"{100 * run.accuracy:.1f}"),
    Heading("accuracy_ci95", "95 % interval", lambda run: _points(run.accuracy_ci95)),
    Heading("macro_f1", "macro F1", lambda run: f"{run.macro_f1:.3f}"),
    Heading("macro_f1_ci95", "95 % interval", lambda run: "{:.3f} to {:.3f}".format(*run.macro_f1_ci95)),
    Heading("log_loss", "log loss", lambda run: f"{run.log_loss:.3f}"),
    Heading("ece", "calibration error", lambda run: f"{run.ece:.3f}"),
    Heading("only_right", "right alone", lambda run: str(len(run.only_right))),
    Heading("only_wrong", "wrong alone", lambda run: str(len(run.only_wrong))),
    _tested("gained", "gained", lambda against: str(against.gained)),
    _tested("lost", "lost", lambda against: str(against.lost)),
    _tested("difference", "difference, points", lambda against: f"{100 * against.difference:+.1f}"),
    _tested("difference_ci95", "95 % interval", lambda against: _points(against.difference_ci95, signed=True)),
    _tested("p_holm", "p (Holm)", lambda against: f"{against.p_holm:.2g}"),
    Heading("verdict", "verdict", lambda run: run.against.verdict if run.against else "reference", is_words=True),
)
# Further scores.
MORE_SCORES = (
    Heading("macro_precision", "macro precision", lambda run: f"{run.macro_precision:.3f}"),
    Heading("macro_recall", "macro recall", lambda run: f"{run.macro_recall:.3f}"),
    Heading("top5", "right in five, %", lambda run: "" if run.top5 is None else f"{100 * run.top5:.1f}"),
)
# What the runs are, see `engine.insight.run_facts`.
FACTS = (
    Heading("recipe", "recipe", lambda run: run.recipe, is_words=True),
    _fact("n_parameters", "parameters, million", times=1e-6),
    _fact("n_trainable", "trained, million", times=1e-6),
    _fact("train_loss", "training loss"),
    _fact("train_accuracy", "training right, %", "{:.1f}", times=100),
    _fact("val_loss", "validation loss"),
    _fact("val_accuracy", "validation right, %", "{:.1f}", times=100),
    _fact("minutes", "minutes", "{:.1f}"),
    _fact("learn_rate", "learning, photos a second", "{:.0f}"),
    _fact("answer_rate", "classifying, photos a second", "{:.0f}"),
)
# Of cross-validated runs, see `engine.insight.fold_spread`.
FOLDS = (
    _folded("folds", "folds", lambda folds: str(len(folds.scores))),
    _folded("fold_accuracy", "right over the folds, %", lambda folds: f"{100 * folds.accuracy:.1f}"),
    _folded("fold_accuracy_sd", "standard deviation, points", lambda folds: f"{100 * folds.accuracy_sd:.1f}"),
    _folded("fold_macro_f1", "macro F1 over the folds", lambda folds: f"{folds.macro_f1:.3f}"),
    _folded("fold_macro_f1_sd", "standard deviation", lambda folds: f"{folds.macro_f1_sd:.3f}"),
    _folded("fold_p", "p over the folds", lambda folds: "" if folds.p_value is None else f"{folds.p_value:.2g}"),
)
ALL_HEADINGS = (*HEADINGS, *MORE_SCORES, *FACTS, *FOLDS)


def cells(run: ComparedRun, headings: Sequence[Heading] = HEADINGS) -> tuple[str, ...]:
    """The row of one run; empty where a column says nothing of it."""
    return tuple(heading.cell(run) for heading in headings)


def shown_cells(run: ComparedRun, headings: Sequence[Heading] = HEADINGS) -> tuple[str, ...]:
    """As `cells`, for people: a dash where there is nothing."""
    return tuple(cell or UNKNOWN for cell in cells(run, headings))


def headings_called(names: Sequence[str]) -> tuple[Heading, ...]:
    """The columns of these names, in their order."""
    called = {heading.name: heading for heading in ALL_HEADINGS}
    return tuple(called[name] for name in names)


def filled(runs: Sequence[ComparedRun], headings: Sequence[Heading]) -> tuple[Heading, ...]:
    """Those of the columns that say something of one of the runs at least."""
    return tuple(heading for heading in headings if any(heading.cell(run) for run in runs))


def caption(found: Comparison) -> str:
    """What the table stands on, in a sentence."""
    n_tests = len(found.runs) - 1
    text = (
        f"{found.n:,} photos in {found.n_groups:,} groups (what belongs together counts as one) that all of these "
        f"runs were asked about; compared with run {int(found.reference)} by exact McNemar tests over groups, p-values "
        f"raised for {n_tests} comparison{'' if n_tests == 1 else 's'} (Holm); intervals by bootstrap over groups."
    ) + "".join(f" {_made_of(run)}" for run in found.runs if run.members)
    if found.unsettled:
        text += (
            f" Not settled: {', '.join(found.unsettled)}. By itself the difference is more than chance (its interval "
            "leaves out 0), but one so large among all that were tested may well be chance: more photos, or fewer rows,"
            " would tell."
        )
    if found.in_folds:
        text += " Each photo was answered by the model that had not learned from its fold; no test photo is among them."
    if found.repeated:
        text += " The scores and tests of each row are of its first repetition; what stands over the folds is of all."
    if any(run.folds is not None and run.folds.p_value is not None for run in found.runs):
        text += (
            " Over the folds of the cross-validation: corrected resampled t-tests, each p-value by itself. These ask "
            "whether the recipe would do better again with other training photos; the tests before, whether these "
            "models differ on these photos."
        )
    return text


def _made_of(run: ComparedRun) -> str:
    """What a row is that is not a run, in a sentence."""
    if run.method == "views":
        return f"{run.name}: run {run.members[0]}, looking at each photo several times."
    *others, last = (str(member) for member in run.members)
    return f"{run.name}: runs {', '.join(others)} and {last}, {_METHODS[run.method]}."


def as_csv(
    found: Comparison, headings: Sequence[Heading] = ALL_HEADINGS, runs: Sequence[ComparedRun] | None = None
) -> bytes:
    """UTF-8, a row a run; `runs`: those of the table in their order, None for all."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow([heading.name for heading in headings])
    for run in found.runs if runs is None else runs:
        table.writerow([plain_cell(one.cell(run)) if one.is_words else one.cell(run) for one in headings])
    return out.getvalue().encode()


def as_markdown(
    found: Comparison, headings: Sequence[Heading] = ALL_HEADINGS, runs: Sequence[ComparedRun] | None = None
) -> bytes:
    """A table and its caption, without columns that say nothing; `runs` as of `as_csv`."""
    rows = found.runs if runs is None else runs
    shown = filled(rows, headings)
    lines = [
        "| " + " | ".join(heading.text for heading in shown) + " |",
        "|" + " --- |" * len(shown),
        *("| " + " | ".join(cell.replace("|", r"\|") for cell in shown_cells(run, shown)) + " |" for run in rows),
        "",
        caption(found),
        "",
    ]
    return "\n".join(lines).encode()


def as_latex(
    found: Comparison, headings: Sequence[Heading] = ALL_HEADINGS, runs: Sequence[ComparedRun] | None = None
) -> bytes:
    """A `table` environment with booktabs rules, without columns that say nothing; `runs` as of `as_csv`."""
    rows = found.runs if runs is None else runs
    shown = filled(rows, headings)
    lines = [
        r"\begin{table}",
        r"\caption{" + caption(found).translate(_LATEX) + "}",
        r"\begin{tabular}{" + "".join("l" if heading.is_words else "r" for heading in shown) + "}",
        r"\toprule",
        " & ".join(heading.text.translate(_LATEX) for heading in shown) + r" \\",
        r"\midrule",
        *(" & ".join(cell.translate(_LATEX) for cell in shown_cells(run, shown)) + r" \\" for run in rows),
        r"\bottomrule",
        r"\end{tabular}",
        r"\end{table}",
        "",
    ]
    return "\n".join(lines).encode()


def _points(interval: tuple[float, float], *, signed: bool = False) -> str:
    low, high = (f"{100 * end:+.1f}" if signed else f"{100 * end:.1f}" for end in interval)
    return f"{low} to {high}"
