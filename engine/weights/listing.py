"""What the page of weights shows: networks whose weights are built in, in the library, or on the hub."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec

from engine.base.errors import UserError
from engine.recipe.catalogue import BACKBONES, SHORTLIST, BackboneFacts, HubFacts
from engine.weights.library import KeptWeights, kept_weights
from engine.weights.packaged import weights_path

State = Literal["built_in", "fetched", "imported", "on_hub", "not_installed"]


class WeightsRow(msgspec.Struct, frozen=True, kw_only=True):
    """A network and where its pretrained weights are.

    `name`: in recipes. `state`: `built_in` = in an installed package, `not_installed` = in a package that is not,
    `on_hub` = to be fetched. `n_bytes`: of the file, or about what it will be. `n_parameters`, `native_size`, `top1`
    (percent, with its source), `top1_size`: None where not published or not known. `sha256`: of the file that is here.
    """

    name: str
    title: str
    state: State
    licence: str
    source: str
    n_bytes: int | None = None
    n_parameters: int | None = None
    native_size: int | None = None
    top1: float | None = None
    top1_size: int | None = None
    top1_source: str = ""
    sha256: str = ""


def weights_rows(library: Path) -> tuple[WeightsRow, ...]:
    """The built-in networks, then the front page's, then all others of the library."""
    kept = kept_weights(library)
    rows = [_packaged_row(facts) for facts in BACKBONES.values()]
    listed: set[Path] = set()
    for facts in SHORTLIST.values():
        here = _of(facts, kept)
        rows.append(_hub_row(facts, here))
        listed |= {here.path} if here is not None else set()
    rows += [_kept_row(one) for one in kept if one.path not in listed]
    return tuple(rows)


def _of(facts: HubFacts, kept: tuple[KeptWeights, ...]) -> KeptWeights | None:
    """The published weights, else those that somebody has imported for the network."""
    untagged = facts.name.removeprefix("timm/")
    # Of several imported ones the first, as `find_weights` takes it.
    by_name = {one.info.architecture: one for one in reversed(kept)}
    return by_name.get(facts.architecture) or by_name.get(untagged)


def _packaged_row(facts: BackboneFacts) -> WeightsRow:
    try:
        n_bytes = weights_path(facts).stat().st_size
    except (UserError, OSError):
        n_bytes = None
    return WeightsRow(
        name=facts.name,
        title=facts.title,
        state="not_installed" if n_bytes is None else "built_in",
        licence=facts.licence,
        source=f"Python package {facts.weights_distribution}",
        n_bytes=n_bytes,
        native_size=facts.native_size,
        sha256=facts.weights_sha256,
    )


def _hub_row(facts: HubFacts, here: KeptWeights | None) -> WeightsRow:
    # What was published of a network's answers is not true of weights from a file.
    published = here is None or here.info.origin == "fetched"
    return WeightsRow(
        name=facts.name,
        title=facts.title,
        state="on_hub" if here is None else here.info.origin,
        licence=facts.licence if here is None else here.info.licence,
        source=facts.repo if here is None else here.info.source,
        n_bytes=facts.n_bytes if here is None else here.info.n_bytes,
        n_parameters=facts.n_parameters,
        native_size=facts.native_size,
        top1=facts.top1 if published else None,
        top1_size=facts.top1_size if published else None,
        top1_source=facts.source if published else "",
        sha256="" if here is None else here.info.sha256,
    )


def _kept_row(kept: KeptWeights) -> WeightsRow:
    return WeightsRow(
        name=f"timm/{kept.info.architecture}",
        title=kept.info.title,
        state=kept.info.origin,
        licence=kept.info.licence,
        source=kept.info.source,
        n_bytes=kept.info.n_bytes,
        sha256=kept.info.sha256,
    )
