"""Commands that make models and list them: train, recipe, runs, use."""

from __future__ import annotations

import argparse
import contextlib
import shlex
import tempfile
from collections.abc import Sequence
from pathlib import Path

import msgspec

from engine.base.dirs import recipes_dir
from engine.base.errors import UserError
from engine.base.fspath import to_bytes
from engine.base.ids import RunId
from engine.cli.jobs import JobFailed, finish_job, run_job
from engine.cli.output import percent, print_result, table
from engine.cli.report_command import PART_NAMES, photos_of_part, report_values
from engine.cli.verdict_words import tell_verdicts, verdict_values, verdict_words
from engine.data.rate_found import read_rates
from engine.insight.metrics import Report
from engine.jobs.spec import LayersSpec, TrainSpec
from engine.project.project import Project
from engine.project.run_verdicts import run_verdicts
from engine.recipe.layer_rows import LayerTable
from engine.recipe.overrides import with_choices
from engine.recipe.recipe import Recipe, from_json, sha256_of
from engine.recipe.shelf import recipe_called
from engine.recipe.toml_text import to_toml
from engine.store.rows import RunRow


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
        before = project.runs.current()
        if args.resume is not None:
            run_id = resume_run(project, RunId(args.resume), processes=args.processes)
        else:
            recipe = chosen_recipe(args.recipe, args.choices)
            run_id = train_run(project, recipe, name=args.name, processes=args.processes)
        row = project.runs.row(run_id)
        scores = {part: report_values(found) for part, found in _reports(project, run_id).items()}
        text = "\n".join([_scores_text(project, row), *_way_back(args.project, before, row)])
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
    """The recipe of that name, of the user's own too, or in that TOML file, with the choices made.

    Raises:
        UserError: there is none, it is not one, or a choice cannot be made. StorageError: it cannot be read.
    """
    return with_choices(recipe_called(name, recipes_dir()), choices)


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


def runs(args: argparse.Namespace) -> None:
    """`fieldmark runs PROJECT`."""
    project = Project.open(Path(args.project), read_only=True)
    try:
        rows = project.runs.rows()
        wrong = {row.id: run_verdicts(project, row.id) for row in rows}
        versions = {row.id: project.runs.versions(row.id) for row in rows}
    finally:
        project.close()
    cells = [
        (
            str(row.id),
            row.name,
            "in use" if row.is_current else row.state,
            _score_text(row),
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
            "fold": None if row.fold is None else row.fold.text,
            "n": row.n,
            "accuracy": row.accuracy,
            "accuracy_ci95": None if row.ci95 is None else list(row.ci95),
            "split": int(row.split_id),
            "started_at": row.started_at,
            "parent": None if row.parent_id is None else int(row.parent_id),
            "seed": row.seed,
            "labels_as_of": int(row.as_of_op),
            "recipe_sha256": sha256_of(from_json(row.recipe)),
            "versions": versions[row.id],
            "verdicts": verdict_values(wrong[row.id]),
        }
        for row in rows
    ]
    headings = ("run", "name", "state", "right on test photos", "began", "what is wrong")
    text = table(headings, cells) if cells else "There are no runs yet."
    if len({row.split_id for row in rows if row.n}) > 1:
        text += "\nNot all of them were scored on the same test photos: compare only runs of one split."
    print_result({"runs": values}, text, as_json=args.json)


def _score_text(row: RunRow) -> str:
    """How much it has right; of which photos, where these are not the test photos."""
    if row.accuracy is None:
        return "-"
    text = f"{percent(row.accuracy)} of {row.n:,}"
    return text if row.fold is None else f"{text} ({row.fold.text})"


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


def _reports(project: Project, run_id: RunId) -> dict[str, Report]:
    """The report of each part that has scored photos."""
    found = {}
    for part in PART_NAMES:
        # A network trained as a whole has no cross-validated photos; a tiny project may have no test photos.
        with contextlib.suppress(UserError):
            found[part] = project.runs.report(run_id, part)
    return found


def _way_back(project: str, before: RunRow | None, now: RunRow) -> list[str]:
    """How the model that was in use comes back; the newest is not always the better one."""
    if before is None or not now.is_current or before.id == now.id:
        return []
    score = "" if before.accuracy is None else f" ({percent(before.accuracy)} right on {before.n:,} test photos)"
    back = f"`fieldmark use {shlex.quote(project)} {before.id}` goes back to it."
    return [f"Run {before.id}, {before.name}{score}, was in use before: {back}"]


def _scores_text(project: Project, row: RunRow) -> str:
    lines = []
    for part, found in _reports(project, row.id).items():
        low, high = found.accuracy_ci95
        lines.append(
            f"{percent(found.accuracy)} right on {found.n:,} {photos_of_part(row, part)} "
            f"(95 % interval {percent(low)} to {percent(high)})"
        )
    if not project.copies.is_searched():
        lines.append(
            "Copies that are not equal files have not been looked for: if there are any, they flatter these numbers. "
            "`fieldmark copies` finds them; splits keep them together from then on."
        )
    in_use = f"Run {row.id} finished, and is the model in use now." if row.is_current else f"Run {row.id} finished."
    return in_use + "\n" + "\n".join(lines)
