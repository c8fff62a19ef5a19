"""Job: train a network as a whole, from scratch or from pretrained weights; see `TrainSpec` for the files it leaves."""

from __future__ import annotations

import contextlib
import platform
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from engine import __version__
from engine.base.errors import DamagedInput, StorageError, UserError
from engine.base.events import AnyEvent, Emit, Notice, Phase, ResultReady
from engine.base.fspath import to_path
from engine.base.meter import Meter
from engine.base.stop import StopToken
from engine.data.folds import stratified_group_folds
from engine.data.manifest import Manifest, ManifestPhoto, read_manifest
from engine.data.training_facts import TrainingFacts, write_training_facts
from engine.jobs.launch_ranks import joins_machines, launch, n_processes
from engine.jobs.spec import TrainSpec
from engine.jobs.train_results import check_enough, leave_predictions, say_scores
from engine.nets.heads import probabilities
from engine.nets.model_file import ModelClass
from engine.nets.network import Network, build_network, load_network, network_facts, save_network
from engine.nets.network_file import NET_FILE, NetworkInfo, read_network, write_network_info
from engine.predict.features import Photo
from engine.predict.machine import this_machine
from engine.recipe.catalogue import BACKBONES
from engine.recipe.recipe import InputCfg, Recipe, backbone_name
from engine.train.checkpoint import BEST_FILE, forget_checkpoint
from engine.train.data import Labelled, Photos
from engine.train.heed import heed
from engine.train.judge import logits_of
from engine.train.loop import Fit
from engine.train.optim import first_learning
from engine.train.pixels import Pixels, decode_all
from engine.train.ranks import ALONE, Ranks
from engine.train.record import Record
from engine.train.select import fit_temperature
from engine.train.variant import TrainVariant, train_variant
from engine.train.warm_start import take_over

PHASE_READING = "Reading photos"
PHASE_MEASURING = "Finding the fastest way on this machine"
# Where the split has no validation photos, one in so many training photos judges the epochs.
VAL_FOLDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoSet:
    """Photos, and their records among the pixels with their classes."""

    photos: tuple[ManifestPhoto, ...]
    labelled: Labelled


def run(spec: TrainSpec, emit: Emit, stop: StopToken) -> None:
    """Train, in as many processes as are wanted, and leave the results in the run folder.

    Raises:
        UserError: too few photos, a network that cannot be built, weights that are not here, a training that diverges,
            a process that died.
        DamagedInput: weights or a checkpoint cannot be used. StorageError: a file cannot be read or written.
        RanksFailed: any of these, in one of several processes.
        Stopped: on request; the run folder then holds a checkpoint to go on from.
    """
    n = n_processes(spec.processes)
    if n > 1 or joins_machines():
        _make_ready(spec, emit, stop)
        launch(spec, n, emit, stop)
    else:
        learn(spec, emit, stop, ALONE)


def learn(spec: TrainSpec, emit: Emit, stop: StopToken, ranks: Ranks) -> None:
    """As `run`, as one of `ranks`; number 0 leaves the results."""
    manifest = read_manifest(to_path(spec.manifest))
    folder = to_path(spec.run_folder)
    _refuse_too_few(manifest)
    network = _first_network(spec, manifest, emit)
    # Of several processes none decodes: who started them has, and has told about it.
    pixels = decode_photos(
        to_path(spec.pixels), manifest, spec.recipe.input, emit if ranks.world == 1 else _silent, stop
    )
    train, val, test = divided(manifest, pixels, emit)
    variant = _variant(spec, network, emit)
    photos = Photos(pixels.data, variant.device)
    with contextlib.ExitStack() as stack:
        leads = ranks.rank == 0
        tell = stack.enter_context(Record(folder, emit, append=spec.resume)).tell if leads else emit
        fit = Fit(
            network,
            spec.recipe,
            photos,
            train.labelled,
            val.labelled,
            folder=folder,
            variant=variant,
            tell=tell,
            stop=stop,
            ranks=ranks,
        )
        trained = fit.run(resume=spec.resume)
    if not leads:
        return
    variant.place(trained)
    _leave_results(spec, manifest, trained, photos, variant, (train, val, test), emit, stop)
    emit(ResultReady(kind="run", path=spec.run_folder))
    # Last of all: until then a process that is killed leaves something to go on from.
    with contextlib.suppress(OSError):
        forget_checkpoint(folder)
        (folder / BEST_FILE).unlink(missing_ok=True)


def _silent(event: AnyEvent) -> None:
    """It has been told."""


def _make_ready(spec: TrainSpec, emit: Emit, stop: StopToken) -> None:
    """What several processes would do at the same time is done: refusing, decoding, measuring."""
    manifest = read_manifest(to_path(spec.manifest))
    _refuse_too_few(manifest)
    decode_photos(to_path(spec.pixels), manifest, spec.recipe.input, emit, stop)
    network = build_network(
        spec.recipe,
        len(manifest.classes),
        library=to_path(spec.library) if spec.library else None,
        seed=spec.recipe.seed,
    )
    _variant(spec, network, emit)


def _refuse_too_few(manifest: Manifest) -> None:
    columns = [photo.class_no for photo in manifest.photos if photo.part != "test"]
    check_enough(np.array(columns, dtype=np.int32), manifest)


def _first_network(spec: TrainSpec, manifest: Manifest, emit: Emit) -> Network:
    """The network with the weights it begins with: its recipe's, or those of the run it extends.

    Where a training goes on, the checkpoint's follow.
    """
    n_classes = len(manifest.classes)
    library = to_path(spec.library) if spec.library else None
    network = build_network(spec.recipe, n_classes, library=library, seed=spec.recipe.seed)
    training = spec.recipe.training
    assert training is not None
    if spec.resume:
        return network
    if training.initial_weights:
        if library is None:
            raise UserError("The initial weights of the recipe are not here.", advice="Import them into the library.")
        path = library / f"{training.initial_weights}.safetensors"
        return load_network(spec.recipe, n_classes, path).train()
    if spec.start_from is not None and not _extends(network, manifest, to_path(spec.start_from)):
        text = "The earlier run has no weights that fit this network: it begins with its own."
        emit(Notice(level="warning", text=text))
    return network


def _extends(network: Network, manifest: Manifest, folder: Path) -> bool:
    """The network begins with the weights of the run in `folder`; False if they are of another network or not there."""
    try:
        earlier = read_network(folder)
        held = earlier.load()
    except (DamagedInput, StorageError, UserError):
        return False
    earlier_ids = [entry.class_id for entry in earlier.info.classes]
    return take_over(network, [entry.class_id for entry in manifest.classes], held, earlier_ids)


def _variant(spec: TrainSpec, network: Network, emit: Emit) -> TrainVariant:
    return train_variant(
        network,
        spec.recipe.input.size,
        architecture_key(spec.recipe),
        to_path(spec.machine),
        on_measuring=lambda: emit(Phase(name=PHASE_MEASURING, done=0, total=0)),
        on_unusable=lambda why: emit(Notice(level="warning", text=f"The GPU cannot be used: {why} The CPU is.")),
        wanted=spec.variant,
    )


def decode_photos(folder: Path, manifest: Manifest, cfg: InputCfg, emit: Emit, stop: StopToken) -> Pixels:
    """All photos of the manifest at training resolution; the user is told how many could not be read.

    Raises:
        StorageError: no room, or the disk refused. Stopped: on request.
    """
    wanted = [Photo(path=photo.path, sha256=photo.sha256) for photo in manifest.photos]
    meter = Meter(emit, PHASE_READING, len({photo.sha256 for photo in manifest.photos}))
    pixels = decode_all(folder, wanted, cfg, meter, stop, heed=lambda: heed(stop, emit))
    lost = [photo for photo in manifest.photos if photo.sha256 in pixels.refused]
    if lost:
        first = pixels.refused[lost[0].sha256]
        emit(
            Notice(
                level="warning",
                text=f"{len(lost)} of {len(manifest.photos)} photos could not be read and were left out. "
                f"The first of them: {first.what}",
                advice=first.advice or "Check that the disk with the photos is connected.",
            )
        )
    return pixels


def divided(manifest: Manifest, pixels: Pixels, emit: Emit) -> tuple[PhotoSet, PhotoSet, PhotoSet]:
    """Photos to learn from, to judge the epochs by, and to test, those that could be read.

    Raises:
        UserError: too few to learn from, or none to judge by.
    """
    usable = [photo for photo in manifest.photos if photo.sha256 in pixels.row_of]
    train = [photo for photo in usable if photo.part == "train"]
    val = [photo for photo in usable if photo.part == "val"]
    test = [photo for photo in usable if photo.part == "test"]
    if not val:
        train, val = set_aside(train)
        emit(Notice(level="info", text=f"{len(val)} of the training photos are set aside to judge the epochs by."))
    found = _set_of(train, pixels), _set_of(val, pixels), _set_of(test, pixels)
    check_enough(found[0].labelled.columns, manifest)
    if not val:
        raise UserError(
            "There are too few photos to judge the training by.",
            safe="Your photos and labels are unchanged.",
            advice="Add photos; twenty or more in each class make a useful model.",
        )
    return found


def set_aside(photos: list[ManifestPhoto]) -> tuple[list[ManifestPhoto], list[ManifestPhoto]]:
    """Photos to learn from, and those that judge the epochs where the split has none for that; always the same ones."""
    columns = np.array([photo.class_no for photo in photos], dtype=np.int32)
    groups = np.array([photo.group for photo in photos], dtype=np.int64)
    folds = stratified_group_folds(columns, groups, n_folds=VAL_FOLDS, seed=0)
    return (
        [photo for photo, fold in zip(photos, folds, strict=True) if fold != 0],
        [photo for photo, fold in zip(photos, folds, strict=True) if fold == 0],
    )


def _set_of(photos: Sequence[ManifestPhoto], pixels: Pixels) -> PhotoSet:
    return PhotoSet(
        photos=tuple(photos),
        labelled=Labelled(
            rows=np.array([pixels.row_of[photo.sha256] for photo in photos], dtype=np.int64),
            columns=np.array([photo.class_no for photo in photos], dtype=np.int32),
        ),
    )


def architecture_key(recipe: Recipe) -> str:
    """What tells this architecture from others when speed is remembered."""
    return msgspec.json.encode((recipe.model, recipe.head)).decode()


def _leave_results(
    spec: TrainSpec,
    manifest: Manifest,
    network: Network,
    photos: Photos,
    variant: TrainVariant,
    sets: tuple[PhotoSet, PhotoSet, PhotoSet],
    emit: Emit,
    stop: StopToken,
) -> None:
    folder = to_path(spec.run_folder)
    train, val, test = sets
    rates: list[float] = []

    def answers(some: PhotoSet) -> NDArray[np.float32]:
        mirrored = spec.recipe.input.views == "flip"
        # In full precision whatever it was trained in: these are the numbers that are published.
        rows, begin = some.labelled.rows, time.perf_counter()
        found = logits_of(network, photos, rows, network.n_classes, mirrored=mirrored, heed=lambda: heed(stop, emit))
        rates.append(len(rows) / max(time.perf_counter() - begin, 1e-9))
        return found

    temperature = fit_temperature(answers(val), val.labelled.columns)
    probs = probabilities(answers(test), temperature)
    leave_predictions(folder, manifest, (("test", test.photos, probs),))
    save_network(folder / NET_FILE, network)
    # The faster of the two: a pause, or memory that is laid out at first, makes the other one slow.
    write_training_facts(folder, _facts(spec.recipe, network, max(rates), len(val.photos)))
    counts = np.bincount(train.labelled.columns, minlength=len(manifest.classes))
    facts = BACKBONES.get(backbone_name(spec.recipe) or "")
    versions = dict(library.split(" ", 1) for library in this_machine().libraries)
    info = NetworkInfo(
        recipe=spec.recipe,
        classes=tuple(
            ModelClass(class_id=entry.class_id, name=entry.name, n_photos=int(n))
            for entry, n in zip(manifest.classes, counts, strict=True)
        ),
        title=network.title,
        licence="" if facts is None else facts.licence,
        temperature=temperature,
        seed=spec.recipe.seed,
        versions={"fieldmark": __version__, "python": platform.python_version(), "variant": variant.name, **versions},
    )
    write_network_info(folder, info)
    say_scores((("test", probs, test.labelled.columns),), emit)


def _facts(recipe: Recipe, network: Network, answer_rate: float, n_calibrated: int) -> TrainingFacts:
    stages = network.stages()
    counts = [sum(parameter.numel() for parameter in stage) for stage in stages]
    training = recipe.training
    assert training is not None
    first = min(first_learning(stage, len(stages)) for stage in training.stages)
    return TrainingFacts(
        n_parameters=network_facts(network).n_parameters,
        n_trainable=sum(counts[first:]),
        answer_rate=answer_rate,
        n_calibrated=n_calibrated,
    )
