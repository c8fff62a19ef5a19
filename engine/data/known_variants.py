"""Which way of running each network was found to be the fastest here, read from the cache of measurements."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import msgspec

_PLAIN = "eager"


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownVariant:
    """The fastest variant for a network and an input side in pixels.

    `images_per_s`: its speed; `plain_images_per_s`: that of the network as it comes, 0 where it was not measured.
    """

    backbone: str
    size: int
    variant: str
    images_per_s: float
    plain_images_per_s: float


class _Row(msgspec.Struct, frozen=True):
    variant: str
    images_per_second: float = 0.0


class _Choice(msgspec.Struct, frozen=True):
    variant: str
    measured: tuple[_Row, ...]


def known_variants(folder: Path) -> tuple[KnownVariant, ...]:
    """The choices in the folder by network and side, the newest where there are several; files of others are left out.

    The files are those of engine.predict.variants, named `BACKBONE-SIZE-DIGEST.json`.
    """
    found: dict[tuple[str, int], KnownVariant] = {}
    for path in sorted(folder.glob("*-*-*.json"), key=_age):
        name, _, rest = path.stem.rpartition("-")[0].rpartition("-")
        known = _read(path, name, int(rest)) if name and rest.isdecimal() else None
        if known is not None:
            found[known.backbone, known.size] = known
    return tuple(found[key] for key in sorted(found))


def _read(path: Path, backbone: str, size: int) -> KnownVariant | None:
    try:
        choice = msgspec.json.decode(path.read_bytes(), type=_Choice)
    except (OSError, msgspec.DecodeError):
        return None
    speeds = {row.variant: row.images_per_second for row in choice.measured}
    return KnownVariant(
        backbone=backbone,
        size=size,
        variant=choice.variant,
        images_per_s=speeds.get(choice.variant, 0.0),
        plain_images_per_s=speeds.get(_PLAIN, 0.0),
    )


def _age(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
