"""Asking the worker how photos look to a training while its augmentation is being edited; only the newest counts."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QImage

from engine.base.errors import AppError, UserError
from engine.base.events import Ended
from engine.base.ids import PhotoId
from engine.jobs.spec import PreviewAugmentSpec, PreviewPhoto
from engine.recipe.recipe import InputCfg
from engine.recipe.training_cfg import AugmentCfg
from engine.store.rows import PhotoFilter
from gui.core.job_thread import Job
from gui.core.pool_work import on_pool
from gui.core.session import Session
from gui.core.throttle import Throttle

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.project.project import Project

DRAW_MS = 120
MOST_PHOTOS = 6
# In one line of the sheet; the fixed versions of a photo take two.
N_DRAWN, N_FIXED = 4, 8


@dataclass(frozen=True, slots=True, kw_only=True)
class AugmentRequest:
    """What is to be drawn. `picked`: the photos that are selected on the Photos page, not one of each class."""

    input: InputCfg
    augment: AugmentCfg
    seed: int
    picked: bool


@dataclass(frozen=True, slots=True)
class Drawn:
    """A photo as training sees it. `mixed`: (name, share) of another photo that is mixed in, or None."""

    image: QImage
    mixed: tuple[str, float] | None


@dataclass(frozen=True, slots=True)
class DrawnPhoto:
    """A photo by the name of its class (empty for none): as validation sees it, and as training does."""

    name: str
    seen: QImage
    drawn: tuple[Drawn, ...]


class AugmentAsker(QObject):
    """`found` carries (DrawnPhoto, ...), `refused` the sentence why there are none; `asking` that they are drawn."""

    found = Signal(object)
    refused = Signal(str)
    asking = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._wanted: AugmentRequest | None = None
        self._told: AugmentRequest | None = None
        self._names: dict[int, str] = {}
        self._busy = False
        self._job: Job | None = None
        self._due = Throttle(DRAW_MS, self)
        self._due.due.connect(self._start)

    def n_picked(self) -> int:
        """How many photos are selected on the Photos page."""
        return len(self._session.picked)

    @Slot(object)
    def ask(self, request: AugmentRequest) -> None:
        """These photos are wanted so, unless that is what was told last."""
        self._wanted = request if request != self._told or self._busy else None
        if self._wanted is not None:
            self.asking.emit()
            self._due.call()

    @Slot()
    def _start(self) -> None:
        project = self._session.project
        if self._busy or self._wanted is None or project is None:
            return
        request, self._wanted = self._wanted, None
        self._told, self._busy = request, True
        out = os.fsencode(project.paths.tmp / "augment.npz")
        ids = self._session.picked[:MOST_PHOTOS] if request.picked else ()
        self._session.store.ask(
            partial(_prepare, request=request, ids=ids, out=out), self._begin, context=self, on_error=self._refuse
        )

    def _begin(self, prepared: tuple[PreviewAugmentSpec, dict[int, str]]) -> None:
        spec, self._names = prepared
        self._job = self._session.jobs.start(spec, title=self.tr("Changing photos"), role="light", quiet=True)
        self._job.ended.connect(self._ended)

    @Slot(object)
    def _ended(self, ended: Ended) -> None:
        assert self._job is not None
        spec, self._job = self._job.spec, None
        assert isinstance(spec, PreviewAugmentSpec)
        if ended.reason == "finished":
            on_pool(partial(_read, spec.out, self._names), self._show, context=self, on_error=self._refuse)
        else:
            self._over()
            self.refused.emit(f"{ended.user_text} {ended.advice}".strip())

    def _show(self, rows: tuple[DrawnPhoto, ...]) -> None:
        self.found.emit(rows)
        self._over()

    def _refuse(self, error: AppError) -> None:
        self.refused.emit(error.user_text())
        self._over()

    def _over(self) -> None:
        """What was wanted meanwhile begins; nobody waits for what was wanted before that."""
        self._busy = False
        if self._wanted is not None and self._wanted != self._told:
            self._start()


def _prepare(
    project: Project, *, request: AugmentRequest, ids: tuple[PhotoId, ...], out: bytes
) -> tuple[PreviewAugmentSpec, dict[int, str]]:
    """The job, and the name of each photo's class."""
    names = {row.id: row.name for row in project.browse.classes()}
    rows = [row for row in project.browse.rows(ids or _one_of_each(project)) if row.status == "ok"]
    if not rows:
        raise UserError("There are no photos to show.", advice="Label some, or select some on the Photos page.")
    spec = PreviewAugmentSpec(
        photos=tuple(PreviewPhoto(photo_id=row.id, path=row.path, sha256=row.sha256) for row in rows),
        input=request.input,
        augment=request.augment,
        seed=request.seed,
        n_drawn=N_FIXED if request.augment.up_front else N_DRAWN,
        pixels=os.fsencode(project.paths.pixels),
        out=out,
    )
    return spec, {int(row.id): names[row.class_id] if row.class_id is not None else "" for row in rows}


def _one_of_each(project: Project) -> list[PhotoId]:
    """A photo of each of the first classes that have any."""
    chosen: list[PhotoId] = []
    for row in project.browse.classes():
        found = project.browse.ids(PhotoFilter(class_id=row.id, state="labelled"))
        if len(found) and len(chosen) < MOST_PHOTOS:
            chosen.append(PhotoId(int(found[0])))
    return chosen


def _read(out: bytes, names: dict[int, str]) -> tuple[DrawnPhoto, ...]:
    from pathlib import Path

    from engine.data.augment_preview import read_preview

    found = read_preview(Path(os.fsdecode(out)))
    called = [names.get(photo_id, "") for photo_id in found.photo_ids.tolist()]
    return tuple(
        DrawnPhoto(
            name,
            _image(seen),
            tuple(
                Drawn(_image(one), _mixed(at, shares, called)) for one, shares in zip(drawn, photo_shares, strict=True)
            ),
        )
        for at, (name, seen, drawn, photo_shares) in enumerate(
            zip(called, found.seen, found.drawn, found.shares.tolist(), strict=True)
        )
    )


def _mixed(at: int, shares: list[float], names: list[str]) -> tuple[str, float] | None:
    """Which other photo has a share, if one has."""
    share, other = (
        max((share, other) for other, share in enumerate(shares) if other != at) if len(shares) > 1 else (0, at)
    )
    return (names[other], share) if share > 0 else None


def _image(pixels: NDArray) -> QImage:  # type: ignore[type-arg]
    side = pixels.shape[0]
    return QImage(pixels.tobytes(), side, side, 3 * side, QImage.Format.Format_RGB888).copy()
