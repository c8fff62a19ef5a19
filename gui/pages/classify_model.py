"""Which model classifies: the one in use by the project, or a model file from anywhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from engine.base.fspath import shown
from engine.store.rows import RunRow
from gui.core.score_text import interval, percent

if TYPE_CHECKING:
    from engine.project.project import Project

translate = QCoreApplication.translate


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelChoice:
    """A model to classify with. `path`: run folder or model file; `run` is None for a file.

    `colours`: class colours by name, as far as they are known.
    """

    path: bytes
    title: str
    facts: str
    run: RunRow | None = None
    colours: Mapping[str, str] = field(default_factory=dict)


def model_in_use(project: Project) -> ModelChoice | None:
    """The project's model, None before there is one; called on the store thread."""
    run = project.runs.current()
    if run is None:
        return None
    facts = translate("Classify", "%n class(es)", "", len(run.class_ids))
    if run.accuracy is not None and run.ci95 is not None:
        score = translate("Classify", "{0} right on {1} photos it had not seen (95 % interval {2})")
        facts += ", " + score.format(percent(run.accuracy), f"{run.n:,}", interval(run.ci95))
    colours = {row.name: row.colour for row in project.browse.classes()}
    title = translate("Classify", "Model of this project: {0}").format(run.name)
    return ModelChoice(path=run.folder, title=title, facts=facts, run=run, colours=colours)


def model_file(path: bytes) -> ModelChoice:
    """A model somebody saved."""
    name = shown(path).rpartition("/")[2]
    return ModelChoice(path=path, title=translate("Classify", "Model file: {0}").format(name), facts="")


def colours_of(model: ModelChoice, classes: Sequence[str]) -> tuple[str, ...]:
    """A colour for each class: the project's own, else one by its place in the list."""
    # Here and not above: with the project's verbs comes the database, which a model file does not need.
    from engine.project.classes import COLOURS

    return tuple(model.colours.get(name) or COLOURS[at % len(COLOURS)] for at, name in enumerate(classes))
