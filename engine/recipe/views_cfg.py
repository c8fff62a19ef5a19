"""How often a model looks at each photo it classifies: as it is, and mirrored, turned or cut as well."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

# How many views each choice adds.
ADDED = {"flip_h": 1, "flip_v": 1, "turns": 3, "crops": 5}


class ViewsCfg(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Views beside the photo as it is; the probabilities of all of them are averaged.

    `flip_h`: its mirror image; `flip_v`: upside down, mirrored; `turns`: turned by 90, 180 and 270 degrees; `crops`:
    its four corners and its middle, each seven eighths of the sides. Choices add up and are not combined.
    """

    flip_h: bool = False
    flip_v: bool = False
    turns: bool = False
    crops: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The choices that are made, in a fixed order; empty where the photo is looked at once."""
        return tuple(name for name in ADDED if getattr(self, name))

    @property
    def n_views(self) -> int:
        """How many times each photo is looked at."""
        return 1 + sum(ADDED[name] for name in self.names)


ONCE = ViewsCfg()


def views_named(names: Sequence[str]) -> ViewsCfg:
    """The views with these choices made.

    Raises:
        ValueError: one is no choice; the message lists those there are.
    """
    unknown = [name for name in names if name not in ADDED]
    if unknown:
        raise ValueError(f"there are no views called {unknown[0]}; there are {', '.join(ADDED)}")
    return ViewsCfg(**dict.fromkeys(names, True))
