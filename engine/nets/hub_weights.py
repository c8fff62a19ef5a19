"""Where the hub keeps the pretrained weights of any network of timm."""

from __future__ import annotations

import timm

from engine.base.errors import UserError
from engine.nets.timm_body import timm_name
from engine.recipe.catalogue import HubWeights, shortlisted


def hub_weights(backbone: str) -> HubWeights:
    """The weights of the network called `timm/NAME` or `timm/NAME.TAG`: the front page's choice, or else timm's.

    Raises:
        UserError: no such network, or nobody has published weights for it.
    """
    facts = shortlisted(backbone)
    if facts is not None:
        return facts
    architecture = timm_name(backbone)
    cfg = timm.get_pretrained_cfg(architecture)
    if cfg is None or not cfg.hf_hub_id:
        raise UserError(
            f"The hub has no weights for {architecture}.",
            advice="Train it from scratch, choose another network, or import a file of weights.",
        )
    tagged = f"{architecture.partition('.')[0]}.{cfg.tag}" if cfg.tag else architecture
    return HubWeights(
        architecture=tagged,
        title=architecture,
        repo=cfg.hf_hub_id,
        licence=cfg.license or "not stated",
        n_classes=cfg.num_classes,
        file=cfg.hf_hub_filename or "model.safetensors",
    )
