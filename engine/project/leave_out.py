"""What the job that leaves out one group after another is given: the photos, and what each says under a relation."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from engine.base.dirs import machine_dir, weights_dir
from engine.base.errors import UserError
from engine.data.relation_values import RELATIONS, PhotoValue, write_values
from engine.jobs.spec import LeaveOneOutSpec
from engine.project.context import Context
from engine.recipe.recipe import Recipe
from engine.store.marks import names_in_use


def known_relation(context: Context, relation: str) -> str:
    """The relation as it is written here.

    Raises:
        UserError: it is no relation that photos can have, and no heading of tables.
    """
    headings = [name for name, _ in names_in_use(context.db, "column")]
    for name in (*RELATIONS, *headings):
        if name.casefold() == relation.casefold():
            return name
    raise UserError(
        f"Photos have no groups called {relation}.", advice=f"There are: {', '.join((*RELATIONS, *headings))}."
    )


def leave_out_spec(
    context: Context, recipe: Recipe, manifest: Path, relation: str, values: Mapping[int, str], out: Path
) -> LeaveOneOutSpec:
    """The job.

    Args:
        manifest: file with the photos. values: what each photo says under the relation; empty for nothing.
    """
    place = context.paths.tmp / f"values-{secrets.token_hex(6)}.msgpack"
    write_values(place, tuple(PhotoValue(photo_id=i, value=value) for i, value in values.items() if value))
    return LeaveOneOutSpec(
        recipe=recipe,
        relation=relation,
        manifest=os.fsencode(manifest),
        values=os.fsencode(place),
        features=os.fsencode(context.paths.features),
        machine=os.fsencode(machine_dir()),
        library=os.fsencode(weights_dir()),
        out=os.fsencode(out),
    )
