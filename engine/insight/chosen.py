"""Which photos a bar, a point or a line of an overview stands for."""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass

from engine.insight.overview import PhotoFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What the chosen photos have in common; None does not restrict.

    Args:
        excluded: photos that are left out, instead of those that are not.
        reason: why they are left out; empty where nobody said.
        class_name: labelled photos of the class (of excluded ones, the class they had); empty: all without a label.
        part: `train`, `val` or `test` of the project's split; empty for those in none.
        sizes: pairs of width and height in pixels.
        mode, camera, taken: what the file says; empty where it does not, or was not looked at. `taken` is the beginning
            of a date: 2020, 2020-05 or 2020-05-06.
    """

    excluded: bool = False
    reason: str | None = None
    class_name: str | None = None
    part: str | None = None
    sizes: Set[tuple[int, int]] | None = None
    format: str | None = None
    mode: str | None = None
    camera: str | None = None
    taken: str | None = None


def chosen(photos: Sequence[PhotoFacts], choice: Choice) -> tuple[int, ...]:
    """Ids of the photos that the choice stands for, in their order.

    They are as many as the overview of the same photos counts at that bar, point or line.
    """
    tests = _tests(choice)
    return tuple(photo.photo_id for photo in photos if all(test(photo) for test in tests))


def _tests(choice: Choice) -> list[Callable[[PhotoFacts], bool]]:
    found: list[tuple[bool, Callable[[PhotoFacts], bool]]] = [
        (True, lambda photo: (photo.state == "excluded") == choice.excluded),
        (choice.reason is not None, lambda photo: photo.reason == choice.reason),
        (choice.class_name is not None, lambda photo: _label(photo) == choice.class_name),
        (choice.part is not None, lambda photo: photo.part == choice.part),
        (choice.sizes is not None, lambda photo: (photo.width, photo.height) in (choice.sizes or ())),
        (choice.format is not None, lambda photo: photo.format == choice.format),
        (choice.mode is not None, lambda photo: photo.look is not None and photo.look.mode == choice.mode),
        (choice.camera is not None, lambda photo: photo.look is not None and photo.look.camera == choice.camera),
        (choice.taken is not None, lambda photo: _is_taken(photo, choice.taken or "")),
    ]
    return [test for wanted, test in found if wanted]


def _label(photo: PhotoFacts) -> str:
    return photo.class_name if photo.state in ("labelled", "excluded") else ""


def _is_taken(photo: PhotoFacts, when: str) -> bool:
    if photo.look is None:
        return False
    return photo.look.taken.startswith(when) if when else not photo.look.taken
