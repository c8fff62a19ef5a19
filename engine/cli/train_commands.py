"""Commands that make and judge models: train, report."""

from __future__ import annotations

import argparse
import contextlib
import tempfile
from collections.abc import Sequence
from pathlib import Path

import msgspec

from engine.base.errors import UserError
from engine.base.fspath import to_bytes, to_path
from engine.base.ids import RunId
from engine.cli.jobs import JobFailed, finish_job, run_job
from engine.cli.output import percent, print_result, table
from engine.cli.verdict_words import tell_verdicts, verdict_text, verdict_values, verdict_words
from engine.data.rate_found import read_rates
from engine.insight.metrics import Report
from engine.insight.verdicts import Verdict
from engine.jobs.spec import LayersSpec, TrainSpec
from engine.project.project import Project
from engine.project.run_verdicts import run_verdicts
from engine.project.run_views import used_views
from engine.recipe.layer_rows import LayerTable
from engine.recipe.overrides import with_choices
from engine.recipe.presets import preset
from engine.recipe.recipe import Recipe
from engine.recipe.toml_text import SUFFIX, from_toml, to_toml
from engine.recipe.views_cfg import ONCE, ViewsCfg
from engine.store.rows import RunRow

PART_NAMES = {
    "test": "held-out test photos",
    "cv": "training photos, each scored by a model that had not seen it",
}


def train(args: argparse.Namespace) -> None:
    """`fieldmark train PROJECT [--recipe NAME_OR_FILE] [--set PLACE=VALUE]... [--resume RUN] [--processes N]`."""
    if args.processes < 0:
        raise UserError("A training takes one process at least.", advice="Choose 1 or more, or leave it out.")
    project = Project.open(Path(args.project))
    if args.find_rate:
        _find_rate(project, chosen_recipe(args.recipe, args.choices), as_json=args.json)
        return
    if args.find_batch:
        _find_batch(project, chosen_recipe(args.recipe, args.choices), as_json=args.json)
        return
    try:
        if args.resume is not None:
            run_id = resume_run(project, RunId(args.resume), processes=args.processes)
        else:
            recipe = chosen_recipe(args.recipe, args.choices)
            run_id = train_run(project, recipe, name=args.name, processes=args.processes)
        row = project.runs.row(run_id)
        scores = {part: report_values(found) for part, found in _reports(project, run_id).items()}
        text = _scores_text(project, row)
        wrong = verdict_values(run_verdicts(project, run_id))
    finally:
        project.close()
    head = {"run": int(run_id), "name": row.name, "state": row.state, "in_use": row.is_current}
    print_result({**head, **scores, "verdicts": wrong}, text, as_json=args.json)


def _find_rate(project: Project, recipe: Recipe, *, as_json: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "rates.json"
        try:
            spec = project.runs.rate_spec(recipe, out)
        finally:
            project.close()
        finish_job(spec)
        found = read_rates(out)
    lines = [(f"{rate:.1e}", f"{loss:.3f}") for rate, loss in zip(found.rates, found.losses, strict=True)]
    told = "No rate made the loss fall." if found.suggested is None else f"Suggested: {found.suggested:.1e}"
    print_result(msgspec.to_builtins(found), f"{table(('rate', 'loss'), lines)}\n{told}", as_json=as_json)


def _find_batch(project: Project, recipe: Recipe, *, as_json: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "layers.json"
        try:
            n_classes = max(2, project.runs.trainability().n_classes)
        finally:
            project.close()
        finish_job(LayersSpec(recipe=recipe, n_classes=n_classes, out=to_bytes(out)))
        found = msgspec.json.decode(out.read_bytes(), type=LayerTable)
    told = f"{found.batch} photos a step take about {found.training_bytes / 1e9:.1f} GB. "
    told += (
        f"Up to {found.largest_batch} fit into the memory that is free here: --set training.batch={found.largest_batch}"
        if found.largest_batch
        else "Not even two fit into the memory that is free here: choose smaller photos or a smaller network."
    )
    values = {"batch": found.batch, "bytes": found.training_bytes, "largest_batch": found.largest_batch}
    print_result(values, told, as_json=as_json)


def recipe(args: argparse.Namespace) -> None:
    """`fieldmark recipe [NAME_OR_FILE] [--set PLACE=VALUE]...`."""
    found = chosen_recipe(args.recipe, args.choices)
    print_result(msgspec.to_builtins(found), to_toml(found).rstrip(), as_json=args.json)


def chosen_recipe(name: str, choices: Sequence[str]) -> Recipe:
    """The recipe of that name, or in that TOML file, with the choices made.

    Raises:
        UserError: there is none, it cannot be read, or a choice cannot be made.
    """
    if not name.endswith(SUFFIX):
        return with_choices(preset(name), choices)
    try:
        text = Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(
            f"The recipe {name} could not be read.", safe="Nothing was trained.", details=repr(error)
        ) from error
    return with_choices(from_toml(text), choices)


def train_run(
    project: Project, recipe: Recipe, *, name: str = "", start_from: RunId | None = None, processes: int = 0
) -> RunId:
    """A run is trained and its results are in the project; what is wrong with it is on stderr.

    Args:
        processes: as in `TrainSpec`.
    Raises:
        UserError: there is too little to learn from.
        JobFailed: the run was stopped, failed or crashed; it is listed with what happened.
    """
    run_id, spec = project.runs.begin(recipe, name=name, start_from=start_from)
    return _carry_out(project, run_id, spec, processes)


def resume_run(project: Project, run_id: RunId, *, processes: int = 0) -> RunId:
    """A run that was interrupted goes on from its checkpoint, to its end.

    Raises:
        UserError: there is no such run, or nothing to go on from.
        JobFailed: as `train_run`.
    """
    return _carry_out(project, run_id, project.runs.resume(run_id), processes)


def _carry_out(project: Project, run_id: RunId, spec: TrainSpec, processes: int) -> RunId:
    project.runs.mark_running(run_id)
    ended = run_job(msgspec.structs.replace(spec, processes=processes))
    project.runs.finish(run_id, ended)
    tell_verdicts(run_verdicts(project, run_id))
    if ended.reason != "finished":
        raise JobFailed(ended)
    return run_id


def report(args: argparse.Namespace) -> None:
    """`fieldmark report PROJECT [--run ID] [--part test|cv]`."""
    project = Project.open(Path(args.project), read_only=True)
    try:
        row = _chosen_run(project, args.run)
        found = project.runs.report(row.id, args.part)
        wrong = run_verdicts(project, row.id)
        views = used_views(to_path(row.folder))
        values = {
            "run": int(row.id),
            "name": row.name,
            "part": args.part,
            "stale_labels": row.n_label_changes,
            "verdicts": verdict_values(wrong),
            "views": list(views.names),
        }
        print_result(
            {**values, **report_values(found)},
            report_text(row, args.part, found, wrong, views),
            as_json=args.json,
        )
    finally:
        project.close()


def _chosen_run(project: Project, run_id: int | None) -> RunRow:
    if run_id is not None:
        return project.runs.row(RunId(run_id))
    row = project.runs.current()
    if row is None:
        raise UserError("There is no trained model yet.", advice="Run `fieldmark train` first.")
    return row


def runs(args: argparse.Namespace) -> None:
    """`fieldmark runs PROJECT`."""
    project = Project.open(Path(args.project), read_only=True)
    try:
        rows = project.runs.rows()
        wrong = {row.id: run_verdicts(project, row.id) for row in rows}
    finally:
        project.close()
    cells = [
        (
            str(row.id),
            row.name,
            "in use" if row.is_current else row.state,
            "-" if row.accuracy is None else f"{percent(row.accuracy)} of {row.n:,}",
            row.started_at[:16].replace("T", " "),
            verdict_words(wrong[row.id]) or "-",
        )
        for row in rows
    ]
    values = [
        {
            "run": int(row.id),
            "name": row.name,
            "state": row.state,
            "in_use": row.is_current,
            "n": row.n,
            "accuracy": row.accuracy,
            "accuracy_ci95": None if row.ci95 is None else list(row.ci95),
            "split": int(row.split_id),
            "started_at": row.started_at,
            "verdicts": verdict_values(wrong[row.id]),
        }
        for row in rows
    ]
    headings = ("run", "name", "state", "right on test photos", "began", "what is wrong")
    text = table(headings, cells) if cells else "There are no runs yet."
    if len({row.split_id for row in rows if row.n}) > 1:
        text += "\nNot all of them were scored on the same test photos: compare only runs of one split."
    print_result({"runs": values}, text, as_json=args.json)


def use(args: argparse.Namespace) -> None:
    """`fieldmark use PROJECT RUN`."""
    project = Project.open(Path(args.project))
    try:
        project.runs.promote(RunId(args.run))
        row = project.runs.row(RunId(args.run))
    finally:
        project.close()
    print_result(
        {"run": args.run, "name": row.name}, f"Run {row.id}, {row.name}, is the model in use.", as_json=args.json
    )


def report_values(found: Report) -> dict[str, object]:
    """The report as plain JSON values; confusion has a row for each true class and a column for each answer."""
    return {
        "n": found.n,
        "n_unknown": found.n_unknown,
        "accuracy": found.accuracy,
        "accuracy_ci95": list(found.accuracy_ci95),
        "top5": found.top5,
        "macro_precision": found.macro_precision,
        "macro_recall": found.macro_recall,
        "macro_f1": found.macro_f1,
        "baseline": found.baseline,
        "per_class": [
            {
                "class": row.name,
                "precision": row.precision,
                "recall": row.recall,
                "f1": row.f1,
                "support": row.support,
                "recall_ci95": None if row.recall_ci95 is None else list(row.recall_ci95),
            }
            for row in found.per_class
        ],
        "confusion": found.confusion.tolist(),
        "classes": list(found.classes),
    }


def report_text(row: RunRow, part: str, found: Report, wrong: Sequence[Verdict], views: ViewsCfg) -> str:
    """The report for people: the score with its n and interval, what is wrong, the classes, the largest confusions."""
    low, high = found.accuracy_ci95
    interval = f"95 % interval {percent(low)} to {percent(high)}"
    lines = [
        f"Run {row.id}, {row.name}: {PART_NAMES[part]}",
        f"{percent(found.accuracy)} right on {found.n:,} photos ({interval})",
        f"largest class alone: {percent(found.baseline)}",
        f"macro precision {found.macro_precision:.3f}, recall {found.macro_recall:.3f}, F1 {found.macro_f1:.3f}"
        + ("" if found.top5 is None else f"; in the first five {percent(found.top5)}"),
    ]
    if row.n_label_changes:
        lines.append(
            f"{row.n_label_changes} labels have changed since this run; train again for a model that knows them."
        )
    if views != ONCE:
        lines.append(f"When it classifies, it looks at each photo {views.n_views} times; this is of looking once.")
    if wrong:
        lines += ["", verdict_text(wrong)]
    cells = [(c.name, f"{c.precision:.2f}", f"{c.recall:.2f}", f"{c.f1:.2f}", str(c.support)) for c in found.per_class]
    lines += ["", table(("class", "precision", "recall", "F1", "photos"), cells)]
    worst = _largest_confusions(found)
    if worst:
        lines += ["", "Most often confused:", *worst]
    return "\n".join(lines)


def _largest_confusions(found: Report, limit: int = 5) -> list[str]:
    pairs = [
        (int(found.confusion[i, j]), i, j)
        for i in range(len(found.classes))
        for j in range(len(found.classes))
        if i != j and found.confusion[i, j]
    ]
    top = sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2]))[:limit]
    return [f"  {found.classes[i]} taken for {found.classes[j]}: {n}" for n, i, j in top]


def _reports(project: Project, run_id: RunId) -> dict[str, Report]:
    """The report of each part that has scored photos."""
    found = {}
    for part in PART_NAMES:
        # A network trained as a whole has no cross-validated photos; a tiny project may have no test photos.
        with contextlib.suppress(UserError):
            found[part] = project.runs.report(run_id, part)
    return found


def _scores_text(project: Project, row: RunRow) -> str:
    lines = []
    for part, found in _reports(project, row.id).items():
        low, high = found.accuracy_ci95
        lines.append(
            f"{percent(found.accuracy)} right on {found.n:,} {PART_NAMES[part]} "
            f"(95 % interval {percent(low)} to {percent(high)})"
        )
    if not project.copies.is_searched():
        lines.append(
            "Copies that are not equal files have not been looked for: if there are any, they flatter these numbers. "
            "`fieldmark copies` finds them; splits keep them together from then on."
        )
    in_use = f"Run {row.id} finished, and is the model in use now." if row.is_current else f"Run {row.id} finished."
    return in_use + "\n" + "\n".join(lines)
