"""What the project's tables hold, as frozen values; also the questions that can be asked of the photos."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from engine.base.ids import ClassId, OpId, PhotoId, RunId, SplitId

if TYPE_CHECKING:
    from engine.recipe.fold_cfg import FoldCfg

PhotoStatus = Literal["ok", "damaged", "missing", "changed", "quarantined"]
LabelState = Literal["unlabelled", "labelled", "unsure", "excluded"]
RunState = Literal["queued", "running", "finished", "cancelled", "failed", "crashed"]
Order = Literal[
    "added",
    "name",
    "class",
    "newest",
    "confident_wrong",
    "least_certain",
    "confident_right",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoRow:
    """One photo with its current label. `path` is absolute bytes; `shown` is its text for people.

    `width` and `height` are in pixels, upright. `problem` is empty unless `status` is not `ok`.
    `reason` says why an excluded photo is left out; empty if nobody said.
    """

    id: PhotoId
    path: bytes
    shown: str
    sha256: bytes
    n_bytes: int
    width: int
    height: int
    status: PhotoStatus
    problem: str
    state: LabelState
    class_id: ClassId | None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassRow:
    """One class; `colour` is `#rrggbb`, `key` the keyboard key that assigns it (empty: none)."""

    id: ClassId
    uuid: str
    name: str
    colour: str
    key: str
    n_photos: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many photos are in each state; `n_problem` of them cannot be used at the moment."""

    n_photos: int
    n_labelled: int
    n_unlabelled: int
    n_unsure: int
    n_excluded: int
    n_problem: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoFilter:
    """Which photos to list, and in which order; fields left at their defaults do not restrict.

    `state` None means every state but `excluded`. `run_id` and `part` choose whose predictions `true_class`,
    `predicted_class`, `wrong` and the orders by confidence speak of (`true_class` is the label the photo has now).
    `text` matches within the shown path, ignoring case. `tag`: photos that have it. `reason`: of excluded photos, why
    they are; empty for those of which nobody said. `among`: only these; `among_title` says to people what they have in
    common.
    """

    class_id: ClassId | None = None
    state: LabelState | None = None
    problem_only: bool = False
    text: str = ""
    order: Order = "added"
    run_id: RunId | None = None
    part: Literal["test", "cv"] | None = None
    true_class: ClassId | None = None
    predicted_class: ClassId | None = None
    wrong: bool | None = None
    tag: str | None = None
    reason: str | None = None
    among: tuple[int, ...] | None = None
    among_title: str = ""
    limit: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictionRow:
    """What a run said of one photo; `probs` are in the order of `RunRow.class_ids` and sum to 1.

    `p_true` is the probability given to the photo's present class, None if the run does not know that class.
    """

    photo_id: PhotoId
    part: Literal["test", "cv"]
    top_class: ClassId
    top_p: float
    p_true: float | None
    probs: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """One training run. `recipe` is canonical JSON; `class_ids` are the columns of its predictions.

    `n_label_changes` counts photos of the run whose label has changed since: above 0 the run is stale.
    `accuracy`, `ci95` and `n` speak of the held-out test photos, or of those of its fold, with the labels they have
    now; None before they exist.
    """

    id: RunId
    uuid: str
    name: str
    recipe: str
    state: RunState
    seed: int
    split_id: SplitId
    as_of_op: OpId
    parent_id: RunId | None
    started_at: str
    ended_at: str
    problem: str
    folder: bytes
    class_ids: tuple[ClassId, ...]
    n_label_changes: int
    is_current: bool
    n: int
    accuracy: float | None
    ci95: tuple[float, float] | None

    @property
    def fold(self) -> FoldCfg | None:
        """The fold that it is tested on instead of the test photos; None for all but runs of studies in folds."""
        return _fold_of(self.recipe)


@lru_cache(maxsize=1024)
def _fold_of(recipe: str) -> FoldCfg | None:
    # Here and not above: the window knows rows before it needs what reads recipes.
    from engine.recipe.fold_cfg import FoldCfg
    from engine.recipe.recipe import from_json

    fold = from_json(recipe).split.fold
    return fold if isinstance(fold, FoldCfg) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitRow:
    """One frozen split; `n_train`, `n_val` and `n_test` count its photos."""

    id: SplitId
    uuid: str
    name: str
    plan: str
    as_of_op: OpId
    n_train: int
    n_val: int
    n_test: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryRow:
    """One step of the history, newest first; `undone` steps can be redone."""

    id: OpId
    at: str
    actor: str
    kind: str
    title: str
    undone: bool
