"""The plan by which a project is divided, and the splits that were made by a plan."""

from __future__ import annotations

import msgspec

from engine.base.ids import SplitId
from engine.recipe.recipe import SplitCfg
from engine.store import runs
from engine.store.db import Database

_SETTING = "split_plan"


def plan_of(db: Database) -> SplitCfg:
    """How the project is divided wherever a recipe says nothing of its own."""
    return _read(runs.get_setting(db, _SETTING)) or SplitCfg()


def set_plan(db: Database, cfg: SplitCfg) -> None:
    """The project is divided by this plan, inside the open transaction."""
    runs.set_setting(db, _SETTING, written(cfg))


def splits_by(db: Database, cfg: SplitCfg) -> list[SplitId]:
    """The splits that were drawn by this plan, newest first."""
    return [split_id for split_id, plan in runs.split_plans(db) if _read(plan) == cfg]


def split_of(db: Database) -> SplitId | None:
    """The newest split by the plan of the project, else the newest of all; None before photos were divided.

    A run whose recipe has a plan of its own makes a newer one, which is that run's alone.
    """
    own = splits_by(db, plan_of(db))
    return own[0] if own else newest_whole(db)


def newest_whole(db: Database) -> SplitId | None:
    """The split made last that is not one by which a single fold is tested."""
    for split_id, text in runs.split_plans(db):
        plan = _read(text)
        if plan is None or plan == plan.whole:
            return split_id
    return None


def written(cfg: SplitCfg) -> str:
    """The plan as it stands beside its splits."""
    return msgspec.json.encode(cfg, order="sorted").decode()


def _read(text: str) -> SplitCfg | None:
    """The plan of an earlier split; what did not exist then has its default. None if it cannot be read."""
    try:
        return msgspec.json.decode(text, type=SplitCfg)
    except msgspec.DecodeError:
        return None
