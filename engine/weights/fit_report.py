"""How a file of weights fits a network: what found its place, what did not, in words."""

from __future__ import annotations

import msgspec

_SHOWN = 5


class WrongShape(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """A tensor that has its name in common with one of the network, but not its shape."""

    name: str
    found: tuple[int, ...]
    wanted: tuple[int, ...]


class FitReport(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the tensors of a file.

    `architecture`: timm's name of the network. `n_wanted`: tensors it has, `n_fitted`: those the file gave. `missing`:
    names of those it lacks, `left_over`: names of its other tensors, which are not kept. `n_classes`: outputs of its
    classifier, 0 where the file has none. `by_order`: the names are others, but number, order and shapes are the same.
    """

    architecture: str
    n_wanted: int
    n_fitted: int
    missing: tuple[str, ...]
    left_over: tuple[str, ...]
    wrong_shape: tuple[WrongShape, ...]
    n_classes: int
    by_order: bool

    @property
    def usable(self) -> bool:
        """Whether every tensor of the network found its weights."""
        return not self.missing and not self.wrong_shape

    def summary(self) -> str:
        """One sentence for the user."""
        told = f"{self.n_fitted} of {self.n_wanted} tensors of {self.architecture} fitted"
        rest = [
            f"{len(names)} {words}"
            for names, words in (
                (self.missing, "missing"),
                (self.wrong_shape, "of another shape"),
                (self.left_over, "left over"),
            )
            if names
        ]
        by_order = ", matched by their order because the names are others" if self.by_order else ""
        classes = f"; its own classifier knows {self.n_classes} classes" if self.n_classes else "; it has no classifier"
        return told + "".join(f", {part}" for part in rest) + by_order + classes + "."

    def details(self) -> str:
        """The first names of each kind, a line a kind; empty where everything fitted."""
        wrong = tuple(f"{one.name} {one.found}, not {one.wanted}" for one in self.wrong_shape)
        kinds = (("missing", self.missing), ("other shape", wrong), ("left over", self.left_over))
        return "\n".join(f"{word}: {_some(names)}" for word, names in kinds if names)


def _some(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
