"""Job: score a pretrained network as it is, untrained, on the classes it happens to know; see `TrainSpec`."""

from __future__ import annotations

import platform

import msgspec
import numpy as np

from engine import __version__
from engine.base.errors import EngineBug, UserError
from engine.base.events import Emit, Notice, ResultReady
from engine.base.files import atomic_write
from engine.base.fspath import to_path
from engine.base.stop import StopToken
from engine.jobs.feature_set import FeatureSet, Photos, feature_sets
from engine.jobs.frozen_facts import leave_frozen_facts
from engine.jobs.library import library_of
from engine.jobs.spec import TrainSpec
from engine.jobs.train_results import METRICS_FILE, leave_predictions, say_scores
from engine.nets.as_is_file import AsIsInfo, OwnHead, write_as_is
from engine.nets.imagenet import by_name
from engine.nets.model_file import ModelClass
from engine.nets.source import source_of
from engine.predict.machine import this_machine
from engine.recipe.head_cfg import AsIsCfg
from engine.recipe.recipe import backbone_name
from engine.train.select import fit_temperature
from engine.weights.needed import check_needed

# A probability below this is rounding.
_LEAST = 1e-30


class _Measure(msgspec.Struct, frozen=True, kw_only=True):
    """One line of `metrics.jsonl`."""

    part: str
    n: int
    accuracy: float


def run(spec: TrainSpec, emit: Emit, stop: StopToken) -> None:
    """Score and leave the results in the run folder. Nothing is learned, so all photos are ones it has not seen.

    Raises:
        UserError: no class of the project is one the network knows, or the recipe's network cannot be had.
        StorageError: a file cannot be read or written.
        Stopped: on request; the run folder then holds no model.
    """
    head = _own_head(spec)
    photos = feature_sets(spec, emit, stop)
    meaning = _meaning(spec, photos, emit)
    folder = to_path(spec.run_folder)
    sets = (("test", photos.test), ("cv", photos.learning))
    temperature, n_calibrated = _temperature(head, photos.learning, meaning)
    answers = [(part, rows, head.probs(rows.features, meaning, temperature)) for part, rows in sets]
    leave_predictions(folder, photos.manifest, [(part, rows.photos, probs) for part, rows, probs in answers])
    scored = [(part, probs, rows.columns) for part, rows, probs in answers]
    lines = [
        _Measure(part=part, n=len(columns), accuracy=float(np.mean(probs.argmax(axis=1) == columns)))
        for part, probs, columns in scored
        if len(columns)
    ]
    atomic_write(folder / METRICS_FILE, b"".join(msgspec.json.encode(line) + b"\n" for line in lines))
    leave_frozen_facts(
        spec, photos.source, n_head=head.weights.size + head.bias.size, learned=False, n_calibrated=n_calibrated
    )
    write_as_is(folder, _info(spec, photos, meaning, temperature), head)
    say_scores(scored, emit)
    emit(ResultReady(kind="run", path=spec.run_folder))


def _meaning(spec: TrainSpec, photos: Photos, emit: Emit) -> tuple[tuple[int, ...], ...]:
    """The columns among the thousand that each class of the manifest means; the user is told of those without any."""
    assert isinstance(spec.recipe.head, AsIsCfg)
    names = [entry.name for entry in photos.manifest.classes]
    found = {entry.class_name: entry.columns for entry in spec.recipe.head.mapping or by_name(names)}
    missing = [name for name in names if not found.get(name)]
    if len(missing) == len(names):
        raise UserError(
            "The network knows none of these classes.",
            safe="Your photos and labels are unchanged.",
            advice="Say in the recipe which of its thousand classes mean yours, or train with another recipe.",
            details="classes: " + ", ".join(names),
        )
    if missing:
        emit(
            Notice(
                level="warning",
                text=f"The network does not know {', '.join(missing)}; photos of these are always wrong.",
                advice="Say in the recipe which of its thousand classes mean them.",
            )
        )
    return tuple(found.get(name, ()) for name in names)


def _own_head(spec: TrainSpec) -> OwnHead:
    from engine.nets.frozen import own_layer

    library = library_of(spec.library)
    check_needed(spec.recipe, library)
    source = source_of(spec.recipe, library)
    if source.load_classifier is None:
        raise EngineBug("A whole network with pretrained weights has no classes.", details=source.facts.name)
    weights, bias = own_layer(source.load_classifier(), spec.recipe.input.size)
    return OwnHead(weights=weights, bias=bias)


def _temperature(head: OwnHead, rows: FeatureSet, meaning: tuple[tuple[int, ...], ...]) -> tuple[float, int]:
    """Fitted to the photos that are not for testing and whose class it knows, and how many these are; 1 without any."""
    probs = head.probs(rows.features, meaning)
    known = np.array([bool(meaning[column]) for column in rows.columns], dtype=np.bool_)
    if not known.any():
        return 1.0, 0
    return fit_temperature(np.log(np.maximum(probs[known], _LEAST)), rows.columns[known]), int(known.sum())


def _info(spec: TrainSpec, photos: Photos, meaning: tuple[tuple[int, ...], ...], temperature: float) -> AsIsInfo:
    versions = dict(library.split(" ", 1) for library in this_machine().libraries)
    facts = photos.source.facts
    return AsIsInfo(
        recipe=spec.recipe,
        classes=tuple(
            ModelClass(class_id=entry.class_id, name=entry.name, n_photos=0) for entry in photos.manifest.classes
        ),
        meaning=meaning,
        backbone=backbone_name(spec.recipe) or "",
        backbone_title=facts.title,
        backbone_licence=facts.licence,
        weights=photos.source.weights,
        n_features=facts.n_features,
        versions={"fieldmark": __version__, "python": platform.python_version(), "numpy": np.__version__, **versions},
        tap=photos.source.tap,
        temperature=temperature,
    )
