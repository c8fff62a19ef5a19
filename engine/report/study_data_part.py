"""The part of a study's report on its photos: classes, sizes, how they are divided, and whether that is honest."""

from __future__ import annotations

from engine.insight.leaks import LeakReport, Stratum
from engine.insight.overview import ClassBalance, Overview
from engine.report.methods import KINDS, drawn, together
from engine.report.study_blocks import Block, Column, Heading, Table, Text
from engine.report.study_contents import SplitTold, StudyContents

_MOST_SIZES = 5
_CLASSES = ("Photos", "Share", "Teach", "Tune", "Test", "Largest deviation, points")
_LEAKS = ("Groups", "On several sides", "Test photos affected")


def data_part(study: StudyContents) -> list[Block]:
    """With headings of its own."""
    found, split = study.overview, study.split
    text = f"{found.n:,} photos, {found.n_labelled:,} of them labelled; {found.n_excluded:,} more are excluded."
    told = " ".join(part for part in (text, _sizes(found), _looked(found)) if part)
    body: list[Block] = [Heading("Photos", 2), Text(told), _classes(found, () if split is None else split.strata)]
    if split is not None:
        body += [Heading("How they are divided", 2), *_split(split), Heading("Leaks", 2), *_leaks(split)]
    return body


def _sizes(found: Overview) -> str:
    common = ", ".join(f"{size.width} x {size.height} ({size.n:,})" for size in found.sizes[:_MOST_SIZES])
    n = len(found.sizes)
    return f"{n:,} {'size' if n == 1 else 'sizes'} in pixels, the commonest {common}." if n else ""


def _looked(found: Overview) -> str:
    if not found.n_looked:
        return "The photos have not been looked at for dates, cameras and odd ones."
    dated = [count for count in found.days if count.value]
    span = f"taken from {dated[0].value} to {dated[-1].value}" if dated else "without dates"
    odd = sum(len(row.photo_ids) for row in found.odd)
    n_cameras = sum(bool(count.value) for count in found.cameras)
    return f"Of {found.n_looked:,} that were looked at: {span}, {n_cameras:,} cameras, {odd:,} findings of odd photos."


def _classes(found: Overview, strata: tuple[Stratum, ...]) -> Table:
    parts = {row.name: row for row in strata}
    columns = (Column("Class", is_words=True), *map(Column, _CLASSES))
    return Table(columns, tuple(_class(row, parts.get(row.name)) for row in found.classes if row.n))


def _class(row: ClassBalance, part: Stratum | None) -> tuple[str, ...]:
    counts = ("",) * 4
    if part is not None:
        counts = (f"{part.n_train:,}", f"{part.n_val:,}", f"{part.n_test:,}", f"{100 * part.deviation:.1f}")
    return (row.name, f"{row.n:,}", f"{100 * row.share:.1f} %", *counts)


def _split(split: SplitTold) -> list[Block]:
    row = split.row
    n_tests = split.n_tests
    used = f"They have scored {n_tests:,} {'model' if n_tests == 1 else 'models'} so far, those deleted since included."
    parts = f"{row.n_train:,} photos teach, {row.n_val:,} tune, {row.n_test:,} test; {drawn(split)}."
    return [
        Text(f"{parts} The deviation above is of a part's share of a class from its share of all photos."),
        Text(f"Kept on one side: {together(split.plan.groups)}."),
        Text(f"No model learns from the test photos, and they do not choose its settings. {used}"),
    ]


def _leaks(split: SplitTold) -> list[Block]:
    rows = tuple(_leak(found) for found in split.leaks if found.n_groups)
    statement = Text(_statement(split), "strong")
    if not rows:
        return [statement, Text("No photo is known to have relatives among the others.")]
    return [statement, Table((Column("Relation", is_words=True), *map(Column, _LEAKS)), rows)]


def _statement(split: SplitTold) -> str:
    n = max((found.n_test_leaked for found in split.leaks), default=0)
    if n:
        text = f"{n:,} of {split.row.n_test:,} test photos have a relative that teaches or tunes."
    else:
        text = "Of the relations that are known, none joins a test photo with one that teaches or tunes."
    return text if split.copies_searched else text + " Copies that are not equal files were not looked for."


def _leak(found: LeakReport) -> tuple[str, ...]:
    affected = f"{found.n_test_leaked:,} of {found.n_test:,}"
    return (KINDS.get(found.kind, found.kind), f"{found.n_groups:,}", f"{len(found.leaks):,}", affected)
