"""The table of compared runs as CSV, Markdown or LaTeX; every number is read from the comparison.

Shares are written in percent with one digit, other numbers with three.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

from engine.data.results_csv import plain_cell
from engine.insight.comparison import ComparedRun, Comparison

_LATEX = str.maketrans(
    {"&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}", "~": r"\textasciitilde{}",
     "^": r"\textasciicircum{}", "\\": r"\textbackslash{}"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Heading:
    """A column: its name in files, and for people."""

    name: str
    text: str


HEADINGS = (
    Heading("run", "run"),
    Heading("name", "name"),
    Heading("accuracy", "right, %"),
    Heading("accuracy_ci95", "95 % interval"),
    Heading("macro_f1", "macro F1"),
    Heading("macro_f1_ci95", "95 % interval"),
    Heading("log_loss", "log loss"),
    Heading("ece", "calibration error"),
    Heading("only_right", "right alone"),
    Heading("only_wrong", "wrong alone"),
    Heading("gained", "gained"),
    Heading("lost", "lost"),
    Heading("difference", "difference, points"),
    Heading("difference_ci95", "95 % interval"),
    Heading("p_holm", "p (Holm)"),
    Heading("verdict", "verdict"),
)


def cells(run: ComparedRun) -> tuple[str, ...]:
    """The row of one run, in the order of `HEADINGS`."""
    against = run.against
    compared = (
        ("", "", "", "", "", "reference")
        if against is None
        else (
            str(against.gained),
            str(against.lost),
            f"{100 * against.difference:+.1f}",
            _points(against.difference_ci95, signed=True),
            f"{against.p_holm:.2g}",
            against.verdict,
        )
    )
    return (
        str(int(run.run_id)),
        run.name,
        f"{100 * run.accuracy:.1f}",
        _points(run.accuracy_ci95),
        f"{run.macro_f1:.3f}",
        f"{run.macro_f1_ci95[0]:.3f} to {run.macro_f1_ci95[1]:.3f}",
        f"{run.log_loss:.3f}",
        f"{run.ece:.3f}",
        str(len(run.only_right)),
        str(len(run.only_wrong)),
        *compared,
    )


def caption(found: Comparison) -> str:
    """What the table stands on, in a sentence."""
    return (
        f"{found.n:,} photos in {found.n_groups:,} groups (what belongs together counts as one) that all of these "
        f"runs were asked about; compared with run {int(found.reference)} by exact McNemar tests over groups, p-values "
        f"raised for {len(found.runs) - 1} comparisons (Holm); intervals by bootstrap over groups."
    )


def as_csv(found: Comparison) -> bytes:
    """UTF-8, a row a run."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow([heading.name for heading in HEADINGS])
    for run in found.runs:
        number, name, *rest = cells(run)
        table.writerow([number, plain_cell(name), *rest])
    return out.getvalue().encode()


def as_markdown(found: Comparison) -> bytes:
    """A table and its caption."""
    lines = [
        "| " + " | ".join(heading.text for heading in HEADINGS) + " |",
        "|" + " --- |" * len(HEADINGS),
        *("| " + " | ".join(cell.replace("|", r"\|") for cell in cells(run)) + " |" for run in found.runs),
        "",
        caption(found),
        "",
    ]
    return "\n".join(lines).encode()


def as_latex(found: Comparison) -> bytes:
    """A `table` environment with booktabs rules."""
    rows = [" & ".join(cell.translate(_LATEX) for cell in cells(run)) + r" \\" for run in found.runs]
    lines = [
        r"\begin{table}",
        r"\caption{" + caption(found).translate(_LATEX) + "}",
        r"\begin{tabular}{rl" + "r" * (len(HEADINGS) - 3) + "l}",
        r"\toprule",
        " & ".join(heading.text.translate(_LATEX) for heading in HEADINGS) + r" \\",
        r"\midrule",
        *rows,
        r"\bottomrule",
        r"\end{tabular}",
        r"\end{table}",
        "",
    ]
    return "\n".join(lines).encode()


def _points(interval: tuple[float, float], *, signed: bool = False) -> str:
    low, high = (f"{100 * end:+.1f}" if signed else f"{100 * end:.1f}" for end in interval)
    return f"{low} to {high}"
