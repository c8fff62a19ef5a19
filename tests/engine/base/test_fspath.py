"""File names of any bytes survive text and come back the same."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.base.fspath import from_text, shown, to_bytes, to_path, to_text

any_name = st.binary(min_size=1, max_size=60).map(lambda b: b.replace(b"\0", b"x"))


@given(any_name)
def test_text_gives_the_bytes_back(name: bytes) -> None:
    text = to_text(name)
    assert from_text(text) == name
    assert json.loads(json.dumps(text)) == text
    assert all(ord(c) >= 32 and ord(c) != 127 for c in text)


@given(any_name)
def test_what_is_shown_has_no_control_characters(name: bytes) -> None:
    assert shown(name).isprintable() or all(ord(c) >= 32 for c in shown(name))


@given(any_name)
def test_a_path_object_keeps_the_bytes(name: bytes) -> None:
    absolute = b"/" + name.replace(b"/", b"_").lstrip(b".")
    assert os.fsencode(to_path(absolute)) == absolute.rstrip(b"/") or absolute == b"/"


@pytest.mark.parametrize("name", ["Zander.jpg", "Bär 7.png", "日本/鯉.jpg", "a b'c\"d"])
def test_plain_names_stay_readable(name: str) -> None:
    assert to_text(name.encode()) == name
    assert shown(name.encode()) == name


def test_paths_become_absolute_without_following_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    monkeypatch.chdir(tmp_path)
    assert to_bytes("link/a.jpg") == os.fsencode(tmp_path / "link" / "a.jpg")
