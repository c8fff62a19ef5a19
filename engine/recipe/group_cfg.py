"""Which photos stay together when photos are divided."""

from __future__ import annotations

import msgspec

# The heading, among those of `GroupCfg.columns`, of groups that people make by hand.
BY_HAND = "group"


class GroupCfg(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What connects photos so that they never stand on two sides of a split; equal contents never do in any case.

    `copies`: photos that a search found to be one picture. `bursts`: photos of one camera in one folder, each taken
    soon after the one before. `burst_seconds`: longest pause within a burst. `folders`: photos in one folder. `days`:
    photos taken on one day. `cameras`: photos taken with one camera. `sites`: photos taken at one place (100 m).
    `names`: regular expression for file names; photos are together if its groups catch the same, or, if it has none, if
    it matches the same. Empty means names do not matter. `columns`: headings of facts from tables, with commas between
    them; photos that have the same value under one of them are together.
    """

    copies: bool = True
    bursts: bool = True
    burst_seconds: float = 10.0
    folders: bool = False
    days: bool = False
    cameras: bool = False
    sites: bool = False
    names: str = ""
    columns: str = ""

    def headings(self) -> tuple[str, ...]:
        """The headings that `columns` names."""
        return tuple(name for one in self.columns.split(",") if (name := one.strip()))
