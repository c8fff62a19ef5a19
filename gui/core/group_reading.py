"""Groups that people have made by hand, and whether the project's plan keeps them together; on the store thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.recipe.group_cfg import BY_HAND

if TYPE_CHECKING:
    from engine.project.project import Project


@dataclass(frozen=True, slots=True)
class GroupsByHand:
    """(name, photos) of each group, the largest first; `used`: the plan keeps them together."""

    groups: tuple[tuple[str, int], ...]
    used: bool

    @property
    def names(self) -> tuple[str, ...]:
        """What they are called."""
        return tuple(name for name, _ in self.groups)


def groups_by_hand(project: Project) -> GroupsByHand:
    """The groups there are now."""
    return GroupsByHand(project.columns.values(BY_HAND), BY_HAND in project.splits.plan().groups.headings())
