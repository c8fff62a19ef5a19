"""Recipes in a few words: what learns, on what, for how long."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QCoreApplication

from engine.recipe.catalogue import BACKBONES, SHORTLIST
from engine.recipe.head_cfg import AsIsCfg, ClassicCfg, DenseHeadCfg, LogisticCfg
from engine.recipe.model_cfg import BackboneCfg
from engine.recipe.recipe import Recipe, from_json


def _words(text: str) -> str:
    return QCoreApplication.translate("Recipe", text)


def architecture_title(name: str) -> str:
    """What an architecture is called on the screen, by its name in recipes; a title without its explanation."""
    facts = BACKBONES.get(name) or SHORTLIST.get(name)
    return (name.removeprefix("timm/") if facts is None else facts.title).partition(" (")[0]


def network_name(recipe: Recipe) -> str:
    """`EfficientNet-Lite0`, `resnet18`, or `network of 12 layers`."""
    if not isinstance(recipe.model, BackboneCfg):
        return _words("network of {0} layers").format(len(recipe.model.layers))
    return architecture_title(recipe.model.backbone)


def learner_name(recipe: Recipe) -> str:
    """What learns, in a word or two."""
    head = recipe.head
    if isinstance(head, LogisticCfg):
        return _words("Quick")
    if isinstance(head, ClassicCfg):
        names = {
            "svm": _words("Support vector machine"),
            "forest": _words("Random forest"),
            "boosting": _words("Boosted trees"),
            "neighbours": _words("Nearest neighbours"),
        }
        return names[head.method]
    if isinstance(head, AsIsCfg):
        return _words("Untrained")
    scratch = not isinstance(recipe.model, BackboneCfg) or recipe.model.weights == "none"
    return _words("From scratch") if scratch else _words("Fine-tuning")


def summary(recipe: Recipe) -> str:
    """One line: `Fine-tuning, EfficientNet-Lite0, 224 px, 10 epochs`."""
    parts = [learner_name(recipe), network_name(recipe), _words("{0} px").format(recipe.input.size)]
    if recipe.training is not None:
        parts.append(_words("{0} epochs").format(recipe.training.n_epochs))
    return ", ".join(parts)


def explanation(recipe: Recipe) -> str:
    """What training by this recipe means, for people who have not heard of networks."""
    if isinstance(recipe.head, LogisticCfg):
        return _words(
            "A network that has seen a million photos describes each of yours in numbers, and a simple model learns to"
            " tell your classes apart by these. Photos are described once; after that, training takes seconds."
        )
    if isinstance(recipe.head, ClassicCfg):
        return _words(
            "A network that has seen a million photos describes each of yours in numbers, and a classic method of"
            " machine learning tells your classes apart by these. Quick to train; good to compare with."
        )
    if isinstance(recipe.head, AsIsCfg):
        return _words(
            "Nothing is learned: the network answers with the thousand classes it already knows, and those that mean"
            " one of yours are counted for it. Shows how far one gets without training."
        )
    assert isinstance(recipe.head, DenseHeadCfg)
    if learner_name(recipe) == _words("Fine-tuning"):
        return _words(
            "A network that has seen a million photos goes on learning with yours. Takes longer than Quick, from"
            " minutes to hours, and can find finer differences."
        )
    return _words(
        "A network that has seen nothing yet learns from your photos alone. Needs many photos and time; without what"
        " other photos teach it is mostly for comparison."
    )


@lru_cache(maxsize=512)
def summary_of_json(text: str) -> str:
    """What learned and on what, of a stored recipe; lists ask for it with every repaint."""
    recipe = from_json(text)
    return f"{learner_name(recipe)}, {network_name(recipe)}"
