"""Which of several folds a training leaves out to be tested on it."""

from __future__ import annotations

import msgspec

MOST_FOLDS = 20


class FoldCfg(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A fold: one of the parts into which all photos but the locked test photos are divided, to be tested in its turn.

    `n`: how many folds there are. `at`: which of them is tested, from 0. `seed`: of the draw of the folds.
    """

    n: int = 5
    at: int = 0
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse folds that are none (ValueError; ValidationError when decoding)."""
        if not 2 <= self.n <= MOST_FOLDS or not 0 <= self.at < self.n:
            raise ValueError(f"there is no fold {self.at} of {self.n}")

    @property
    def text(self) -> str:
        """`fold 2 of 5`, counted from 1."""
        return f"fold {self.at + 1} of {self.n}"
