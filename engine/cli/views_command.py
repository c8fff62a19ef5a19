"""Command that tries looking at each photo several times, and makes the model do so: views."""

from __future__ import annotations

import argparse
from pathlib import Path

from engine.base.errors import UserError
from engine.base.ids import RunId
from engine.cli.jobs import finish_job
from engine.cli.output import print_result
from engine.insight.view_gain import HOW, Side, ViewGain, gain_text
from engine.project.joined_runs import InViews
from engine.project.project import Project
from engine.project.run_views import views_asked
from engine.recipe.views_cfg import ONCE
from engine.store.rows import RunRow

_AS_ROW = (
    "It has answered the test photos so, too: `fieldmark compare PROJECT --views {0}:{1}` shows it beside the others. "
    "Choose views by the photos outside the test, as above; views chosen by the test's flatter the model."
)


def views(args: argparse.Namespace) -> None:
    """`fieldmark views PROJECT [--run ID] [--views NAMES] [--adopt] [--as-row]`."""
    wanted = views_asked(args.views)
    project = Project.open(Path(args.project), read_only=not args.adopt)
    try:
        row = _run(project, args.run)
        found = None
        if wanted != ONCE:
            finish_job(project.runs.views_spec(row.id, wanted, n_most=args.most))
            found = project.runs.view_gain(row.id)
        if args.as_row and wanted != ONCE:
            finish_job(project.comparisons.in_views_spec(InViews(run_id=row.id, views=wanted)))
        if args.adopt:
            project.runs.adopt_views(row.id, wanted)
        chosen = project.runs.views(row.id)
    finally:
        project.close()
    lines = [] if found is None else [f"{gain_text(found)} Scored: {HOW[found.how]}."]
    names = ", ".join(chosen.names)
    lines.append(
        f"Run {row.id}, {row.name}, looks at each photo {chosen.n_views} times when it classifies ({names})."
        if names
        else f"Run {row.id}, {row.name}, looks at each photo once when it classifies."
    )
    if args.as_row and wanted != ONCE:
        lines.append(_AS_ROW.format(row.id, ",".join(wanted.names)))
    values = {
        "run": int(row.id),
        "name": row.name,
        "tried": None if found is None else gain_values(found),
        "in_use": list(chosen.names),
        "n_views": chosen.n_views,
    }
    print_result(values, "\n".join(lines), as_json=args.json)


def gain_values(found: ViewGain) -> dict[str, object]:
    """The comparison as plain JSON values."""
    return {
        "views": list(found.views.names),
        "n_views": found.views.n_views,
        "n": found.n,
        "how": found.how,
        "once": _side_values(found.once),
        "several": _side_values(found.several),
        "gained": found.gained,
        "lost": found.lost,
        "difference": found.difference,
        "difference_ci95": list(found.difference_ci95),
        "p_value": found.p_value,
        "outcome": found.outcome,
        "cost": found.cost,
        "text": gain_text(found),
    }


def _side_values(side: Side) -> dict[str, object]:
    return {"accuracy": side.accuracy, "accuracy_ci95": list(side.accuracy_ci95), "macro_f1": side.macro_f1}


def _run(project: Project, run_id: int | None) -> RunRow:
    if run_id is not None:
        return project.runs.row(RunId(run_id))
    row = project.runs.current()
    if row is None:
        raise UserError("There is no trained model yet.", advice="Run `fieldmark train` first.")
    return row
