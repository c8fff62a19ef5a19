"""Settings survive anything that can happen to their file."""

import json
from pathlib import Path

import pytest

from gui.core.settings import ALL_SETTINGS, N_RECENTS, RECENTS, SCHEME, THUMB_SIZE, Settings


def test_what_was_set_is_there_after_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "c" / "settings.json"
    first = Settings(file)
    first.set(SCHEME, "dark")
    assert first.save()
    assert Settings(file).get(SCHEME) == "dark"


@pytest.mark.parametrize("content", [b"", b"\x00\xff garbage", b"[1, 2]", b'{"appearance.scheme":', b'"text"'])
def test_an_unreadable_file_gives_defaults_and_is_set_aside(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "settings.json"
    file.write_bytes(content)
    found = Settings(file)
    assert [found.get(setting) for setting in ALL_SETTINGS] == [setting.default for setting in ALL_SETTINGS]
    assert (tmp_path / "settings.unreadable.json").read_bytes() == content
    assert not file.exists()


def test_a_value_of_the_wrong_kind_gives_the_default(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    file.write_text(json.dumps({THUMB_SIZE.key: "large", RECENTS.key: [1], SCHEME.key: "dark"}))
    found = Settings(file)
    assert found.get(THUMB_SIZE) == THUMB_SIZE.default
    assert found.get(RECENTS) == []
    assert found.get(SCHEME) == "dark"


def test_a_setting_refuses_what_it_cannot_be(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"appearance\.scheme"):
        Settings(tmp_path / "s.json").set(SCHEME, "pink")


def test_keys_of_another_version_are_kept(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    file.write_text('{"from.the.future": 7}')
    found = Settings(file)
    found.set(SCHEME, "light")
    found.save()
    assert json.loads(file.read_text()) == {"from.the.future": 7, SCHEME.key: "light"}


def test_the_newest_project_stands_first_and_the_list_ends(tmp_path: Path) -> None:
    found = Settings(tmp_path / "s.json")
    for n in range(N_RECENTS + 3):
        found.add_recent(Path(f"/p{n}"))
    found.add_recent(Path("/p5"))
    recent = found.get(RECENTS)
    assert recent[0] == "/p5"
    assert len(recent) == N_RECENTS
    assert len(set(recent)) == N_RECENTS


def test_a_disk_that_refuses_is_reported_not_raised(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    found = Settings(tmp_path / "file" / "settings.json")
    found.set(SCHEME, "dark")
    assert found.save() is False


def test_a_folder_in_place_of_the_file_gives_defaults(tmp_path: Path) -> None:
    (tmp_path / "settings.json").mkdir()
    assert Settings(tmp_path / "settings.json").get(SCHEME) == "system"
