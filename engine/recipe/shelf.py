"""The user's own recipes: a folder with one TOML file each, shared by all projects."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import msgspec

from engine.base.errors import StorageError, UserError
from engine.base.files import atomic_write
from engine.recipe.presets import PRESETS, preset
from engine.recipe.recipe import Recipe
from engine.recipe.toml_text import SUFFIX, from_toml, to_toml


@dataclass(frozen=True, slots=True)
class Shelved:
    """The recipes in the folder by title, and what was said of the files that could not be read."""

    recipes: tuple[Recipe, ...]
    refused: tuple[str, ...]


def shelved(folder: Path) -> Shelved:
    """Every recipe in the folder; a folder that does not exist is an empty one."""
    recipes: list[Recipe] = []
    refused: list[str] = []
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        try:
            recipes.append(read_recipe(path))
        except (UserError, StorageError) as error:
            refused.append(f"{path.name}: {error.what}")
    return Shelved(tuple(sorted(recipes, key=lambda recipe: recipe.title.casefold())), tuple(refused))


def read_recipe(path: Path) -> Recipe:
    """The recipe in a TOML file.

    Raises:
        UserError: the file holds no recipe.
        StorageError: it cannot be read.
    """
    try:
        return from_toml(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise UserError(f"{path.name} is not a text file.", advice="Choose a recipe (TOML).") from error
    except FileNotFoundError as error:
        raise StorageError(
            f"The recipe {path.name} could not be read: it is not there.",
            advice="Choose another recipe, or say where the file is by its whole path.",
            details=repr(error),
        ) from error
    except OSError as error:
        raise StorageError(f"{path.name} could not be read.", details=repr(error)) from error


def recipe_called(name: str, folder: Path) -> Recipe:
    """The recipe that comes with Fieldmark under that name, else the one in the folder, else in that TOML file.

    Raises:
        UserError: there is none, or the file holds none.
        StorageError: a file cannot be read.
    """
    if name in PRESETS:
        return PRESETS[name]
    if name.endswith(SUFFIX):
        return read_recipe(Path(name))
    own = folder / f"{slug(name)}{SUFFIX}"
    # Asking for an unknown one says which there are.
    return read_recipe(own) if own.is_file() else preset(name)


def put_on_shelf(folder: Path, recipe: Recipe) -> None:
    """The recipe is in the folder; one of the same name is replaced.

    Raises:
        StorageError: the disk refused; what was there before is unchanged.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError("The folder for recipes could not be made.", details=repr(error)) from error
    atomic_write(_file(folder, recipe), to_toml(recipe).encode())


def take_from_shelf(folder: Path, recipe: Recipe) -> None:
    """No recipe of that name is in the folder.

    Raises:
        StorageError: the disk refused.
    """
    try:
        _file(folder, recipe).unlink(missing_ok=True)
    except OSError as error:
        raise StorageError(f"“{recipe.title}” could not be deleted.", details=repr(error)) from error


def copy_of(recipe: Recipe, title: str, others: Collection[Recipe]) -> Recipe:
    """The same recipe under a title and a name that none of the others has; numbered where the title is taken."""
    wanted = title.strip() or recipe.title
    titles = {other.title.casefold() for other in others}
    names = {other.name for other in others}
    number, found = 1, wanted
    while found.casefold() in titles or slug(found) in names:
        number += 1
        found = f"{wanted} {number}"
    return msgspec.structs.replace(recipe, name=slug(found), title=found)


def _file(folder: Path, recipe: Recipe) -> Path:
    return folder / f"{slug(recipe.name)}{SUFFIX}"


def slug(text: str, otherwise: str = "recipe") -> str:
    """Small letters, figures and hyphens only: a name for files everywhere; `otherwise`: where none are left."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().casefold()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60] or otherwise
