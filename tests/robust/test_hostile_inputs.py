"""Files made to hurt: bombs, programs in disguise, random damage. The process lives, stays small and starts nothing."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.image import opening

REPOSITORY = Path(opening.__file__).parents[2]

_OPEN_AND_MEASURE = """
import resource, sys
from pathlib import Path
from engine.base.errors import DamagedInput
from engine.image.opening import open_image
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    open_image(Path(sys.argv[1]))
    verdict = "opened"
except DamagedInput as error:
    verdict = error.kind
print(verdict, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""

_OPEN_MUTANTS = """
import random, sys
from pathlib import Path
from engine.base.errors import DamagedInput
from engine.image.opening import open_image
whole = Path(sys.argv[1]).read_bytes()
chance = random.Random(20)
n_opened = n_refused = 0
for _ in range(int(sys.argv[2])):
    mutant = bytearray(whole)
    for _ in range(chance.choice((1, 1, 4, 30))):
        mutant[chance.randrange(len(mutant))] = chance.randrange(256)
    verdicts = set()
    for options in ({}, {"min_side": 16}, {"min_long_side": 16}):
        try:
            open_image(bytes(mutant), **options)
            verdicts.add("opened")
        except DamagedInput:
            verdicts.add("refused")
    assert len(verdicts) == 1, "whole and reduced decode disagree"
    n_opened += verdicts == {"opened"}
    n_refused += verdicts == {"refused"}
print(n_opened, n_refused)
"""


def _child(code: str, *arguments: str, path: str | None = None) -> list[str]:
    """The words a child prints that runs `code`; it must end in an orderly way."""
    environment = dict(os.environ) if path is None else {**os.environ, "PATH": path}
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=REPOSITORY,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def _bomb(path: Path, width: int, height: int) -> None:
    """A whole, valid 1-bit grey PNG of this size, all black: a few kilobytes."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    squeeze = zlib.compressobj(9)
    row = bytes(1 + width // 8)
    body = b"".join(squeeze.compress(row) for _ in range(height)) + squeeze.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b""))


@pytest.mark.parametrize("side", [12_800, 20_000])
def test_a_bomb_is_refused_before_it_takes_memory(tmp_path: Path, side: int) -> None:
    path = tmp_path / "bomb.png"
    _bomb(path, side, side)
    assert path.stat().st_size < 100_000
    verdict, grown_mb = _child(_OPEN_AND_MEASURE, str(path))
    assert verdict == "too_large"
    assert int(grown_mb) < 50


@pytest.mark.parametrize("begin", [b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\n", b"%PDF-1.4\n"])
def test_a_program_in_disguise_starts_no_other_program(tmp_path: Path, begin: bytes) -> None:
    canary = tmp_path / "started"
    for name in ("gs", "gswin64c", "djpeg", "convert"):
        fake = tmp_path / name
        fake.write_text(f"#!/bin/sh\ntouch {canary}\n")
        fake.chmod(0o755)
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(begin + b"showpage\n")
    verdict, _ = _child(_OPEN_AND_MEASURE, str(photo), path=f"{tmp_path}:{os.environ.get('PATH', '')}")
    assert verdict == "not_image"
    assert not canary.exists()


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "TIFF", "GIF", "WEBP", "BMP"])
def test_random_damage_is_refused_or_decodes_and_never_ends_the_process(tmp_path: Path, format_: str) -> None:
    rng = np.random.default_rng(3)
    smooth = Image.fromarray(rng.integers(0, 255, (6, 8, 3), dtype=np.uint8)).resize((64, 48), Image.Resampling.BICUBIC)
    path = tmp_path / "photo"
    options = {"compression": "tiff_adobe_deflate"} if format_ == "TIFF" else {}
    smooth.save(path, format_, **options)
    n_opened, n_refused = (int(word) for word in _child(_OPEN_MUTANTS, str(path), "500"))
    assert n_opened + n_refused == 500
    assert n_refused > 0
