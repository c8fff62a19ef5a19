"""The layer table of a network, as values that travel from the process with torch to the window."""

from __future__ import annotations

import msgspec


class LayerRow(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """A layer: where it is, its type, and what it gives for one photo.

    `stage`: counted from 0 at the input, the head being the last; stages are what is frozen and unfrozen. `shape`:
    of its output for one photo, channels first. `n_parameters`, `n_buffers`: as in `LayerTable`.
    """

    name: str
    kind: str
    stage: int
    shape: tuple[int, ...]
    n_parameters: int
    n_buffers: int


class LayerTable(msgspec.Struct, frozen=True, kw_only=True):
    """A network before it is trained.

    `n_stages`: of the body; the head is one more. `n_parameters`: all of them; `n_trainable`: those that learn in some
    stage of the training. `n_buffers`: means and variances kept by batch norm, which Keras counts as parameters.
    `n_bytes`: of the weights as float32. `training_bytes`: estimated memory of training with batches of `batch` photos
    (see engine.nets.training_memory for what is in it). `largest_batch`: the largest power of two of photos that fits
    into the memory that is free here; 0 if not even two do.
    """

    title: str
    n_stages: int
    rows: tuple[LayerRow, ...]
    n_parameters: int
    n_trainable: int
    n_buffers: int
    n_bytes: int
    batch: int
    training_bytes: int
    largest_batch: int
