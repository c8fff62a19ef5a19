"""Job: a classic classifier on frozen features; see `TrainSpec` for the files it leaves."""

from __future__ import annotations

import platform

import msgspec
import numpy as np

from engine import __version__
from engine.base.events import Emit, Notice, ResultReady
from engine.base.files import atomic_write
from engine.base.fspath import to_path
from engine.base.meter import Meter
from engine.base.stop import StopToken
from engine.jobs.feature_set import Photos, feature_sets
from engine.jobs.frozen_facts import leave_frozen_facts
from engine.jobs.spec import TrainSpec
from engine.jobs.train_results import METRICS_FILE, leave_predictions, say_scores
from engine.nets.classic_file import ClassicInfo, write_classic
from engine.nets.classic_scores import scores
from engine.nets.heads import normalise, probabilities
from engine.nets.model_file import ModelClass
from engine.predict.machine import this_machine
from engine.recipe.head_cfg import ClassicCfg
from engine.recipe.recipe import backbone_name
from engine.train.classic import ClassicModel, has_xgboost, train_classic

PHASE_LEARNING = "Learning"


class _Measure(msgspec.Struct, frozen=True, kw_only=True):
    """One line of `metrics.jsonl`."""

    part: str
    n: int
    accuracy: float


def run(spec: TrainSpec, emit: Emit, stop: StopToken) -> None:
    """Train and leave the results in the run folder.

    Raises:
        UserError: fewer than two classes have photos that can be read, or the recipe's network cannot be had.
        StorageError: a file cannot be read or written.
        Stopped: on request; the run folder then holds no model.
    """
    cfg = spec.recipe.head
    assert isinstance(cfg, ClassicCfg)
    photos = feature_sets(spec, emit, stop)
    if cfg.method == "boosting" and not has_xgboost():
        emit(Notice(level="info", text="XGBoost is not installed here; scikit-learn's boosting is used instead."))
    meter = Meter(emit, PHASE_LEARNING, cfg.folds + 1)
    model = train_classic(
        normalise(photos.learning.features),
        photos.learning.columns,
        photos.learning.groups,
        len(photos.manifest.classes),
        cfg=cfg,
        seed=spec.recipe.seed,
        stop=stop,
        on_fit=meter.add,
    )
    meter.finish()
    _leave_results(spec, photos, model, emit)


def _leave_results(spec: TrainSpec, photos: Photos, model: ClassicModel, emit: Emit) -> None:
    folder = to_path(spec.run_folder)
    learning, test = photos.learning, photos.test
    n_classes = len(photos.manifest.classes)
    truth = learning.columns[model.held_out]
    cv_probs = probabilities(model.logits, model.temperature)
    test_probs = np.zeros((0, n_classes), dtype=np.float32)
    if len(test.columns):
        test_probs = probabilities(scores(model.estimator, normalise(test.features), n_classes), model.temperature)
    held_out = [learning.photos[row] for row in model.held_out]
    leave_predictions(
        folder, photos.manifest, (("test", test.photos, test_probs), ("cv", held_out, cv_probs)), folds=model.folds
    )
    scored = (("cv", cv_probs, truth), ("test", test_probs, test.columns))
    lines = [
        _Measure(part=part, n=len(columns), accuracy=float(np.mean(probs.argmax(axis=1) == columns)))
        for part, probs, columns in scored
        if len(columns)
    ]
    atomic_write(folder / METRICS_FILE, b"".join(msgspec.json.encode(line) + b"\n" for line in lines))
    leave_frozen_facts(spec, photos.source, n_head=None, learned=True, n_calibrated=len(truth))
    write_classic(folder, _info(spec, photos, model), model.estimator)
    say_scores(scored, emit)
    emit(ResultReady(kind="run", path=spec.run_folder))


def _info(spec: TrainSpec, photos: Photos, model: ClassicModel) -> ClassicInfo:
    counts = np.bincount(photos.learning.columns, minlength=len(photos.manifest.classes))
    versions = dict(library.split(" ", 1) for library in this_machine().libraries)
    facts = photos.source.facts
    return ClassicInfo(
        recipe=spec.recipe,
        classes=tuple(
            ModelClass(class_id=entry.class_id, name=entry.name, n_photos=int(n))
            for entry, n in zip(photos.manifest.classes, counts, strict=True)
        ),
        backbone=backbone_name(spec.recipe) or "",
        backbone_title=facts.title,
        backbone_licence=facts.licence,
        weights=photos.source.weights,
        n_features=facts.n_features,
        known=tuple(int(column) for column in model.estimator.classes_),
        temperature=model.temperature,
        seed=spec.recipe.seed,
        versions={"fieldmark": __version__, "python": platform.python_version(), "numpy": np.__version__, **versions},
        tap=photos.source.tap,
    )
