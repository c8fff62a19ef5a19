"""`fieldmark split`: what teaches and what tests, whether the two are apart, and what a careless split would claim."""

from __future__ import annotations

import argparse
from pathlib import Path

import msgspec

from engine.cli.jobs import finish_job
from engine.cli.leave_out_lines import leave_out_lines
from engine.cli.output import percent, print_result, table
from engine.cli.train_commands import chosen_recipe
from engine.insight.honesty import Honesty, read_honesty
from engine.insight.leaks import LeakReport
from engine.insight.leave_one_out import read_leave_one_out
from engine.project.project import Project
from engine.project.splits import FolderParts, SplitReport

RELATIONS = {
    "contents": "equal files",
    "copies": "copies found by a search",
    "bursts": "bursts",
    "days": "days",
    "sites": "sites",
    "names": "names alike",
    "columns": "columns of tables alike",
    "folders": "folders",
    "cameras": "cameras",
}


def split(args: argparse.Namespace) -> None:
    """`fieldmark split PROJECT [--recipe R] [--adopt] [--naive] [--leave-out RELATION]`."""
    project = Project.open(Path(args.project))
    try:
        recipe = chosen_recipe(args.recipe, args.choices)
        if args.adopt:
            project.splits.adopt(recipe.split)
        recipe = project.splits.planned(recipe)
        project.splits.divide(recipe.split)
        report = project.splits.report(recipe.split)
        assert report is not None, "it was divided just now"
        found = None
        if args.naive:
            out = project.paths.tmp / "honesty.json"
            finish_job(project.runs.compare_spec(recipe, out))
            found = read_honesty(out)
        left = None
        if args.leave_out:
            out = project.paths.tmp / "leave-one-out.json"
            finish_job(project.runs.leave_out_spec(recipe, args.leave_out, out))
            left = read_leave_one_out(out)
    finally:
        project.close()
    adopted = "\n\nThis is the plan of the project now: training divides so where a recipe says nothing of its own."
    text = _text(report, found) if left is None else "\n".join([_text(report, found), "", *leave_out_lines(left)])
    values = {**_values(report, found), "leave_one_out": None if left is None else msgspec.to_builtins(left)}
    print_result(values, text + adopted * args.adopt, as_json=args.json)


def _values(report: SplitReport, found: Honesty | None) -> dict[str, object]:
    row = report.split
    return {
        "train": row.n_train,
        "val": row.n_val,
        "test": row.n_test,
        "together": msgspec.to_builtins(report.groups),
        "classes": msgspec.to_builtins(report.strata),
        "n_dated": report.n_dated,
        "relations": [_leak_values(leaks) for leaks in report.leaks],
        "folders": None
        if report.folders is None
        else {
            "photos": report.folders.n,
            "moved": report.folders.n_moved,
            "relations": [_leak_values(leaks) for leaks in report.folders.leaks],
        },
        "honest_and_naive": None if found is None else msgspec.to_builtins(found),
    }


def _leak_values(leaks: LeakReport) -> dict[str, object]:
    return {
        "kind": leaks.kind,
        "groups": leaks.n_groups,
        "parted": len(leaks.leaks),
        "test_photos_with_relatives_in_training": leaks.n_test_leaked,
    }


def _text(report: SplitReport, found: Honesty | None) -> str:
    row = report.split
    classes = table(
        ("class", "teach", "tune", "test", "largest deviation"),
        [
            (one.name, f"{one.n_train:,}", f"{one.n_val:,}", f"{one.n_test:,}", f"{100 * one.deviation:.1f} points")
            for one in report.strata
        ],
    )
    lines = [f"{row.n_train:,} photos teach, {row.n_val:,} tune, {row.n_test:,} test", "", classes, ""]
    # Equal files are in every relation; one that adds nothing to them is not worth a line.
    equal = report.leaks[0]
    lines += [
        _leak_line(leaks)
        for leaks in report.leaks
        if leaks.n_groups and (leaks is equal or (leaks.n_groups, leaks.leaks) != (equal.n_groups, equal.leaks))
    ]
    lines += _folder_lines(report.folders)
    n = row.n_train + row.n_val + row.n_test
    lines.append(f"When they were taken is known of {report.n_dated:,} of {n:,} photos; bursts and days are of these.")
    if not any(leaks.n_groups for leaks in report.leaks):
        lines.append("No photo is known to have relatives among the others.")
    return "\n".join(lines + ([] if found is None else ["", *_honest_lines(found)]))


def _folder_lines(folders: FolderParts | None) -> list[str]:
    """What the folders' own parts would have let through, and what was done about it."""
    if folders is None:
        return []
    lines = [f"The folders say the part of {folders.n:,} photos."]
    lines += [
        f"As they divide them, {RELATIONS[found.kind]} leak: {len(found.leaks):,} of {found.n_groups:,} groups stand "
        f"on several sides; {found.n_test_leaked:,} of {found.n_test:,} test photos have a relative that teaches or "
        "tunes"
        for found in folders.leaks
    ]
    if folders.n_moved:
        lines.append(f"{folders.n_moved:,} photos stand elsewhere here than their folders say, with their relatives.")
    return lines


def _leak_line(leaks: LeakReport) -> str:
    name = RELATIONS[leaks.kind]
    if not leaks.leaks:
        return f"{name}: {leaks.n_groups:,} groups, each on one side"
    return (
        f"{name}, which this recipe does not keep together: {len(leaks.leaks):,} of {leaks.n_groups:,} groups stand on "
        f"several sides; {leaks.n_test_leaked:,} of {leaks.n_test:,} test photos have a relative that teaches or tunes"
    )


def _honest_lines(found: Honesty) -> list[str]:
    on_what = f"on {found.n:,} photos in {found.n_groups:,} groups (the intervals are over groups)"
    return [
        f"groups kept together: {_share(found.honest, found.honest_ci95)} right",
        f"photos drawn singly:  {_share(found.naive, found.naive_ci95)} right",
        f"{on_what}, sign test p = {found.p_value:.2g}. {found.verdict}",
    ]


def _share(share: float, interval: tuple[float, float]) -> str:
    return f"{percent(share)} (95 % interval {percent(interval[0])} to {percent(interval[1])})"
