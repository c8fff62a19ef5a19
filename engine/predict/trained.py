"""A trained model of any kind, ready to answer: how a photo becomes numbers, and numbers become probabilities."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from engine.base.errors import StorageError
from engine.base.events import Emit
from engine.nets.as_is_file import AsIsTrained, read_as_is
from engine.nets.bundle import AnyTrained, read_bundle
from engine.nets.classic_file import ClassicTrained, read_classic
from engine.nets.heads import normalise, probabilities
from engine.nets.model_file import INFO_FILE, TrainedModel, damaged, read_model
from engine.nets.network_file import NetworkTrained, read_network
from engine.predict.extractor import Extractor
from engine.predict.gather import ready_extractor
from engine.predict.views import ViewsExtractor, averaged
from engine.recipe.head_cfg import AsIsCfg, ClassicCfg, DenseHeadCfg, HeadCfg
from engine.recipe.recipe import InputCfg
from engine.recipe.views_cfg import ViewsCfg


@dataclass(frozen=True, slots=True, kw_only=True)
class Answerer:
    """A model ready to answer.

    `classes`: in the order of the columns. `input`: how it looks at photos. `extractor(machine, emit)`: what turns
    photos into numbers, in the fastest way known in the folder `machine`. `probs`: (n, d) of those numbers to (n, k)
    probabilities, rows sum to 1.
    """

    title: str
    classes: tuple[str, ...]
    input: InputCfg
    extractor: Callable[[Path, Emit], Extractor]
    probs: Callable[[NDArray[np.float32]], NDArray[np.float32]]


class _Head(msgspec.Struct, frozen=True):
    head: HeadCfg


class _Kind(msgspec.Struct, frozen=True):
    """The part of every kind's `model.json` that says which kind it is."""

    recipe: _Head


def read_trained(path: Path, library: Path | None = None) -> AnyTrained:
    """The model in a run folder, or in a bundle file, which holds all it needs.

    Args:
        library: folder of the weights that were fetched or imported; a run of another network refers to them.

    Raises:
        DamagedInput, StorageError, UserError: there is none that can be used.
    """
    if not path.is_dir():
        return read_bundle(path)
    match _kind(path):
        case ClassicCfg():
            return read_classic(path, library)
        case AsIsCfg():
            return read_as_is(path, library)
        case DenseHeadCfg():
            return read_network(path)
        case _:
            return read_model(path, library)


def answerer(model: AnyTrained, views: ViewsCfg | None = None) -> Answerer:
    """The model ready to answer, looking at each photo as `views` say; None: as was chosen for the model."""
    views = model.info.views if views is None else views
    extractor, probs = _extractor_of(model), _probs_of(model)
    if views.n_views > 1:
        extractor, probs = _in_views(extractor, views), averaged(probs, views.n_views)
    return Answerer(
        title=model.info.recipe.title,
        classes=tuple(entry.name for entry in model.info.classes),
        input=model.info.recipe.input,
        extractor=extractor,
        probs=probs,
    )


def _in_views(extractor: Callable[[Path, Emit], Extractor], views: ViewsCfg) -> Callable[[Path, Emit], Extractor]:
    return lambda machine, emit: ViewsExtractor(extractor(machine, emit), views)


def _extractor_of(model: AnyTrained) -> Callable[[Path, Emit], Extractor]:
    if isinstance(model, NetworkTrained):

        def whole(machine: Path, emit: Emit) -> Extractor:
            from engine.predict.network_extractor import NetworkExtractor

            return NetworkExtractor(model.load())

        return whole
    return lambda machine, emit: ready_extractor(model.source, model.info.recipe.input.size, machine, emit)


def _probs_of(model: AnyTrained) -> Callable[[NDArray[np.float32]], NDArray[np.float32]]:
    match model:
        case ClassicTrained():
            return functools.partial(_classic_probs, model)
        case AsIsTrained():
            return functools.partial(model.head.probs, meaning=model.info.meaning, temperature=model.info.temperature)
        case NetworkTrained():
            return functools.partial(probabilities, temperature=model.info.temperature)
        case TrainedModel():
            return model.head.probs


def _classic_probs(model: ClassicTrained, features: NDArray[np.float32]) -> NDArray[np.float32]:
    from engine.nets.classic_scores import scores

    found = scores(model.estimator, normalise(features), len(model.info.classes))
    return probabilities(found, model.info.temperature)


def _kind(folder: Path) -> HeadCfg:
    try:
        return msgspec.json.decode((folder / INFO_FILE).read_bytes(), type=_Kind).recipe.head
    except OSError as error:
        raise StorageError(
            "The model could not be read.",
            safe="Your photos and labels are unchanged.",
            advice="Train again.",
            details=repr(error),
        ) from error
    except (msgspec.DecodeError, RecursionError) as error:
        raise damaged(f"{INFO_FILE}: {error}") from error
