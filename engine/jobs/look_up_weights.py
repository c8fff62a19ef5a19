"""Job: what the hub offers for a network, and under which licence; the hub itself is not asked."""

from __future__ import annotations

from engine.base.events import Emit, ResultReady
from engine.base.fspath import to_path
from engine.base.stop import StopToken
from engine.jobs.spec import LookUpWeightsSpec
from engine.nets.hub_weights import hub_weights
from engine.weights.offer import offer_of, write_offer


def run(spec: LookUpWeightsSpec, emit: Emit, stop: StopToken) -> None:
    """A `HubOffer` is at `spec.out`.

    Raises:
        UserError: there is no such network, or nobody has published weights for it.
        StorageError: the file cannot be written.
        Stopped: before anything was looked up.
    """
    stop.raise_if_set()
    write_offer(to_path(spec.out), offer_of(spec.backbone, hub_weights(spec.backbone)))
    emit(ResultReady(kind="hub_offer", path=spec.out))
