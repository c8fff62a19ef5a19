"""The model card: what a model is, what it was tested on, and where its limits are, as Markdown."""

from __future__ import annotations

from engine.insight.metrics import Report
from engine.recipe.catalogue import BACKBONES, shortlisted
from engine.recipe.head_cfg import AsIsCfg, ClassicCfg, DenseHeadCfg, LogisticCfg
from engine.recipe.model_cfg import BackboneCfg
from engine.recipe.recipe import Recipe, backbone_name
from engine.recipe.views_cfg import ONCE, ViewsCfg
from engine.store.rows import RunRow

_FITS = {
    "whole": "the whole photo squeezed into the square",
    "crop": "the centre of the photo",
}
_METHODS = {
    "svm": "a support vector machine",
    "forest": "a random forest",
    "boosting": "boosted trees",
    "neighbours": "its nearest neighbours",
}
_VIEWS = {"one": "", "flip": ", averaged with its mirror image"}


def model_card(run: RunRow, score: Report, recipe: Recipe, views: ViewsCfg = ONCE) -> str:
    """Markdown with the hub's YAML header keys; every number is read from the run.

    `views`: how often the model looks at each photo that it classifies.
    """
    low, high = score.accuracy_ci95
    rows = "\n".join(
        f"| {row.name} | {row.precision:.2f} | {row.recall:.2f} | {row.f1:.2f} | {row.support} |"
        for row in score.per_class
    )
    return f"""---
library_name: fieldmark
pipeline_tag: image-classification
{_licence(recipe)}---
# {run.name}

Made with Fieldmark on {run.started_at[:10]} (run {run.uuid}).

Tells {len(score.classes)} classes apart: {", ".join(score.classes)}.

## How it was made
{how_made(recipe)} Input {recipe.input.size} x {recipe.input.size} pixels ({_FITS[recipe.input.fit]}\
{_VIEWS[recipe.input.views]}). Seed {run.seed}.

## How good it is
On {score.n} photos that took no part in training, accuracy is {score.accuracy:.3f} (95 % interval {low:.3f} to \
{high:.3f}). Always answering with the largest class would be right in {score.baseline:.3f} of them. Macro F1 is \
{score.macro_f1:.3f}.{_looks(views)}

| class | precision | recall | F1 | test photos |
| --- | --- | --- | --- | --- |
{rows}

## Limits
The test photos come from the same collection as the training photos. On photos from other places, cameras or seasons
the model can do worse. It answers with one of its classes whatever the photo shows: photos of anything else get a wrong
answer.
"""


def _looks(views: ViewsCfg) -> str:
    if views == ONCE:
        return ""
    names = ", ".join(views.names)
    return (
        f"\n\nWhen it classifies, it looks at each photo {views.n_views} times ({names}) and averages what it says; "
        "these numbers are of looking once."
    )


def _licence(recipe: Recipe) -> str:
    """The line of the header on the licence of weights from elsewhere; nothing for a network of the user's own."""
    name = backbone_name(recipe)
    return f"license: {BACKBONES[name].licence.lower()}\n" if name in BACKBONES else ""


def how_made(recipe: Recipe) -> str:
    """The network, how much of it is kept as it was, and what learns on it, in a sentence."""
    network = _network(recipe)
    match recipe.head:
        case LogisticCfg():
            return f"{network}{_frozen(recipe)}, and a multinomial logistic regression on its features."
        case ClassicCfg(method=method):
            return f"{network}{_frozen(recipe)}, and {_METHODS[method]} on its features."
        case AsIsCfg():
            return f"{network} as it was published, its classes mapped to these."
        case DenseHeadCfg():
            pretrained = isinstance(recipe.model, BackboneCfg) and recipe.model.weights == "pretrained"
            start = "from published weights" if pretrained else "from scratch"
            return f"{network}, trained {start}."


def _network(recipe: Recipe) -> str:
    name = backbone_name(recipe)
    if name is None:
        return "A network built layer by layer"
    facts = BACKBONES.get(name) or shortlisted(name)
    return name if facts is None else facts.title


def _frozen(recipe: Recipe) -> str:
    """How much of the network is used, and with which weights."""
    model = recipe.model
    if not isinstance(model, BackboneCfg):
        return ""
    weights = " with frozen weights" if model.weights == "pretrained" else " with random, frozen weights"
    if not model.cut:
        return weights
    left = f"its first {model.cut} stages" if model.cut > 0 else f"all but its last {-model.cut} stages"
    return f", {left}{weights}"
