"""What the user does with pretrained networks: fetch, import, remove."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from engine.base.dirs import weights_dir
from engine.jobs.spec import FetchWeightsSpec, ImportWeightsSpec, LookUpWeightsSpec
from gui.core.job_thread import Job
from gui.core.pool_work import on_pool
from gui.core.session import Session
from gui.core.settings import HUB

if TYPE_CHECKING:
    from engine.weights.library import KeptWeights
    from engine.weights.part import Part

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

    def forget_begun(self, part: Part) -> None:
        """What an interrupted fetch has left is gone."""
        self._carry_out(part.forget)

    def look_up(self, backbone: str, out: Path) -> Job:
        """What the hub offers for the network called `backbone` will be at `out`; the hub is not asked for it."""
        spec = LookUpWeightsSpec(backbone=backbone, out=os.fsencode(out))
        title = self.tr("Looking up {0}").format(backbone.partition("/")[2])
        return self._session.jobs.start(spec, title=title, role="light", quiet=True)

    def under_way(self) -> tuple[Job, ...]:
        """Fetches that run or wait, also those begun before this was made."""
        return tuple(job for job in self._session.jobs.active() if isinstance(job.spec, FetchWeightsSpec))

    def _carry_out(self, work: Callable[[], object]) -> None:
        session = self._session
        on_pool(work, lambda _: session.weights_changed.emit(), context=session, on_error=session.notices.error)
