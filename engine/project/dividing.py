"""The photos that a recipe would be trained on: divided by its split as of now, and written down for a job."""

from __future__ import annotations

import secrets
from pathlib import Path

from engine.base.ids import SplitId
from engine.data.manifest import Manifest, write_manifest
from engine.project.context import Context
from engine.project.splits import Splits
from engine.project.teaching import Trainability, enough, photo_list
from engine.recipe.recipe import Recipe
from engine.store.runs import split_parts


def divided(context: Context, splits: Splits, recipe: Recipe, able: Trainability) -> tuple[SplitId, Manifest]:
    """The recipe's split, brought up to date inside the open transaction, and the photos by it."""
    split_id = splits.up_to_date(recipe.split)
    keys = splits.group_keys(recipe.split.groups)
    return split_id, photo_list(context, split_parts(context.db, split_id), keys, able.left_out)


def listed(context: Context, splits: Splits, recipe: Recipe, purpose: str) -> Path:
    """A file with the photos that the recipe would be trained on; `purpose` is a part of its name.

    Raises:
        UserError: there is too little to learn from.
    """
    able = enough(context.db)
    with context.db.transaction():
        _, manifest = divided(context, splits, recipe, able)
    place = context.paths.tmp / f"{purpose}-{secrets.token_hex(6)}.msgpack"
    write_manifest(place, manifest)
    return place
