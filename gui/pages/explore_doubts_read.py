"""What the tab of doubtful labels asks the project; called on the store thread."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.base.errors import UserError
from engine.base.ids import ClassId, PhotoId, RunId
from engine.store.rows import ClassRow, PhotoRow

if TYPE_CHECKING:
    from engine.project.explore import DoubtfulLabel
    from engine.project.project import Project

N_ALIKE = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubts:
    """Labels that the model in use contradicts, the clearest first; `run_id` None: no model is in use.

    `problem`: why the model can say nothing of labels, empty if it can.
    """

    run_id: RunId | None
    run_name: str
    rows: tuple[DoubtfulLabel, ...]
    classes: tuple[ClassRow, ...]
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """A photo with those that look most like it; `rows` None: the photos were not compared yet.

    `names`: the class of each, empty for none.
    """

    photo: PhotoRow
    rows: tuple[PhotoRow, ...] | None
    names: tuple[str, ...]

    def counted(self) -> tuple[tuple[str, int], ...]:
        """(Class, how many of the photos are of it), the commonest first."""
        return tuple(Counter(name for name in self.names if name).most_common())


def doubts(project: Project) -> Doubts:
    """What the model in use doubts."""
    run, classes = project.runs.current(), project.browse.classes()
    if run is None:
        return Doubts(run_id=None, run_name="", rows=(), classes=classes)
    try:
        rows, problem = project.explore.doubtful_labels(run.id), ""
    except UserError as error:
        rows, problem = (), str(error)
    return Doubts(run_id=run.id, run_name=run.name, rows=rows, classes=classes, problem=problem)


def alike(project: Project, photo_id: PhotoId) -> Alike | None:
    """The photo with those that look like it; None if it is gone."""
    rows = project.browse.rows([photo_id])
    if not rows:
        return None
    found = project.explore.alike(photo_id, N_ALIKE)
    if found is None:
        return Alike(photo=rows[0], rows=None, names=())
    known = {row.id: row for row in project.browse.rows([one.photo_id for one in found])}
    here = [one for one in found if one.photo_id in known]
    return Alike(
        photo=rows[0], rows=tuple(known[one.photo_id] for one in here), names=tuple(one.class_name for one in here)
    )


def class_of(classes: tuple[ClassRow, ...], name: str) -> ClassId | None:
    """The class of that name, None if it is gone."""
    return next((row.id for row in classes if row.name == name), None)
