"""The model card: what a model is, what it was tested on, and where its limits are, as Markdown."""

from __future__ import annotations

from engine.insight.metrics import Report
from engine.recipe.catalogue import backbone_facts
from engine.recipe.recipe import Recipe, backbone_name
from engine.store.rows import RunRow

_FITS = {
    "whole": "the whole photo squeezed into the square",
    "crop": "the centre of the photo",
}
_VIEWS = {"one": "", "flip": ", averaged with its mirror image"}


def model_card(run: RunRow, score: Report, recipe: Recipe) -> str:
    """Markdown with the hub's YAML header keys; every number is read from the run."""
    facts = backbone_facts(backbone_name(recipe) or "")
    low, high = score.accuracy_ci95
    rows = "\n".join(
        f"| {row.name} | {row.precision:.2f} | {row.recall:.2f} | {row.f1:.2f} | {row.support} |"
        for row in score.per_class
    )
    return f"""---
library_name: fieldmark
pipeline_tag: image-classification
license: {facts.licence.lower()}
---
# {run.name}

Made with Fieldmark on {run.started_at[:10]} (run {run.uuid}).

Tells {len(score.classes)} classes apart: {", ".join(score.classes)}.

## How it was made
{facts.title} with frozen weights, input {recipe.input.size} x {recipe.input.size} pixels ({_FITS[recipe.input.fit]}\
{_VIEWS[recipe.input.views]}), and a multinomial logistic regression on its features. Seed {run.seed}.

## How good it is
On {score.n} photos that took no part in training, accuracy is {score.accuracy:.3f} (95 % interval {low:.3f} to \
{high:.3f}). Always answering with the largest class would be right in {score.baseline:.3f} of them. Macro F1 is \
{score.macro_f1:.3f}.

| class | precision | recall | F1 | test photos |
| --- | --- | --- | --- | --- |
{rows}

## Limits
The test photos come from the same collection as the training photos. On photos from other places, cameras or seasons
the model can do worse. It answers with one of its classes whatever the photo shows: photos of anything else get a wrong
answer.
"""
