"""Our side of row P8c: the search for copies as the job does it, nothing known before."""

from __future__ import annotations

import hashlib
import json
import os
import resource
import sys
import time
from pathlib import Path

import msgspec

from benchmarks.copies import Planted, found_share
from engine.base.events import AnyEvent, Phase
from engine.base.stop import StopToken
from engine.data.copies_found import CopyPhoto, read_copies, write_copy_photos
from engine.jobs import find_copies
from engine.jobs.spec import FindCopiesSpec


def main() -> None:
    """Print one JSON object."""
    planted = msgspec.json.decode(Path(sys.argv[1]).read_bytes(), type=Planted)
    folder = Path(sys.argv[2])
    folder.mkdir()
    begin = time.perf_counter()
    ends: dict[str, float] = {}

    def hear(event: AnyEvent) -> None:
        if isinstance(event, Phase):
            ends[event.name] = time.perf_counter() - begin

    photos = [
        CopyPhoto(photo_id=row, path=os.fsencode(name), sha256=hashlib.sha256(Path(name).read_bytes()).digest())
        for row, name in enumerate(planted.files)
    ]
    write_copy_photos(folder / "photos", tuple(photos))
    spec = FindCopiesSpec(
        photos=os.fsencode(folder / "photos"),
        thumbs=os.fsencode(folder / "thumbs"),
        cache=os.fsencode(folder / "cache"),
        out=os.fsencode(folder / "found"),
    )
    find_copies.run(spec, hear, StopToken())
    seconds = time.perf_counter() - begin
    found = read_copies(folder / "found")
    pairs = {frozenset((pair.first, pair.second)) for pair in found.pairs}
    pairs |= {frozenset((a, b)) for group in found.groups for a in group for b in group if a != b}
    result = {
        "seconds": round(seconds, 1),
        "reading": round(ends[find_copies.READING], 1),
        "pairs": len(found.pairs),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        **found_share(planted, pairs),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
