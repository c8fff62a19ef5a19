"""A backbone that is known but not loaded: most work needs only its identity, and torch takes seconds to import."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.base.errors import UserError
from engine.recipe.catalogue import BackboneFacts, backbone_facts
from engine.weights.packaged import weights_id

if TYPE_CHECKING:
    from engine.nets.backbones import Backbone


@dataclass(frozen=True, slots=True, kw_only=True)
class BackboneSource:
    """Facts, identity of the weights (hex digest), and how to load them (imports torch; may raise `DamagedInput`)."""

    facts: BackboneFacts
    weights: str
    load: Callable[[], Backbone]


def installed(name: str) -> BackboneSource:
    """The named backbone of the catalogue, with the weights of its package.

    Raises:
        UserError: no such backbone, or its weights are not installed.
    """
    facts = backbone_facts(name)

    def load() -> Backbone:
        from engine.nets.backbones import load_backbone

        return load_backbone(name)

    return BackboneSource(facts=facts, weights=weights_id(facts), load=load)


def installed_as(name: str, weights: str) -> BackboneSource:
    """The named backbone with exactly these weights.

    Raises:
        UserError: as `installed`, or its weights are others.
    """
    source = installed(name)
    if source.weights != weights:
        raise UserError(
            "The model was trained on other weights of its backbone than are installed now.",
            safe="Your photos and labels are unchanged.",
            advice="Train again.",
            details=f"{weights} trained on, {source.weights} installed",
        )
    return source
