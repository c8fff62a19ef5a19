"""Which photos stay together when photos are divided."""

from __future__ import annotations

from typing import Literal

import msgspec

# What may keep photos together: being copies, shot in one burst, lying in one folder, taken on one day or with one
# camera, at one site (about 100 m), or named alike.
Together = Literal["copies", "bursts", "folders", "days", "cameras", "sites", "names"]


class GroupCfg(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What connects photos so that they never stand on two sides of a split; equal contents never do in any case.

    `burst_seconds`: longest pause within a burst. `name_pattern`: regular expression; names are alike in what its
    groups catch, or in all it matches if it has none.
    """

    together: tuple[Together, ...] = ("copies", "bursts")
    burst_seconds: float = 10.0
    name_pattern: str = ""
