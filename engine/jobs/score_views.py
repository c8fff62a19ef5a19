"""Job: what looking at each photo several times brings a run's model, on photos it has not learned from."""

from __future__ import annotations

import os
import time
from contextlib import closing
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.base.errors import UserError
from engine.base.events import Emit, ResultReady
from engine.base.fspath import to_path
from engine.base.meter import Meter
from engine.base.stop import StopToken
from engine.data.folds import ALWAYS_TRAIN
from engine.data.manifest import Manifest, ManifestPhoto, read_manifest
from engine.insight.view_gain import How, view_gain, write_gain
from engine.jobs.feature_set import FeatureSet, feature_sets
from engine.jobs.library import library_of
from engine.jobs.spec import ScoreViewsSpec, TrainSpec
from engine.jobs.train_network import set_aside
from engine.nets.as_is_file import AsIsTrained
from engine.nets.bundle import AnyTrained
from engine.nets.classic_file import ClassicTrained
from engine.nets.model_file import TrainedModel
from engine.nets.network_file import NetworkTrained
from engine.predict.extractor import Extractor
from engine.predict.features import Photo, features_of
from engine.predict.trained import Answerer, answerer, read_trained
from engine.predict.views import Probs, averaged
from engine.recipe.head_cfg import ClassicCfg, LogisticCfg
from engine.recipe.recipe import InputCfg
from engine.recipe.views_cfg import ONCE
from engine.train.unseen import Unseen, unseen_classifiers, unseen_heads

PHASE = "Looking several times"
# Photos on which both ways are timed, so many times.
N_TIMED = 24
N_ROUNDS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """A photo that can be judged, and what judges it: (m, d) features of one view to (m, k) probabilities."""

    photo: ManifestPhoto
    probs: Probs


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answers:
    """(n,) true columns and groups, and (n, k) probabilities of looking once and several times."""

    columns: NDArray[np.int32]
    groups: NDArray[np.int64]
    once: NDArray[np.float32]
    several: NDArray[np.float32]


def run(spec: ScoreViewsSpec, emit: Emit, stop: StopToken) -> None:
    """`spec.out` holds the comparison.

    Raises:
        UserError: there are no photos to judge by, or the model's weights are not here.
        DamagedInput, StorageError: the model or a file cannot be read or written. Stopped: on request.
    """
    model = read_trained(to_path(spec.run_folder), library_of(spec.library))
    manifest = read_manifest(to_path(spec.manifest))
    how, asked = _asked(spec, model, manifest, emit, stop)
    asked = _sample(asked, spec.n_most)
    extractor = answerer(model, spec.views).extractor(to_path(spec.machine), emit)
    answers = _answers(asked, extractor, spec, model.info.recipe.input, emit, stop)
    if not len(answers.columns):
        raise UserError(
            "There are no photos on which several views could be tried: the model has learned from all but the test's.",
            safe="The model is unchanged.",
            advice="Train again with more photos, or with a share of them for validation.",
        )
    cost = _cost(spec, model, extractor, [one.photo for one in asked[:N_TIMED]], emit, stop)
    found = view_gain(
        answers.columns, answers.once, answers.several, views=spec.views, cost=cost, how=how, groups=answers.groups
    )
    write_gain(to_path(spec.out), found)
    emit(ResultReady(kind="view_gain", path=spec.out))


def _asked(
    spec: ScoreViewsSpec, model: AnyTrained, manifest: Manifest, emit: Emit, stop: StopToken
) -> tuple[How, list[_Asked]]:
    if isinstance(model, NetworkTrained):
        probs = answerer(model, ONCE).probs
        return "validation", [_Asked(photo=photo, probs=probs) for photo in _judging(manifest, model)]
    if isinstance(model, AsIsTrained):
        probs = answerer(model, ONCE).probs
        return "untrained", [_Asked(photo=photo, probs=probs) for photo in manifest.photos if photo.part != "test"]
    learning = feature_sets(_train_spec(spec, model), emit, stop).learning
    unseen = _unseen(model, learning, stop)
    return "out_of_fold", [
        _Asked(photo=photo, probs=unseen.probs[int(fold)])
        for photo, fold in zip(learning.photos, unseen.folds, strict=True)
        if fold != ALWAYS_TRAIN and int(fold) in unseen.probs
    ]


def _judging(manifest: Manifest, model: NetworkTrained) -> list[ManifestPhoto]:
    """The photos that judged the network's epochs.

    Raises:
        UserError: the split has none of its own, and which ones were set aside cannot be told any more.
    """
    val = [photo for photo in manifest.photos if photo.part == "val"]
    if val:
        return val
    train, val = set_aside([photo for photo in manifest.photos if photo.part == "train"])
    # Photos that could not be read then were not among those that were divided, and so others were set aside.
    if len(train) != sum(entry.n_photos for entry in model.info.classes):
        raise UserError(
            "Which photos this network has not learned from cannot be told: some could not be read at that time.",
            safe="The model is unchanged.",
            advice="Train again with a share of the photos for validation.",
        )
    return val


def _train_spec(spec: ScoreViewsSpec, model: TrainedModel | ClassicTrained) -> TrainSpec:
    return TrainSpec(
        recipe=model.info.recipe,
        manifest=spec.manifest,
        run_folder=spec.run_folder,
        features=spec.features,
        machine=spec.machine,
        library=spec.library,
    )


def _unseen(model: TrainedModel | ClassicTrained, learning: FeatureSet, stop: StopToken) -> Unseen:
    info, cfg = model.info, model.info.recipe.head
    rows = (learning.features, learning.columns, learning.groups, len(info.classes))
    if isinstance(cfg, ClassicCfg):
        return unseen_classifiers(
            *rows, cfg=cfg, temperature=info.temperature, seed=info.seed, stop=stop, n_threads=os.cpu_count() or 1
        )
    assert isinstance(model, TrainedModel)
    assert isinstance(cfg, LogisticCfg)
    return unseen_heads(
        *rows,
        cfg=cfg,
        strength=model.info.strength,
        temperature=info.temperature,
        seed=info.seed,
        stop=stop,
    )


def _sample(asked: list[_Asked], n_most: int) -> list[_Asked]:
    """At most so many of them, always the same ones."""
    if len(asked) <= n_most:
        return asked
    chosen = np.sort(np.random.default_rng(0).permutation(len(asked))[:n_most])
    return [asked[int(at)] for at in chosen]


def _answers(
    asked: list[_Asked], extractor: Extractor, spec: ScoreViewsSpec, cfg: InputCfg, emit: Emit, stop: StopToken
) -> _Answers:
    """The answers to the photos that can be read."""
    n_views = spec.views.n_views
    meter = Meter(emit, PHASE, len(asked))
    columns, groups, once, several = [], [], [], []
    with closing(features_of((_file(one.photo) for one in asked), extractor, cfg, stop)) as seen:
        for one, found in zip(asked, seen, strict=True):
            meter.add()
            if found.features is None:
                continue
            columns.append(one.photo.class_no)
            groups.append(one.photo.group)
            once.append(one.probs(found.features.reshape(n_views, -1)[:1])[0])
            several.append(averaged(one.probs, n_views)(found.features[None])[0])
    meter.finish()
    return _Answers(
        columns=np.array(columns, dtype=np.int32),
        groups=np.array(groups, dtype=np.int64),
        once=_stacked(once),
        several=_stacked(several),
    )


def _stacked(rows: list[NDArray[np.float32]]) -> NDArray[np.float32]:
    return np.stack(rows) if rows else np.zeros((0, 0), dtype=np.float32)


def _cost(
    spec: ScoreViewsSpec,
    model: AnyTrained,
    extractor: Extractor,
    photos: list[ManifestPhoto],
    emit: Emit,
    stop: StopToken,
) -> float:
    """How many times as long classifying these photos takes in all views, reading them included."""
    plain = answerer(model, ONCE)
    plain_extractor = plain.extractor(to_path(spec.machine), emit)
    several = answerer(model, spec.views)
    # The first pass of an extractor is slower than all that follow.
    _seconds(plain, plain_extractor, photos[:1], stop)
    rounds = [
        (_seconds(plain, plain_extractor, photos, stop), _seconds(several, extractor, photos, stop))
        for _ in range(N_ROUNDS)
    ]
    # What else the machine does only ever adds: the least is nearest to what it takes.
    return min(slow for _, slow in rounds) / max(min(fast for fast, _ in rounds), 1e-9)


def _seconds(model: Answerer, extractor: Extractor, photos: list[ManifestPhoto], stop: StopToken) -> float:
    begin = time.perf_counter()
    for seen in features_of((_file(photo) for photo in photos), extractor, model.input, stop):
        if seen.features is not None:
            model.probs(seen.features[None])
    return time.perf_counter() - begin


def _file(photo: ManifestPhoto) -> Photo:
    return Photo(path=photo.path, sha256=photo.sha256)
