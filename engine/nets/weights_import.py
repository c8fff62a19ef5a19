"""Weights from a file into the library: matched to a network tensor by tensor, kept under the names it gives them."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import timm
import torch
from safetensors.torch import save as save_tensors
from torch import Tensor

from engine.base.errors import UserError
from engine.base.files import atomic_write
from engine.nets.timm_body import TIMM_PREFIX, timm_name
from engine.nets.weights_file import read_weights
from engine.recipe.catalogue import SHORTLIST
from engine.weights.fit_report import FitReport, WrongShape
from engine.weights.library import WEIGHTS_SUFFIX, KeptWeights, WeightsInfo, keep_info

# Where timm's modules keep what brings published names and shapes to theirs.
_CONVERTERS = ("checkpoint_filter_fn", "_filter_fn", "pretrained_filter_fn", "_filter_torchvision_pretrained")
# How many batches batch norm has seen: older files lack it, and it changes nothing.
_COUNTER = "num_batches_tracked"

Tensors = dict[str, Tensor]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fit:
    """A report, and the network's tensors where everything fitted."""

    report: FitReport
    state: Tensors


def fit_file(path: Path, backbone: str) -> FitReport:
    """How the file fits the network called `backbone` (`timm/NAME`); nothing is kept.

    Raises:
        UserError: no such network. DamagedInput: the file cannot be used as weights.
    """
    return _fit(read_weights(path), timm_name(backbone)).report


def import_weights(path: Path, backbone: str, library: Path, *, licence: str) -> tuple[KeptWeights, FitReport]:
    """The weights of the file are in the library as those of the network called `backbone` (`timm/NAME`).

    Args:
        licence: what the user says of it; empty where it is not known.

    Raises:
        UserError: no such network, or the file does not fit it; the advice names networks of the front page it fits.
        DamagedInput: the file cannot be used as weights.
        StorageError: the disk refused.
    """
    architecture = timm_name(backbone)
    found = read_weights(path)
    fit = _fit(found, architecture)
    if not fit.report.usable:
        raise _does_not_fit(found, fit.report)
    data: bytes = save_tensors(fit.state, metadata={"format": "pt"})
    sha256 = hashlib.sha256(data).hexdigest()
    target = library / f"{architecture}-{sha256[:12]}{WEIGHTS_SUFFIX}"
    atomic_write(target, data)
    info = WeightsInfo(
        architecture=architecture,
        title=f"{architecture} from {path.name}",
        n_classes=fit.report.n_classes,
        origin="imported",
        source=path.name,
        licence=licence,
        sha256=sha256,
        n_bytes=len(data),
    )
    return keep_info(target, info), fit.report


def _fit(found: Tensors, architecture: str) -> _Fit:
    """By name where that fits, else by order where that does."""
    converted = _converted(found, architecture)
    by_name = _by_name(converted, architecture, _n_classes(converted, architecture))
    if by_name.report.usable:
        return by_name
    return _by_order(found, architecture) or by_name


def _by_name(found: Tensors, architecture: str, n_classes: int) -> _Fit:
    wanted = _sketch(architecture, n_classes).state_dict()
    shared = found.keys() & wanted.keys()
    wrong = [name for name in wanted if name in shared and found[name].shape != wanted[name].shape]
    fitted = [name for name in wanted if name in shared and name not in wrong]
    missing = [name for name in wanted if name not in found and not name.endswith(_COUNTER)]
    report = FitReport(
        architecture=architecture,
        n_wanted=sum(not name.endswith(_COUNTER) for name in wanted),
        n_fitted=sum(not name.endswith(_COUNTER) for name in fitted),
        missing=tuple(missing),
        left_over=tuple(name for name in found if name not in wanted),
        wrong_shape=tuple(
            WrongShape(name=name, found=tuple(found[name].shape), wanted=tuple(wanted[name].shape)) for name in wrong
        ),
        n_classes=n_classes,
        by_order=False,
    )
    state = {name: _like(found.get(name), place) for name, place in wanted.items()} if report.usable else {}
    return _Fit(report=report, state=state)


def _by_order(found: Tensors, architecture: str) -> _Fit | None:
    """The n-th tensor for the n-th place, where all shapes agree; None where they do not."""
    values = [tensor for name, tensor in found.items() if not name.endswith(_COUNTER)]
    if not values:
        return None
    for n_classes in dict.fromkeys((values[-1].shape[0] if values[-1].ndim else 0, 0)):
        wanted = _sketch(architecture, n_classes).state_dict()
        places = [name for name in wanted if not name.endswith(_COUNTER)]
        if [wanted[name].shape for name in places] != [value.shape for value in values]:
            continue
        named = dict(zip(places, values, strict=True))
        report = FitReport(
            architecture=architecture,
            n_wanted=len(places),
            n_fitted=len(places),
            missing=(),
            left_over=(),
            wrong_shape=(),
            n_classes=n_classes,
            by_order=True,
        )
        return _Fit(report=report, state={name: _like(named.get(name), place) for name, place in wanted.items()})
    return None


def _like(value: Tensor | None, place: Tensor) -> Tensor:
    """A copy of the value in the kind of numbers the network has; zero for a counter the file lacks."""
    return (
        torch.zeros(place.shape, dtype=place.dtype) if value is None else value.to(place.dtype, copy=True).contiguous()
    )


def _sketch(architecture: str, n_classes: int | None = None) -> Any:
    """The network without numbers; with the classifier it is published with where `n_classes` is None."""
    with torch.device("meta"):
        return timm.create_model(architecture, **({} if n_classes is None else {"num_classes": n_classes}))


def _converted(found: Tensors, architecture: str) -> Tensors:
    """The tensors under timm's names, brought to timm's shapes; as they are where timm knows nothing of the kind."""
    module = sys.modules[timm.model_entrypoint(architecture).__module__]
    for name in _CONVERTERS:
        convert: Callable[[Tensors, Any], Tensors] | None = getattr(module, name, None)
        if convert is None:
            continue
        try:
            out = convert(dict(found), _sketch(architecture))
        except (KeyError, RuntimeError, ValueError, AttributeError, TypeError, IndexError, AssertionError):
            continue
        return {key: value for key, value in out.items() if isinstance(value, Tensor)}
    return found


def _n_classes(found: Tensors, architecture: str) -> int:
    """Outputs of the classifier among the tensors; 0 where there is none."""
    cfg = timm.get_pretrained_cfg(architecture)
    name = cfg.classifier if cfg is not None else None
    first = name if isinstance(name, str) or not name else name[0]
    weight = found.get(f"{first}.weight")
    return 0 if weight is None else int(weight.shape[0])


def _does_not_fit(found: Tensors, report: FitReport) -> UserError:
    others = [
        facts.name
        for facts in SHORTLIST.values()
        if facts.name != TIMM_PREFIX + report.architecture.partition(".")[0]
        and _fit(found, timm_name(facts.name)).report.usable
    ]
    advice = f"It fits {', '.join(others)}." if others else "Choose the network that the file was made for."
    return UserError(
        f"The file does not fit the network: {report.summary()}",
        safe="The library is unchanged.",
        advice=advice,
        details=report.details(),
    )
