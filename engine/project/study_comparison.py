"""The table of a study: its finished runs of one split, tested against its reference."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from engine.insight.comparison import Comparison
from engine.recipe.study_plan import StudyPlan, reference_row

if TYPE_CHECKING:
    from engine.project.project import Project
    from engine.project.studies import StudyRun


def compared_runs(project: Project, plan: StudyPlan, found: Sequence[StudyRun]) -> Comparison | None:
    """The finished runs of one split, against the first of the reference's row; None while there are fewer than two."""
    done = [one for one in found if one.state == "done" and one.run is not None and one.run.n]
    if not done:
        return None
    reference = reference_row(plan, [one.planned for one in found])
    base = next((one for one in done if one.planned.row == reference), done[0])
    assert base.run is not None
    split = base.run.split_id
    ids = [one.run.id for one in done if one.run is not None and one.run.split_id == split]
    return project.comparisons.runs(ids, base.run.id) if len(ids) > 1 else None
