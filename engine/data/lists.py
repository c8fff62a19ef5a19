"""Looking up unit vectors among very many others without comparing all: only in the lists nearest to each query.

An inverted file (Sivic & Zisserman 2003; Jegou et al. 2011): vectors stand in the list of their nearest centre; a query
looks into the few lists whose centres are nearest to it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

_N_LISTS, _N_PROBES, _ROUNDS = 3072, 4, 5
_ROWS, _MOST_AT_ONCE = 4096, 4096


def centres(vectors: Floats) -> Floats:
    """(lists, d) unit vectors amid the (n, d) unit vectors: spherical k-means, the same for the same vectors.

    Raises:
        ValueError: no vectors.
    """
    if not len(vectors):
        raise ValueError("no vectors to find the centres of")
    n_lists = min(_N_LISTS, max(1, len(vectors) // 20))
    found = vectors[np.linspace(0, len(vectors) - 1, n_lists).astype(np.int64)]
    for _ in range(_ROUNDS):
        sums = np.zeros_like(found)
        np.add.at(sums, _nearest(vectors, found), vectors)
        length = np.sqrt(np.square(sums).sum(axis=1, keepdims=True))
        found = np.where(length > 1e-6, sums / np.maximum(length, 1e-6), found)
    return np.asarray(found, dtype=np.float32)


class Lists:
    """Queries, ordered by the lists they look into.

    Args:
        queries: (q, d) unit vectors.
        centres: of `centres`; None: every query is compared with everything.
    """

    def __init__(self, queries: Floats, centres: Floats | None) -> None:
        self._queries = queries
        self._centres = centres
        self._of_list: list[Ints] = []
        if centres is None:
            return
        n_probes = min(_N_PROBES, len(centres))
        probes = np.empty((len(queries), n_probes), dtype=np.int64)
        for begin in range(0, len(queries), _ROWS):
            near = queries[begin : begin + _ROWS] @ centres.T
            probes[begin : begin + _ROWS] = np.argpartition(-near, n_probes - 1, axis=1)[:, :n_probes]
        order = np.argsort(probes.ravel(), kind="stable")
        bounds = np.searchsorted(probes.ravel()[order], np.arange(len(centres) + 1))
        self._of_list = [order[bounds[i] : bounds[i + 1]] // n_probes for i in range(len(centres))]

    def search(self, vectors: Floats, floor: Floats) -> Iterator[tuple[Ints, Ints, Floats]]:
        """(queries, vectors, agreements) wherever the product reaches the query's floor, batch by batch.

        Args:
            vectors: (n, d) unit vectors; zeros are never found.
            floor: (q,) above 0.
        """
        filled = np.flatnonzero(vectors.any(axis=1))

        def compare(batch: tuple[Ints, Ints]) -> tuple[Ints, Ints, Floats]:
            queries, members = batch
            agreement = self._queries[queries] @ vectors[members].T
            i, j = np.divmod(np.flatnonzero(agreement >= floor[queries][:, None]), len(members))
            return queries[i], members[j], agreement[i, j]

        with ThreadPoolExecutor(cores()) as pool:
            yield from pool.map(compare, self._batches(vectors, filled))

    def _batches(self, vectors: Floats, filled: Ints) -> Iterator[tuple[Ints, Ints]]:
        if self._centres is None:
            for begin in range(0, len(self._queries), 256):
                queries = np.arange(begin, min(begin + 256, len(self._queries)))
                for first in range(0, len(filled), _MOST_AT_ONCE):
                    yield queries, filled[first : first + _MOST_AT_ONCE]
            return
        nearest = _nearest(vectors[filled], self._centres)
        order = np.argsort(nearest, kind="stable")
        bounds = np.searchsorted(nearest[order], np.arange(len(self._centres) + 1))
        for number, queries in enumerate(self._of_list):
            members = filled[order[bounds[number] : bounds[number + 1]]]
            for begin in range(0, len(members) if len(queries) else 0, _MOST_AT_ONCE):
                yield queries, members[begin : begin + _MOST_AT_ONCE]


def cores() -> int:
    """How many threads may compute at once here."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _nearest(vectors: Floats, centres: Floats) -> Ints:
    out = np.empty(len(vectors), dtype=np.int64)
    for begin in range(0, len(vectors), _ROWS):
        out[begin : begin + _ROWS] = (vectors[begin : begin + _ROWS] @ centres.T).argmax(axis=1)
    return out
