"""Looking up unit vectors among very many others without comparing all: only in the lists nearest to each query.

An inverted file (Sivic & Zisserman 2003; Jegou et al. 2011): vectors stand in the list of their nearest centre; a query
looks into the few lists whose centres are nearest to it.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

_N_LISTS, _N_PROBES, _ROUNDS = 2048, 5, 5
_ROWS, _MOST_AT_ONCE = 8192, 16384


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
        filled = np.flatnonzero(np.square(vectors).sum(axis=1) > 0)
        for queries, members in self._batches(vectors, filled):
            for begin in range(0, len(members), _MOST_AT_ONCE):
                some = members[begin : begin + _MOST_AT_ONCE]
                agreement = self._queries[queries] @ vectors[some].T
                i, j = np.nonzero(agreement >= floor[queries][:, None])
                if len(i):
                    yield queries[i], some[j], agreement[i, j]

    def _batches(self, vectors: Floats, filled: Ints) -> Iterator[tuple[Ints, Ints]]:
        if self._centres is None:
            for begin in range(0, len(self._queries), 512):
                yield np.arange(begin, min(begin + 512, len(self._queries))), filled
            return
        nearest = _nearest(vectors[filled], self._centres)
        order = np.argsort(nearest, kind="stable")
        bounds = np.searchsorted(nearest[order], np.arange(len(self._centres) + 1))
        for number, queries in enumerate(self._of_list):
            members = filled[order[bounds[number] : bounds[number + 1]]]
            if len(members) and len(queries):
                yield queries, members


def _nearest(vectors: Floats, centres: Floats) -> Ints:
    out = np.empty(len(vectors), dtype=np.int64)
    for begin in range(0, len(vectors), _ROWS):
        out[begin : begin + _ROWS] = (vectors[begin : begin + _ROWS] @ centres.T).argmax(axis=1)
    return out
