"""Job: fetch pretrained weights from the hub into the library."""

from __future__ import annotations

from engine.base.events import Emit, ResultReady
from engine.base.fspath import to_path
from engine.base.stop import StopToken
from engine.jobs.spec import FetchWeightsSpec
from engine.recipe.catalogue import HubWeights, shortlisted
from engine.weights.fetch import fetch_weights
from engine.weights.hub import DEFAULT_HUB


def run(spec: FetchWeightsSpec, emit: Emit, stop: StopToken) -> None:
    """The weights are in the library; the result's path is their file.

    Raises:
        As `fetch_weights`; UserError also where there is no such network, or nobody has published weights for it.
    """
    wanted, library = _wanted(spec.backbone), to_path(spec.library)
    kept = fetch_weights(wanted, library, emit=emit, stop=stop, hub=spec.hub or DEFAULT_HUB)
    emit(ResultReady(kind="weights", path=bytes(kept.path)))


def _wanted(backbone: str) -> HubWeights:
    """For the networks of the front page torch is not loaded."""
    facts = shortlisted(backbone)
    if facts is not None:
        return facts
    from engine.nets.hub_weights import hub_weights

    return hub_weights(backbone)
