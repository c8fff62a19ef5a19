"""The part of a study's page on its photos: classes, sizes, how they are divided, and whether that is honest."""

from __future__ import annotations

from html import escape

from engine.insight.leaks import LeakReport, Stratum
from engine.insight.overview import ClassBalance, Overview
from engine.report.methods import KINDS, drawn, together
from engine.report.study_contents import SplitTold, StudyContents

_MOST_SIZES = 5


def data_part(study: StudyContents) -> str:
    """HTML with headings of its own."""
    found = study.overview
    text = f"{found.n:,} photos, {found.n_labelled:,} of them labelled; {found.n_excluded:,} more are excluded."
    body = ["<h2>Photos</h2>", f"<p>{text} {escape(_sizes(found))} {escape(_looked(found))}</p>"]
    split = study.split
    body.append(_classes(found, () if split is None else split.strata))
    if split is not None:
        body += ["<h2>How they are divided</h2>", *_split(split), "<h2>Leaks</h2>", *_leaks(split)]
    return "\n".join(body)


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


def _classes(found: Overview, strata: tuple[Stratum, ...]) -> str:
    parts = {row.name: row for row in strata}
    rows = "".join(_class(row, parts.get(row.name)) for row in found.classes if row.n)
    names = ("Photos", "Share", "Teach", "Tune", "Test", "Largest deviation, points")
    head = "".join(f'<th class="n">{name}</th>' for name in names)
    return f"<table><tr><th>Class</th>{head}</tr>{rows}</table>"


def _class(row: ClassBalance, part: Stratum | None) -> str:
    counts = ("",) * 4
    if part is not None:
        counts = (f"{part.n_train:,}", f"{part.n_val:,}", f"{part.n_test:,}", f"{100 * part.deviation:.1f}")
    cells = "".join(f'<td class="n">{text}</td>' for text in (f"{row.n:,}", f"{100 * row.share:.1f} %", *counts))
    return f"<tr><td>{escape(row.name)}</td>{cells}</tr>"


def _split(split: SplitTold) -> list[str]:
    row = split.row
    n_tests = split.n_tests
    used = f"They have scored {n_tests:,} {'model' if n_tests == 1 else 'models'} so far, those deleted since included."
    parts = f"{row.n_train:,} photos teach, {row.n_val:,} tune, {row.n_test:,} test; {drawn(split)}."
    return [
        f"<p>{parts} The deviation above is of a part's share of a class from its share of all photos.</p>",
        f"<p>Kept on one side: {escape(together(split.plan.groups))}.</p>",
        f"<p>No model learns from the test photos, and they do not choose its settings. {used}</p>",
    ]


def _leaks(split: SplitTold) -> list[str]:
    rows = "".join(_leak(found) for found in split.leaks if found.n_groups)
    head = "".join(f'<th class="n">{text}</th>' for text in ("Groups", "On several sides", "Test photos affected"))
    if not rows:
        body = "<p>No photo is known to have relatives among the others.</p>"
    else:
        body = f"<table><tr><th>Relation</th>{head}</tr>{rows}</table>"
    return [f"<p><strong>{escape(_statement(split))}</strong></p>", body]


def _statement(split: SplitTold) -> str:
    n = max((found.n_test_leaked for found in split.leaks), default=0)
    if n:
        text = f"{n:,} of {split.row.n_test:,} test photos have a relative that teaches or tunes."
    else:
        text = "Of the relations that are known, none joins a test photo with one that teaches or tunes."
    return text if split.copies_searched else text + " Copies that are not equal files were not looked for."


def _leak(found: LeakReport) -> str:
    cells = (f"{found.n_groups:,}", f"{len(found.leaks):,}", f"{found.n_test_leaked:,} of {found.n_test:,}")
    name = escape(KINDS.get(found.kind, found.kind))
    return f"<tr><td>{name}</td>" + "".join(f'<td class="n">{text}</td>' for text in cells) + "</tr>"
