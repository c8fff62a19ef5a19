"""What is wrong with a run, as the command line says it: sentences, values, a word in a list."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from engine.insight.verdicts import Verdict


def verdict_values(found: Sequence[Verdict]) -> list[dict[str, object]]:
    """The verdicts as plain JSON values, worst first."""
    return [
        {"kind": verdict.kind, "severity": verdict.severity, "text": verdict.text, "advice": verdict.advice}
        for verdict in found
    ]


def verdict_words(found: Sequence[Verdict]) -> str:
    """All of them in a few words; empty without any."""
    return ", ".join(verdict.word for verdict in found)


def verdict_text(found: Sequence[Verdict]) -> str:
    """A line for each: what is wrong, and what to do."""
    return "\n".join(f"{verdict.text} {verdict.advice}" for verdict in found)


def tell_verdicts(found: Sequence[Verdict]) -> None:
    """They are on stderr."""
    if found:
        print(verdict_text(found), file=sys.stderr)
