"""The ways of joining finished runs into one that answers."""

from __future__ import annotations

from typing import Literal

# The mean of their probabilities; a mean with weights; a small model on top of them.
Method = Literal["average", "weighted", "stacked"]
METHODS: tuple[Method, ...] = ("average", "weighted", "stacked")
# Those that learn from cross-validated answers, which every run has to have then.
LEARNED: tuple[Method, ...] = ("weighted", "stacked")
