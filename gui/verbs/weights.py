"""What the user does with pretrained networks: fetch, import, remove."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from engine.base.dirs import weights_dir
from engine.jobs.spec import FetchWeightsSpec, ImportWeightsSpec
from gui.core.job_thread import Job
from gui.core.pool_work import on_pool
from gui.core.session import Session
from gui.core.settings import HUB

if TYPE_CHECKING:
    from engine.weights.library import KeptWeights

SUFFIXES = (".safetensors", ".pth", ".pt", ".bin", ".ckpt")


class WeightsVerbs(QObject):
    """Jobs go on when whoever asked is gone; `session.weights_changed` tells everybody of what came of them."""

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session

    def fetch(self, backbone: str, title: str) -> Job:
        """The weights of the network called `backbone` are on their way from the hub; begun ones go on."""
        spec = FetchWeightsSpec(
            backbone=backbone, library=os.fsencode(weights_dir()), hub=self._session.settings.get(HUB)
        )
        job = self._session.jobs.start(spec, title=self.tr("Fetching {0}").format(title), role="fetch")
        job.ended.connect(self._session.weights_changed)
        return job

    def take_in(self, file: bytes, backbone: str, licence: str, out: Path) -> Job:
        """The file is matched to the network called `backbone` and kept if it fits; the report will be at `out`."""
        spec = ImportWeightsSpec(
            path=file, backbone=backbone, library=os.fsencode(weights_dir()), out=os.fsencode(out), licence=licence
        )
        job = self._session.jobs.start(spec, title=self.tr("Matching the weights"), role="light", quiet=True)
        job.ended.connect(self._session.weights_changed)
        return job

    def remove(self, kept: KeptWeights) -> None:
        """The weights leave the library; a notice says if they could not."""
        from engine.weights.library import remove_weights

        self._carry_out(partial(remove_weights, kept))

    def forget_begun(self, backbone: str) -> None:
        """What an interrupted fetch has left of the network called `backbone` is gone."""
        self._carry_out(partial(_forget, backbone, weights_dir()))

    def under_way(self) -> tuple[Job, ...]:
        """Fetches that run or wait, also those begun before this was made."""
        return tuple(job for job in self._session.jobs.active() if isinstance(job.spec, FetchWeightsSpec))

    def _carry_out(self, work: Callable[[], object]) -> None:
        session = self._session
        on_pool(work, lambda _: session.weights_changed.emit(), context=session, on_error=session.notices.error)


def _forget(backbone: str, library: Path) -> None:
    from engine.recipe.catalogue import shortlisted
    from engine.weights.library import WEIGHTS_SUFFIX
    from engine.weights.part import Part

    facts = shortlisted(backbone)
    if facts is not None:
        Part(library / f"{facts.architecture}{WEIGHTS_SUFFIX}").forget()
