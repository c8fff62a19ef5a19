"""The file of looks: what was written is read, also after writers that died."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.base.errors import StorageError
from engine.data.looks import Look, append_looks, looks_file, read_looks

LOOK = Look(
    sha256=bytes(32),
    mode="RGB",
    taken="2020-01-01T00:00:00",
    camera="Canon EOS 80D",
    latitude=1.5,
    longitude=None,
    sharpness=100.0,
    brightness=0.5,
    contrast=0.2,
    detail=7.0,
)
looks = st.lists(st.binary(min_size=32, max_size=32), unique=True, max_size=5).map(
    lambda shas: [msgspec.structs.replace(LOOK, sha256=sha) for sha in shas]
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=looks, second=looks, torn=st.integers(0, 400))
def test_a_torn_line_costs_that_look_alone(tmp_path: Path, first: list[Look], second: list[Look], torn: int) -> None:
    file = looks_file(tmp_path)
    file.unlink(missing_ok=True)
    append_looks(file, first)
    whole = file.read_bytes()
    file.write_bytes(whole[: max(0, len(whole) - torn)])
    before = read_looks(file)
    append_looks(file, second)
    assert before.items() <= {look.sha256: look for look in first}.items()
    assert read_looks(file) == before | {look.sha256: look for look in second}


def test_without_a_file_nothing_was_looked_at(tmp_path: Path) -> None:
    assert read_looks(looks_file(tmp_path)) == {}


def test_a_folder_in_the_way_is_told(tmp_path: Path) -> None:
    looks_file(tmp_path).mkdir()
    with pytest.raises(StorageError):
        read_looks(looks_file(tmp_path))
    with pytest.raises(StorageError):
        append_looks(looks_file(tmp_path), [LOOK])
