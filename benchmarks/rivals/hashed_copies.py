"""The other side of row P8c: a perceptual hash of each photo by imagehash, all pairs compared.

The comparison is the fastest one there is without an index (exclusive or and count of bits by numpy, in blocks):
comparing imagehash's own objects with one another takes hours for 60,000 photos. Run with `uv run --with imagehash`.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import imagehash
import msgspec
import numpy as np
from PIL import Image

from benchmarks.copies import Planted, found_share

# Up to 8 of 64 bits: what its users commonly call a near-duplicate.
MAX_BITS = 8
_BLOCK = 2048


def main() -> None:
    """Print one JSON object."""
    planted = msgspec.json.decode(Path(sys.argv[1]).read_bytes(), type=Planted)
    begin = time.perf_counter()
    hashes = np.array([_hash(name) for name in planted.files], dtype=np.uint64)
    reading = time.perf_counter() - begin
    pairs: set[frozenset[int]] = set()
    for first in range(0, len(hashes), _BLOCK):
        for second in range(first, len(hashes), _BLOCK):
            bits = np.bitwise_count(hashes[first : first + _BLOCK, None] ^ hashes[None, second : second + _BLOCK])
            i, j = np.nonzero(bits <= MAX_BITS)
            pairs |= {frozenset((a, b)) for a, b in zip(i + first, j + second, strict=True) if a < b}
    seconds = time.perf_counter() - begin
    result = {
        "seconds": round(seconds, 1),
        "reading": round(reading, 1),
        "pairs": len(pairs),
        **found_share(planted, {frozenset(map(int, pair)) for pair in pairs}),
    }
    print(json.dumps(result))


def _hash(name: str) -> int:
    with Image.open(name) as image:
        return int(str(imagehash.phash(image)), 16)


if __name__ == "__main__":
    main()
