"""Asking the worker for the layers of a recipe's network while the recipe is being edited; only the newest counts."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from engine.base.events import Ended
from engine.jobs.spec import LayersSpec
from engine.recipe.recipe import Recipe
from gui.core.job_thread import Job
from gui.core.session import Session
from gui.core.throttle import Throttle

if TYPE_CHECKING:
    from engine.recipe.layer_rows import LayerTable

ASK_MS = 400


class LayerAsker(QObject):
    """`found` carries a `LayerTable`, `refused` the sentence why there is none; `asking` that one is being worked out.

    A recipe that trains no network is not asked for.
    """

    found = Signal(object)
    refused = Signal(str)
    asking = Signal()

    def __init__(self, session: Session, n_classes: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._n_classes = max(2, n_classes)
        self._wanted: Recipe | None = None
        self._told: tuple[object, ...] = ()
        self._job: Job | None = None
        self._due = Throttle(ASK_MS, self)
        self._due.due.connect(self._start)

    def ask(self, recipe: Recipe) -> None:
        """The layers of this recipe's network are wanted, unless they are those that were told last."""
        self._wanted = recipe if recipe.training is not None else None
        if self._wanted is not None and _key(recipe) != self._told:
            self.asking.emit()
            self._due.call()

    @Slot()
    def _start(self) -> None:
        project = self._session.project
        if self._job is not None or self._wanted is None or project is None:
            return
        recipe, self._wanted = self._wanted, None
        self._told = _key(recipe)
        out = os.fsencode(project.paths.tmp / "layers.json")
        spec = LayersSpec(recipe=recipe, n_classes=self._n_classes, out=out)
        self._job = self._session.jobs.start(spec, title=self.tr("Working out the layers"), role="light", quiet=True)
        self._job.ended.connect(self._ended)

    @Slot(object)
    def _ended(self, ended: Ended) -> None:
        assert self._job is not None
        spec, self._job = self._job.spec, None
        assert isinstance(spec, LayersSpec)
        if self._wanted is not None and _key(self._wanted) != self._told:
            self._start()
        elif ended.reason == "finished":
            self._session.store.ask(lambda _: _read(spec.out), self.found.emit, context=self)
        else:
            self.refused.emit(f"{ended.user_text} {ended.advice}".strip())


def _key(recipe: Recipe) -> tuple[object, ...]:
    """What the layers depend on."""
    training = recipe.training
    stages = training.stages if training is not None else ()
    batch = training.batch if training is not None else 0
    return recipe.model, recipe.head, recipe.input.size, stages, batch


def _read(out: bytes) -> LayerTable:
    import msgspec

    from engine.recipe.layer_rows import LayerTable

    with open(out, "rb") as file:
        return msgspec.json.decode(file.read(), type=LayerTable)
