"""Job: find a learning rate for a recipe's network on a project's photos."""

from __future__ import annotations

from engine.base.errors import UserError
from engine.base.events import Emit, ResultReady
from engine.base.fspath import to_path
from engine.base.meter import Meter
from engine.base.stop import StopToken
from engine.data.manifest import read_manifest
from engine.data.rate_found import write_rates
from engine.jobs.spec import FindRateSpec
from engine.jobs.train_network import architecture_key, decode_photos, divided
from engine.nets.network import build_network
from engine.train.data import Photos, Training
from engine.train.learner import Learner
from engine.train.losses import class_weights
from engine.train.lr_finder import find_rate
from engine.train.variant import train_variant

PHASE = "Trying learning rates"


def run(spec: FindRateSpec, emit: Emit, stop: StopToken) -> None:
    """`spec.out` holds the losses at rising rates, and a suggestion. The network is thrown away.

    Raises:
        UserError: the recipe trains no network, or there are too few photos. StorageError: the disk refused.
        Stopped: between two steps.
    """
    recipe = spec.recipe
    if recipe.training is None:
        raise UserError(
            f"The recipe {recipe.title} has no learning rate.", advice="Choose a recipe that trains a network."
        )
    manifest = read_manifest(to_path(spec.manifest))
    pixels = decode_photos(to_path(spec.pixels), manifest, recipe.input, emit, stop)
    train, _, _ = divided(manifest, pixels, emit)
    n_classes = len(manifest.classes)
    network = build_network(recipe, n_classes, library=to_path(spec.library), seed=recipe.seed)
    variant = train_variant(network, recipe.input.size, architecture_key(recipe), to_path(spec.machine))
    weights = None
    if recipe.training.imbalance == "class_weights":
        weights = class_weights(train.labelled.columns, n_classes)
    learner = Learner(network, recipe.training, variant, weights=weights, on_short=lambda n: None)
    data = Training(Photos(pixels.data, variant.device), train.labelled, n_classes, recipe.training, recipe.seed)
    meter = Meter(emit, PHASE, spec.n_steps)
    stage = recipe.training.stages[-1]
    found = find_rate(learner, data, stage, n_steps=spec.n_steps, stop=stop, on_step=meter.add)
    meter.finish()
    write_rates(to_path(spec.out), found)
    emit(ResultReady(kind="rates", path=spec.out))
