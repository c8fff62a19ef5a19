"""One's own recipes: kept as files, read back, told apart by title, and never outside their folder."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from engine.base.errors import StorageError, UserError
from engine.recipe.presets import PRESETS
from engine.recipe.recipe import InputCfg, Recipe
from engine.recipe.shelf import copy_of, put_on_shelf, read_recipe, shelved, take_from_shelf


def own(title: str, size: int = 224) -> Recipe:
    return copy_of(Recipe(input=InputCfg(size=size)), title, PRESETS.values())


def test_what_is_put_there_is_there_by_title(tmp_path: Path) -> None:
    folder = tmp_path / "recipes"
    for title in ("Zebra", "apples", "Größe 320"):
        put_on_shelf(folder, own(title))
    assert [recipe.title for recipe in shelved(folder).recipes] == ["apples", "Größe 320", "Zebra"]
    assert sorted(path.name for path in folder.iterdir()) == ["apples.toml", "groe-320.toml", "zebra.toml"]


def test_the_same_name_again_replaces_it(tmp_path: Path) -> None:
    put_on_shelf(tmp_path, own("Mine"))
    put_on_shelf(tmp_path, own("Mine", size=320))
    (recipe,) = shelved(tmp_path).recipes
    assert recipe.input.size == 320


def test_taken_from_the_shelf_it_is_gone_and_once_more_does_no_harm(tmp_path: Path) -> None:
    put_on_shelf(tmp_path, own("Mine"))
    for _ in range(2):
        take_from_shelf(tmp_path, own("Mine"))
    assert shelved(tmp_path).recipes == ()


def test_a_folder_that_is_not_there_is_empty(tmp_path: Path) -> None:
    assert shelved(tmp_path / "nowhere").recipes == ()


def test_a_damaged_file_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    put_on_shelf(tmp_path, own("Mine"))
    (tmp_path / "broken.toml").write_text("[input]\nsize = 'x'")
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe\x00")
    found = shelved(tmp_path)
    assert [recipe.title for recipe in found.recipes] == ["Mine"]
    assert [line.split(":")[0] for line in found.refused] == ["binary.toml", "broken.toml"]


def test_a_copy_has_a_title_and_a_name_of_its_own() -> None:
    first = copy_of(PRESETS["quick"], "Quick", PRESETS.values())
    second = copy_of(PRESETS["quick"], "Quick", [*PRESETS.values(), first])
    assert [first.title, second.title] == ["Quick 2", "Quick 3"]
    assert len({PRESETS["quick"].name, first.name, second.name}) == 3
    assert msgspec.structs.replace(first, name="quick", title="Quick") == PRESETS["quick"]


@pytest.mark.parametrize("name", ["../../outside", "/etc/passwd", "…", "con<>|"])
def test_a_name_from_a_file_never_leaves_the_folder(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "recipes"
    put_on_shelf(folder, msgspec.structs.replace(Recipe(), name=name))
    assert [path.parent for path in tmp_path.rglob("*.toml")] == [folder]


def test_what_cannot_be_read_says_so(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"gone\.toml could not be read"):
        read_recipe(tmp_path / "gone.toml")
    (tmp_path / "photo.toml").write_bytes(b"\xff\xd8\xff")
    with pytest.raises(UserError, match=r"photo\.toml is not a text file"):
        read_recipe(tmp_path / "photo.toml")


def test_a_disk_that_refuses_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="folder for recipes could not be made"):
        put_on_shelf(tmp_path / "file" / "recipes", Recipe())
