"""A network that gives features, known but not loaded: most work needs only its identity, and torch takes seconds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine.base.errors import EngineBug, UserError
from engine.nets.tap import Described, TapFacts, TapInfo, is_whole, random_id, tap_name
from engine.recipe.catalogue import BACKBONES, BackboneFacts, backbone_facts
from engine.recipe.model_cfg import BackboneCfg
from engine.recipe.recipe import Recipe
from engine.weights.library import KeptWeights, find_weights, kept_weights
from engine.weights.packaged import weights_id

if TYPE_CHECKING:
    from engine.nets.backbones import Backbone, PixelNet


@dataclass(frozen=True, slots=True, kw_only=True)
class BackboneSource:
    """Facts, identity of the weights (hex digest), and how to load them (imports torch; may raise `DamagedInput`).

    `tap`: None for a whole backbone of the catalogue. `load_classifier`: the network with its own classes, where that
    can be had.
    """

    facts: BackboneFacts | TapFacts
    weights: str
    load: Callable[[], Backbone]
    tap: TapInfo | None = None
    load_classifier: Callable[[], PixelNet] | None = None


def installed(name: str) -> BackboneSource:
    """The named backbone of the catalogue, whole, with the weights of its package.

    Raises:
        UserError: no such backbone, or its weights are not installed.
    """
    facts = backbone_facts(name)

    def load() -> Backbone:
        from engine.nets.backbones import load_backbone

        return load_backbone(name)

    def classifier() -> PixelNet:
        from engine.nets.backbones import load_classifier

        return load_classifier(name)

    return BackboneSource(facts=facts, weights=weights_id(facts), load=load, load_classifier=classifier)


def source_of(recipe: Recipe, library: Path | None) -> BackboneSource:
    """What gives the features the recipe asks for; imports torch unless it is a whole backbone of the catalogue.

    Args:
        library: folder of the weights that were fetched or imported.

    Raises:
        UserError: no such network, it cannot be cut there or look at photos of that size, or its weights are not here.
    """
    model = recipe.model
    if not isinstance(model, BackboneCfg):
        raise EngineBug("Features were asked of a network that has none before it is trained.")
    if is_whole(model):
        return installed(model.backbone)
    from engine.nets.frozen import sketch_tap

    origin = _origin(model, recipe.seed, library)
    tap, n_features, n_parameters = sketch_tap(model, origin.architecture, recipe.input.size)
    facts = TapFacts(
        name=tap_name(model, tap.architecture),
        title=origin.title,
        licence=origin.licence,
        n_features=n_features,
        n_parameters=n_parameters,
    )
    return _tapped(recipe, model, tap, facts, origin.weights, origin.kept)


def source_again(info: Described, library: Path | None) -> BackboneSource:
    """What gave the features of a model that was trained here, with exactly the same weights.

    Raises:
        UserError: its weights are not here any more, or only others.
    """
    tap, model = info.tap, info.recipe.model
    if tap is None:
        return _installed_as(info.backbone, info.weights)
    facts = facts_again(info, tap)
    assert isinstance(model, BackboneCfg)
    kept = None
    if model.weights == "none":
        _check_same(info, random_id(tap.architecture, info.recipe.seed))
    elif model.backbone in BACKBONES:
        _check_same(info, weights_id(backbone_facts(model.backbone)))
    else:
        kept = _kept_again(info, tap, library)
    return _tapped(info.recipe, model, tap, facts, info.weights, kept)


def facts_again(info: Described, tap: TapInfo) -> TapFacts:
    """What a model's description says of its tap."""
    model = info.recipe.model
    if not isinstance(model, BackboneCfg):
        raise EngineBug("A model without a backbone says where it was cut.")
    return TapFacts(
        name=tap_name(model, tap.architecture),
        title=info.backbone_title,
        licence=info.backbone_licence,
        n_features=info.n_features,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Origin:
    """Which weights a recipe means; `kept`: those of the library."""

    architecture: str
    weights: str
    title: str
    licence: str = ""
    kept: KeptWeights | None = None


def _origin(model: BackboneCfg, seed: int, library: Path | None) -> _Origin:
    facts = BACKBONES.get(model.backbone)
    if facts is not None and model.weights == "pretrained":
        return _Origin(
            architecture=facts.timm_name, weights=weights_id(facts), title=facts.title, licence=facts.licence
        )
    from engine.nets.frozen import known_architecture
    from engine.nets.timm_body import timm_name

    name = facts.timm_name if facts is not None else known_architecture(timm_name(model.backbone))
    if model.weights == "none":
        title = f"{name if facts is None else facts.title}, with random weights"
        return _Origin(architecture=name, weights=random_id(name, seed), title=title)
    kept = find_weights(library, timm_name(model.backbone))
    return _Origin(
        architecture=known_architecture(kept.info.architecture),
        weights=kept.info.sha256,
        title=kept.info.title,
        licence=kept.info.licence,
        kept=kept,
    )


def _tapped(
    recipe: Recipe, model: BackboneCfg, tap: TapInfo, facts: TapFacts, weights: str, kept: KeptWeights | None
) -> BackboneSource:
    size = recipe.input.size

    def load() -> Backbone:
        from engine.nets.frozen import load_frozen

        return load_frozen(model, tap, facts, weights, size=size, seed=recipe.seed, kept=kept)

    def classifier() -> PixelNet:
        from engine.nets.frozen import load_own_classifier

        assert kept is not None
        return load_own_classifier(tap, size, kept)

    return BackboneSource(
        facts=facts, weights=weights, load=load, tap=tap, load_classifier=None if kept is None else classifier
    )


def _installed_as(name: str, weights: str) -> BackboneSource:
    source = installed(name)
    if source.weights != weights:
        raise _other_weights(f"{weights} trained on, {source.weights} installed")
    return source


def _check_same(info: Described, found: str) -> None:
    if found != info.weights:
        raise _other_weights(f"{info.weights} trained on, {found} here")


def _kept_again(info: Described, tap: TapInfo, library: Path | None) -> KeptWeights:
    """The very weights the model was trained on, from the library.

    Raises:
        UserError: there are none for its network, or only others.
    """
    base = tap.architecture.partition(".")[0]
    kept = [
        one
        for one in (kept_weights(library) if library is not None else ())
        if one.info.architecture.partition(".")[0] == base
    ]
    for one in kept:
        if one.info.sha256 == info.weights:
            return one
    if kept:
        raise _other_weights(f"{info.weights} trained on, {', '.join(one.info.sha256 for one in kept)} in the library")
    raise UserError(
        f"The weights of {info.backbone_title}, by which the model sees photos, are not on this machine.",
        safe="Your photos, labels and the model are unchanged.",
        advice=f"Get the weights of timm/{tap.architecture} (when online), import the file they came from, "
        "or use the model as it was saved to a file.",
        details=f"sha256 {info.weights}",
    )


def _other_weights(details: str) -> UserError:
    return UserError(
        "The model was trained on other weights of its backbone than are here now.",
        safe="Your photos and labels are unchanged.",
        advice="Get or import the weights it was trained on, or train again.",
        details=details,
    )
