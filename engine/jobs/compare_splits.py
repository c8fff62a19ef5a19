"""Job: the honest score beside the naive one, on the photos that teach; the test photos are not touched."""

from __future__ import annotations

from engine.base.errors import UserError
from engine.base.events import Emit, ResultReady
from engine.base.fspath import to_path
from engine.base.meter import Meter
from engine.base.stop import StopToken
from engine.insight.honesty import honesty, write_honesty
from engine.jobs.feature_set import feature_sets
from engine.jobs.spec import CompareSplitsSpec
from engine.recipe.head_cfg import LogisticCfg
from engine.train.honest import honest_and_naive

PHASE = "Scoring with groups kept together and apart"


def run(spec: CompareSplitsSpec, emit: Emit, stop: StopToken) -> None:
    """`spec.out` holds the comparison; no model is kept.

    Raises:
        UserError: the recipe is not one that learns from frozen features by regression, or there is too little to
            learn from. StorageError: the disk refused.
        Stopped: between two fits.
    """
    cfg = spec.recipe.head
    if not isinstance(cfg, LogisticCfg):
        raise UserError(
            f"The two scores cannot be compared with the recipe {spec.recipe.title}.",
            advice="Choose Quick or another recipe of its kind.",
        )
    photos = feature_sets(spec, emit, stop)
    learning = photos.learning
    meter = Meter(emit, PHASE, 2 * cfg.folds * len(cfg.strengths))
    found = honest_and_naive(
        learning.features,
        learning.columns,
        learning.groups,
        len(photos.manifest.classes),
        cfg=cfg,
        seed=spec.recipe.seed,
        stop=stop,
        on_fit=meter.add,
    )
    meter.finish()
    if not len(found.rows):
        raise UserError(
            "There are too few groups of photos to hold any out.",
            advice="Add photos that are no copies of one another and not of one burst.",
        )
    write_honesty(to_path(spec.out), honesty(found.honest, found.naive, learning.groups[found.rows]))
    emit(ResultReady(kind="honesty", path=spec.out))
