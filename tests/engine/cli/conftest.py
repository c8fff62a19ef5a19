"""Running commands as a shell would, in this process; `taught` is a small project that has been through them all."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from engine.cli.main import main
from engine.nets.source import installed
from engine.predict.variants import fastest
from tests.helpers.learning import SIZE, drawing

CLASSES = ("stripes", "dots", "plain")
N_EACH = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a command left: exit status, the object it printed (None without --json), and both streams."""

    status: int
    values: Any
    out: str
    err: str


Say = Callable[..., Said]


@pytest.fixture(scope="session")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What was measured on this machine, so that it need not be measured again in every home."""
    folder = tmp_path_factory.mktemp("machine")
    fastest(installed("efficientnet_lite0"), SIZE, folder)
    return folder


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Say:
    """`say("new", "X")` runs the command; a leading `--json` goes behind the command's name."""

    def run(*words: object) -> Said:
        capsys.readouterr()
        try:
            status = main([str(word) for word in words])
        except SystemExit as left:
            status = int(str(left.code))
        out, err = capsys.readouterr()
        values = json.loads(out) if "--json" in words and out else None
        return Said(status=status, values=values, out=out, err=err)

    return run


def draw(folder: Path, class_no: int, n: int, *, first: int = 0, side: int = 80) -> Path:
    """A folder with `n` photos of one class."""
    folder.mkdir(parents=True)
    for seed in range(first, first + n):
        drawing(class_no, seed, side).save(folder / f"{seed}.png")
    return folder


@pytest.fixture
def class_folders(tmp_path: Path) -> Path:
    """Three classes of twelve photos, a damaged file and a stray note among them."""
    return draw_classes(tmp_path / "photos")


def draw_classes(root: Path) -> Path:
    """Class folders of drawn photos below `root`, with what one finds beside them."""
    for class_no, name in enumerate(CLASSES):
        draw(root / name, class_no, N_EACH)
    (root / "dots" / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 not a photo")
    (root / "dots" / "notes.txt").write_text("seen at dusk")
    return root
