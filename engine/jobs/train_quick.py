"""Job: Quick training on a manifest; see `TrainSpec` for the files it leaves."""

from __future__ import annotations

import platform
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from engine import __version__
from engine.base.errors import DamagedInput, StorageError, UserError
from engine.base.events import Emit, Notice, ResultReady
from engine.base.files import atomic_write
from engine.base.fspath import to_path
from engine.base.meter import Meter
from engine.base.stop import StopToken
from engine.data.manifest import Manifest
from engine.jobs.feature_set import FeatureSet, Photos, feature_sets
from engine.jobs.frozen_facts import leave_frozen_facts
from engine.jobs.library import library_of
from engine.jobs.spec import TrainSpec
from engine.jobs.train_results import METRICS_FILE, leave_predictions, say_scores
from engine.nets.heads import Head, probabilities
from engine.nets.model_file import ModelClass, ModelInfo, read_model, write_model
from engine.nets.source import BackboneSource
from engine.predict.gather import feature_key
from engine.predict.machine import this_machine
from engine.recipe.head_cfg import LogisticCfg
from engine.recipe.recipe import backbone_name
from engine.train.head_fit import ABSENT_BIAS
from engine.train.quick import Known, QuickModel, n_fits, train_quick

PHASE_LEARNING = "Learning"


class _Measure(msgspec.Struct, frozen=True, kw_only=True):
    """One line of `metrics.jsonl`; `log_loss` of `cv` weighs classes as training does."""

    part: str
    strength: float
    n: int
    accuracy: float
    log_loss: float
    chosen: bool


def run(spec: TrainSpec, emit: Emit, stop: StopToken) -> None:
    """Train and leave the results in the run folder.

    Raises:
        UserError: fewer than two classes have photos that can be read, or the recipe's network cannot be had.
        StorageError: a file cannot be read or written.
        Stopped: on request; the run folder then holds no model.
    """
    photos = feature_sets(spec, emit, stop)
    model = _learn(spec, photos.learning, photos.manifest, photos.source, emit, stop)
    _leave_results(spec, photos, model, emit)


def _learn(
    spec: TrainSpec, learning: FeatureSet, manifest: Manifest, source: BackboneSource, emit: Emit, stop: StopToken
) -> QuickModel:
    cfg = spec.recipe.head
    assert isinstance(cfg, LogisticCfg)
    known = _known(spec, manifest, source)
    meter = Meter(emit, PHASE_LEARNING, n_fits(cfg, known))
    model = train_quick(
        learning.features,
        learning.columns,
        learning.groups,
        len(manifest.classes),
        cfg=cfg,
        seed=spec.recipe.seed,
        stop=stop,
        known=known,
        on_fit=meter.add,
    )
    meter.finish()
    if not len(model.cv.held_out):
        emit(
            Notice(
                level="warning",
                text="There are too few photos to check the model on photos it has not seen.",
                advice="Add at least two different photos to each class.",
            )
        )
    return model


def _known(spec: TrainSpec, manifest: Manifest, source: BackboneSource) -> Known | None:
    """What the earlier model settled, if it looked at photos the same way; None if it did not, or cannot be read."""
    if spec.start_from is None:
        return None
    try:
        earlier = read_model(to_path(spec.start_from), library_of(spec.library))
    except (DamagedInput, StorageError, UserError):
        return None
    if earlier.info.feature_key != _feature_key(spec, source):
        return None
    column_of = {entry.class_id: column for column, entry in enumerate(earlier.info.classes)}
    weights = np.zeros((len(earlier.head.weights), len(manifest.classes)), dtype=np.float32)
    bias = np.full(len(manifest.classes), ABSENT_BIAS, dtype=np.float32)
    for column, entry in enumerate(manifest.classes):
        if (old := column_of.get(entry.class_id)) is not None:
            weights[:, column] = earlier.head.weights[:, old]
            bias[column] = earlier.head.bias[old]
    return Known(strength=earlier.info.strength, head=Head(weights=weights, bias=bias))


def _leave_results(spec: TrainSpec, photos: Photos, model: QuickModel, emit: Emit) -> None:
    manifest, source, learning, test = photos.manifest, photos.source, photos.learning, photos.test
    folder = to_path(spec.run_folder)
    truth = learning.columns[model.cv.held_out]
    cv_probs = probabilities(model.cv.logits, model.head.temperature)
    test_probs = model.head.probs(test.features)
    held_out = [learning.photos[row] for row in model.cv.held_out]
    leave_predictions(
        folder, manifest, (("test", test.photos, test_probs), ("cv", held_out, cv_probs)), folds=model.cv.folds
    )
    _write_metrics(folder / METRICS_FILE, model, truth, test, test_probs)
    n_head = model.head.weights.size + model.head.bias.size
    leave_frozen_facts(spec, source, n_head=n_head, learned=True, n_calibrated=len(truth))
    write_model(folder, _info(spec, manifest, source, learning, model), model.head)
    say_scores((("cv", cv_probs, truth), ("test", test_probs, test.columns)), emit)
    emit(ResultReady(kind="run", path=spec.run_folder))


def _write_metrics(
    path: Path, model: QuickModel, truth: NDArray[np.int32], test: FeatureSet, test_probs: NDArray[np.float32]
) -> None:
    lines = [
        _Measure(
            part="cv",
            strength=tried.strength,
            n=len(truth),
            accuracy=tried.accuracy,
            log_loss=tried.log_loss,
            chosen=tried.strength == model.cv.strength,
        )
        for tried in model.cv.tried
    ]
    if len(test.columns):
        likelihood = test_probs[np.arange(len(test.columns)), test.columns]
        lines.append(
            _Measure(
                part="test",
                strength=model.cv.strength,
                n=len(test.columns),
                accuracy=float(np.mean(test_probs.argmax(axis=1) == test.columns)),
                log_loss=-float(np.mean(np.log(np.maximum(likelihood, 1e-12)))),
                chosen=True,
            )
        )
    atomic_write(path, b"".join(msgspec.json.encode(line) + b"\n" for line in lines))


def _info(
    spec: TrainSpec, manifest: Manifest, source: BackboneSource, learning: FeatureSet, model: QuickModel
) -> ModelInfo:
    counts = np.bincount(learning.columns, minlength=len(manifest.classes))
    versions = dict(library.split(" ", 1) for library in this_machine().libraries)
    return ModelInfo(
        recipe=spec.recipe,
        classes=tuple(
            ModelClass(class_id=entry.class_id, name=entry.name, n_photos=int(n))
            for entry, n in zip(manifest.classes, counts, strict=True)
        ),
        backbone=backbone_name(spec.recipe) or "",
        backbone_title=source.facts.title,
        backbone_licence=source.facts.licence,
        weights=source.weights,
        n_features=source.facts.n_features,
        feature_key=_feature_key(spec, source),
        strength=model.cv.strength,
        temperature=model.head.temperature,
        seed=spec.recipe.seed,
        versions={"fieldmark": __version__, "python": platform.python_version(), "numpy": np.__version__, **versions},
        tap=source.tap,
    )


def _feature_key(spec: TrainSpec, source: BackboneSource) -> str:
    return feature_key(source, spec.recipe.input).name()
