"""The fastest way to run a backbone on this machine: measured once, checked against plain float32, remembered."""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from engine.base.errors import StorageError
from engine.base.files import atomic_write
from engine.nets.source import BackboneSource
from engine.predict import openvino_extractor
from engine.predict.extractor import EXACT_TOLERANCE, HALF_TOLERANCE, REFERENCE, Candidate, Extractor
from engine.predict.machine import this_machine

# Long enough to tell variants apart that differ by 10 %, short enough for a first start.
MEASURE_SECONDS = 0.4
# A variant this much slower than the best so far on two photos is not measured any longer.
HOPELESS = 3.0
N_SAMPLE = 4

# What an unsuitable variant raises while it is built or first run; it is then left out.
REFUSALS = (RuntimeError, ImportError, AttributeError, NotImplementedError, OSError, TypeError, ValueError)

_log = logging.getLogger(__name__)


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """What measuring found of one variant; `refused` is empty for those that may be chosen."""

    variant: str
    images_per_second: float = 0.0
    error: float = 0.0
    refused: str = ""


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """The variant chosen for one key, and why. `files`: digest of OpenVINO's files, if it is one of its variants."""

    variant: str
    measured: tuple[Measured, ...]
    files: str = ""


class _Key(msgspec.Struct, frozen=True, kw_only=True):
    format: int
    backbone: str
    weights: str
    size: int
    machine: object


def fastest(
    source: BackboneSource, size: int, folder: Path, *, on_measuring: Callable[[], None] = lambda: None
) -> Extractor:
    """The backbone, run in the fastest variant that agrees with the reference on this machine.

    Args:
        size: side of the input in pixels.
        folder: cache of what was measured on this machine; may be deleted at any time, made if needed.
        on_measuring: called before anything is measured, which takes seconds.
    Raises:
        DamagedInput: the weights do not fit the backbone.
        StorageError: the folder cannot be written.
    """
    name = _name(source, size)
    known = read_choice(folder / f"{name}.json")
    if known is not None:
        extractor = _rebuild(source, folder, name, known)
        if extractor is not None:
            return extractor
    on_measuring()
    return _measure_and_keep(source, size, folder, name)


def is_known(source: BackboneSource, size: int, folder: Path) -> bool:
    """Whether `fastest` need not measure."""
    return read_choice(folder / f"{_name(source, size)}.json") is not None


def known_rate(source: BackboneSource, size: int, folder: Path) -> float | None:
    """Photos a second in the variant that `fastest` takes here, as it was measured; None where it never was."""
    known = read_choice(folder / f"{_name(source, size)}.json")
    rates = [row.images_per_second for row in known.measured if row.variant == known.variant] if known else []
    return rates[0] if rates and rates[0] > 0 else None


def read_choice(path: Path) -> Choice | None:
    """The choice a file holds; None if there is none, or it cannot be read."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Choice)
    except (OSError, msgspec.DecodeError):
        return None


def measure(
    reference: Extractor, candidates: Sequence[Candidate], size: int, *, now: Callable[[], float] = time.perf_counter
) -> tuple[Extractor, tuple[Measured, ...]]:
    """The fastest of the reference and those candidates that agree with it, and what was found of each.

    A candidate that raises one of `REFUSALS`, gives other features, or is hopelessly slow is left out.

    Args:
        now: a clock in seconds.
    """
    sample = drawn_photos(N_SAMPLE, size)
    _features(reference, sample[:1])
    begin = now()
    wanted = _features(reference, sample)
    # The reference is never the fastest where speed matters: one run on the sample is close enough.
    rate = len(sample) / (now() - begin)
    best, best_rate = reference, rate
    found = [Measured(variant=reference.variant, images_per_second=rate)]
    for candidate in candidates:
        try:
            extractor, row = _try(candidate, sample, wanted, best_rate, now)
        except REFUSALS as error:
            _log.info("variant %s refused: %r", candidate.variant, error)
            found.append(Measured(variant=candidate.variant, refused=f"failed: {error!r:.200}"))
            continue
        found.append(row)
        if not row.refused and row.images_per_second > best_rate:
            best, best_rate = extractor, row.images_per_second
    return best, tuple(found)


def drawn_photos(n: int, size: int) -> NDArray[np.uint8]:
    """(n, size, size, 3) pictures with soft shapes and fine grain, as photos have them; always the same ones.

    Plain noise would not do: it lies so far from photos that half precision looks better or worse than it is.
    """
    rng = np.random.default_rng(0)
    photos = np.empty((n, size, size, 3), dtype=np.uint8)
    for at in range(n):
        coarse = Image.fromarray(rng.integers(0, 256, (5, 5, 3), dtype=np.uint8))
        soft = np.asarray(coarse.resize((size, size), Image.Resampling.BICUBIC), dtype=np.int16)
        grain = rng.integers(-20, 21, soft.shape, dtype=np.int16)
        photos[at] = np.clip(soft + grain, 0, 255)
    return photos


def _try(
    candidate: Candidate,
    sample: NDArray[np.uint8],
    wanted: NDArray[np.float32],
    best_rate: float,
    now: Callable[[], float],
) -> tuple[Extractor, Measured]:
    extractor = candidate.build()
    # The first run compiles and allocates; the second shows whether going on is worth the wait.
    _features(extractor, sample[:2])
    begin = now()
    _features(extractor, sample[:2])
    if 2 / (now() - begin) < best_rate / HOPELESS:
        return extractor, Measured(variant=candidate.variant, refused="hopelessly slow")
    given = _features(extractor, sample)
    error = float(np.max(np.linalg.norm(given - wanted, axis=1) / np.linalg.norm(wanted, axis=1)))
    # Written so that a NaN is refused too.
    if not error <= candidate.tolerance:
        return extractor, Measured(variant=candidate.variant, error=error, refused="other features")
    rate = _rate(extractor, sample, now)
    return extractor, Measured(variant=candidate.variant, images_per_second=rate, error=error)


def _features(extractor: Extractor, photos: NDArray[np.uint8]) -> NDArray[np.float32]:
    return np.concatenate(list(extractor.features([photos])))


def _rate(extractor: Extractor, sample: NDArray[np.uint8], now: Callable[[], float]) -> float:
    """Photos a second through a steady stream of batches."""
    batch = np.resize(sample, (extractor.batch, *sample.shape[1:]))
    begin = now()

    def batches() -> Iterator[NDArray[np.uint8]]:
        yield batch
        while now() - begin < MEASURE_SECONDS:
            yield batch

    n_done = sum(len(features) for features in extractor.features(batches()))
    return n_done / (now() - begin)


def _name(source: BackboneSource, size: int) -> str:
    key = _Key(format=1, backbone=source.facts.name, weights=source.weights, size=size, machine=this_machine())
    digest = hashlib.sha256(msgspec.json.encode(key)).hexdigest()
    return f"{source.facts.name}-{size}-{digest[:16]}"


def _rebuild(source: BackboneSource, folder: Path, name: str, known: Choice) -> Extractor | None:
    """The chosen variant, or None if it cannot be had any more and must be measured again."""
    try:
        if precision := OPENVINO_VARIANTS.get(known.variant):
            if not known.files or openvino_extractor.digest(folder, name) != known.files:
                return None
            return openvino_extractor.OpenVinoExtractor(folder, name, known.variant, precision=precision)
        from engine.predict.torch_variants import build_torch

        return build_torch(source.load(), known.variant)
    except REFUSALS as error:
        _log.info("variant %s cannot be had any more: %r", known.variant, error)
        return None


OPENVINO_VARIANTS = {"openvino": "f32", "openvino_bf16": "bf16"}


def _measure_and_keep(source: BackboneSource, size: int, folder: Path, name: str) -> Extractor:
    from engine.predict.torch_variants import build_torch, torch_candidates

    backbone = source.load()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError("The cache of measurements could not be made.", details=repr(error)) from error
    candidates = torch_candidates(backbone)
    files = ""
    if openvino_extractor.is_installed():
        try:
            files = openvino_extractor.convert(backbone, size, folder, name)
            candidates += _openvino_candidates(folder, name)
        except REFUSALS as error:
            _log.info("OpenVINO refused: %r", error)
    best, measured = measure(build_torch(backbone, REFERENCE), candidates, size)
    choice = Choice(variant=best.variant, measured=measured, files=files)
    atomic_write(folder / f"{name}.json", msgspec.json.format(msgspec.json.encode(choice)))
    return best


def _openvino_candidates(folder: Path, name: str) -> list[Candidate]:
    def builder(variant: str, precision: str) -> Callable[[], Extractor]:
        return lambda: openvino_extractor.OpenVinoExtractor(folder, name, variant, precision=precision)

    names = ["openvino", *(["openvino_bf16"] if openvino_extractor.has_bf16() else [])]
    return [
        Candidate(
            variant=variant,
            build=builder(variant, OPENVINO_VARIANTS[variant]),
            tolerance=EXACT_TOLERANCE if OPENVINO_VARIANTS[variant] == "f32" else HALF_TOLERANCE,
        )
        for variant in names
    ]
