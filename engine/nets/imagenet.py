"""The thousand ImageNet classes by their names, and which of them a project's classes mean."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from engine.recipe.head_cfg import Mapping

N_CLASSES = 1000


@cache
def names() -> tuple[tuple[str, ...], ...]:
    """The names of each class, by its column; the first is the usual one."""
    from timm.data import ImageNetInfo

    info = ImageNetInfo("imagenet-1k")
    return tuple(tuple(info.index_to_description(column).split(", ")) for column in range(N_CLASSES))


def by_name(class_names: Sequence[str]) -> tuple[Mapping, ...]:
    """For each class that is called as ImageNet classes are, those; capitals, hyphens and a plural s do not matter."""
    columns: dict[str, list[int]] = {}
    for column, known in enumerate(names()):
        for name in known:
            columns.setdefault(_plain(name), []).append(column)
    found = ((name, columns.get(_plain(name), [])) for name in class_names)
    return tuple(Mapping(class_name=name, columns=tuple(sorted(set(mine)))) for name, mine in found if mine)


def _plain(name: str) -> str:
    return re.sub(r"[\s_\-']+", " ", name.casefold()).strip().removesuffix("s")
