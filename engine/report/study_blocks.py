"""What a study's report consists of before it has a form: headings, sentences, tables, drawings, pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from engine.insight.calibration import Calibration
from engine.insight.comparison import ComparedRun
from engine.insight.curves import EpochRow
from engine.insight.metrics import Report


@dataclass(frozen=True, slots=True)
class Heading:
    """`level`: 2 for a part of the report, 3 for a run, 4 for a part of what is told of a run."""

    text: str
    level: Literal[2, 3, 4]


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph. `methods`: what a paper would say."""

    text: str
    kind: Literal["plain", "quiet", "strong", "methods"] = "plain"


@dataclass(frozen=True, slots=True)
class Points:
    """A sentence a line. `warning`: that something is wrong."""

    texts: tuple[str, ...]
    warning: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """Of words, which stand to the left, or of numbers. `of_previous`: it says nothing without the column before it."""

    text: str
    is_words: bool = False
    of_previous: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """`rows`: a text for each column. `wide`: it needs more than the width of a text. `summary`: what stands for it
    until it is asked for, where a reader can ask; empty: it is always there.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    wide: bool = False
    summary: str = ""


@dataclass(frozen=True, slots=True)
class Curves:
    """Loss and share right by epoch; `rows` is not empty."""

    rows: tuple[EpochRow, ...]


@dataclass(frozen=True, slots=True)
class Reliability:
    """Confidence beside the share that is right."""

    found: Calibration


@dataclass(frozen=True, slots=True)
class FoldStrips:
    """What the runs that were cross-validated have right in each fold; there is one at least."""

    runs: tuple[ComparedRun, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """What was called what."""

    score: Report


@dataclass(frozen=True, slots=True)
class Pictures:
    """Photo ids with captions."""

    shown: tuple[tuple[int, str], ...]


Block: TypeAlias = Heading | Text | Points | Table | Curves | Reliability | FoldStrips | Matrix | Pictures


@dataclass(frozen=True, slots=True)
class Document:
    """A report in the order in which it is read. `told`: whose it is, of when, and how far the study is."""

    title: str
    told: str
    blocks: tuple[Block, ...]
