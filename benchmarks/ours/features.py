"""Our side of P1: features of photos from files, in the fastest variant of this machine."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

from engine.base.dirs import machine_dir
from engine.base.stop import StopToken
from engine.nets.source import installed
from engine.predict.features import Photo, features_of
from engine.predict.variants import fastest
from engine.recipe.recipe import Recipe


def main(listing: Path) -> None:
    """Features of the photos listed in a file, one path a line; prints seconds, n and the variant."""
    files = listing.read_text("utf-8").splitlines()
    begin = time.perf_counter()
    recipe = Recipe()
    extractor = fastest(installed(recipe.model.backbone), recipe.input.size, machine_dir())
    photos = (Photo(path=os.fsencode(file)) for file in files)
    n = sum(seen.features is not None for seen in features_of(photos, extractor, recipe.input, StopToken()))
    seconds = time.perf_counter() - begin
    print(json.dumps({"seconds": seconds, "n": n, "variant": extractor.variant}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
