"""`fieldmark explore`: what the photos of a project are like, which are odd, and which labels are in doubt."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import msgspec

from engine.base.errors import UserError
from engine.base.files import atomic_write
from engine.base.fspath import to_text
from engine.base.ids import PhotoId
from engine.cli.explore_alike import Alike, alike_lines, alike_on_page, alike_values, read_alike
from engine.cli.jobs import finish_job
from engine.cli.output import percent, print_result, table
from engine.insight.overview import Overview
from engine.project.alike import LookAlike
from engine.project.explore import DoubtfulLabel
from engine.project.pictures import small_picture
from engine.project.project import Project
from engine.report.explore_page import ODD_NAMES, ODD_RULES, SAMPLES_PER_CLASS, Doubt, PageContents, explore_page

_MOST_IN_TEXT = 8


def explore(args: argparse.Namespace) -> None:
    """`fieldmark explore PROJECT [--alike] [--html OUT]`."""
    project = Project.open(Path(args.project))
    try:
        finish_job(project.explore.look_spec())
        project.explore.take_in()
        if args.alike:
            finish_job(project.explore.features_spec())
        seen = _seen(project)
        if args.html is not None:
            _write_page(project, seen, Path(args.html))
        written = [] if args.html is None else ["", f"Wrote the page {args.html}"]
        print_result(_values(project, seen), "\n".join([_text(project, seen), *written]), as_json=args.json)
    finally:
        project.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """All that is told. `doubts`: None if nobody can doubt yet; `alike`: None if the photos were never compared."""

    overview: Overview
    doubts: tuple[DoubtfulLabel, ...] | None
    alike: Alike | None

    def like(self, photo_id: PhotoId) -> tuple[LookAlike, ...]:
        """The photos that one in doubt looks like."""
        return () if self.alike is None else self.alike.like[photo_id]


def _seen(project: Project) -> _Seen:
    doubts = _doubts(project)
    return _Seen(
        overview=project.explore.overview(),
        doubts=doubts,
        alike=read_alike(project, [doubt.photo_id for doubt in doubts or ()]),
    )


def _doubts(project: Project) -> tuple[DoubtfulLabel, ...] | None:
    """None if there is no model in use, or none with answers for photos it had not seen."""
    current = project.runs.current()
    if current is None:
        return None
    try:
        return project.explore.doubtful_labels(current.id)
    except UserError:
        return None


def _values(project: Project, seen: _Seen) -> dict[str, object]:
    values: dict[str, object] = msgspec.to_builtins(seen.overview)
    suspects = None
    if seen.doubts is not None:
        rows = {row.id: row for row in project.browse.rows([doubt.photo_id for doubt in seen.doubts])}
        suspects = [
            {
                "id": int(doubt.photo_id),
                "path": to_text(rows[doubt.photo_id].path),
                "label": doubt.label,
                "suggested": doubt.suggested,
                "doubt": round(doubt.doubt, 4),
                "looks_like": msgspec.to_builtins(seen.like(doubt.photo_id)),
            }
            for doubt in seen.doubts
        ]
    return {**values, **alike_values(seen.alike), "doubtful_labels": suspects}


def _text(project: Project, seen: _Seen) -> str:
    found = seen.overview
    if not found.n and not found.n_excluded:
        return "There are no photos yet: `fieldmark import PROJECT FOLDER` brings some."
    classes = table(
        ("class", "photos", "share", "teach", "tune", "test", "excluded"),
        [
            (
                row.name,
                f"{row.n:,}",
                percent(row.share),
                *map(str, (row.n_train, row.n_val, row.n_test)),
                str(row.n_excluded),
            )
            for row in found.classes
        ],
    )
    odd = [
        f"{ODD_NAMES[odd.kind]} ({ODD_RULES[odd.kind].format(odd.limit)}): {len(odd.photo_ids):,}" for odd in found.odd
    ]
    n_odd_sizes = sum(size.is_outlier for size in found.sizes)
    lines = [
        f"{found.n:,} photos, {found.n_labelled:,} labelled, {found.n_excluded:,} excluded",
        "",
        classes,
        *_parts_lines(found),
        "",
        f"{len(found.sizes):,} sizes, {n_odd_sizes:,} of them unlike the others; commonest {_commonest(found)}",
        "Formats: " + ", ".join(f"{count.value} {count.n:,}" for count in found.formats),
        "Colour modes: " + ", ".join(f"{count.value or 'not known'} {count.n:,}" for count in found.modes),
        "Cameras: " + ", ".join(f"{c.value or 'not known'} {c.n:,}" for c in found.cameras[:_MOST_IN_TEXT]),
        "",
        *odd,
    ]
    return "\n".join([*lines, "", *alike_lines(project, seen.alike), "", *_doubt_lines(project, seen.doubts)])


def _parts_lines(found: Overview) -> list[str]:
    if any(row.n_train or row.n_val or row.n_test for row in found.classes):
        return []
    return ["Which photos teach, tune and test is settled by the first training, or by `fieldmark split PROJECT`."]


def _commonest(found: Overview) -> str:
    return ", ".join(f"{size.width} x {size.height} ({size.n:,})" for size in found.sizes[:3])


def _doubt_lines(project: Project, doubts: tuple[DoubtfulLabel, ...] | None) -> list[str]:
    if doubts is None:
        return ["Labels in doubt: train first, then models that had not seen a photo can contradict its label."]
    shown = doubts[:_MOST_IN_TEXT]
    rows = {row.id: row for row in project.browse.rows([doubt.photo_id for doubt in shown])}
    lines = [f"  {rows[d.photo_id].shown}: labelled {d.label}, looks like {d.suggested}" for d in shown]
    more = len(doubts) - len(shown)
    return [
        f"Photos that look more like another class than like their label, the clearest first: {len(doubts):,}",
        *lines,
        *([f"  and {more:,} more"] if more else []),
    ]


def _write_page(project: Project, seen: _Seen, out: Path) -> None:
    found = seen.overview
    facts = project.explore.facts()
    samples: dict[str, list[int]] = {row.name: [] for row in found.classes if row.n}
    for photo in facts:
        if photo.state == "labelled" and len(samples[photo.class_name]) < SAMPLES_PER_CLASS:
            samples[photo.class_name].append(photo.photo_id)

    def name(photo_id: int) -> str:
        return project.browse.rows([photo_id])[0].shown

    page = explore_page(
        PageContents(
            title=project.name,
            made_on=date.today().isoformat(),
            overview=found,
            samples=samples,
            doubts=None if seen.doubts is None else [_doubt(row, seen.like(row.photo_id)) for row in seen.doubts],
            alike=None if seen.alike is None else alike_on_page(seen.alike),
            picture=lambda photo_id: small_picture(project, PhotoId(photo_id)),
            name=name,
        )
    )
    atomic_write(out, page.encode())


def _doubt(row: DoubtfulLabel, like: tuple[LookAlike, ...]) -> Doubt:
    return Doubt(
        photo_id=row.photo_id,
        label=row.label,
        suggested=row.suggested,
        doubt=row.doubt,
        alike=tuple((one.photo_id, one.class_name) for one in like),
    )
