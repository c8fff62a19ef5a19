"""Studies that are kept with the project: one TOML file each in its folder `studies`, to be changed here or by hand."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from engine.base.changes import Changes
from engine.base.errors import StorageError, UserError
from engine.base.files import atomic_write
from engine.project.context import Context
from engine.recipe.shelf import slug
from engine.recipe.study_plan import StudyPlan, plan_from_toml, plan_to_toml
from engine.recipe.toml_text import SUFFIX


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedPlans:
    """The studies by name, and what was said of the files that could not be read."""

    plans: tuple[StudyPlan, ...]
    refused: tuple[str, ...]


class SavedStudies:
    """Keeps plans; what came of them is in the project's runs and stays when a plan goes."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def all(self) -> SavedPlans:
        """Every study of the project."""
        found, refused = self._read()
        plans = sorted((plan for plan, _ in found.values()), key=lambda plan: plan.name.casefold())
        return SavedPlans(plans=tuple(plans), refused=refused)

    def save(self, plan: StudyPlan, *, instead_of: str = "") -> Changes:
        """The study is kept under its name; `instead_of`: the name of the one that it replaces, if it is another.

        Raises:
            UserError: it has no name, or another study has it.
            StorageError: the disk refused, or the project is open for reading only; nothing has changed.
        """
        self._context.db.check_writable()
        if not plan.name.strip():
            raise UserError("A study needs a name.", safe="It is kept as it was.")
        found, _ = self._read()
        key, old = plan.name.casefold(), (instead_of or plan.name).casefold()
        if key in found and key != old:
            raise UserError(
                f"There is another study called {plan.name}.",
                safe="Both are kept as they were.",
                advice="Choose another name.",
            )
        path = found[old][1] if old in found else self._free(plan.name)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageError("The folder for studies could not be made.", details=repr(error)) from error
        atomic_write(path, plan_to_toml(plan).encode())
        return Changes(studies=True)

    def remove(self, name: str) -> Changes:
        """The study is kept no more; its runs stay.

        Raises:
            StorageError: the disk refused, or the project is open for reading only.
        """
        self._context.db.check_writable()
        found, _ = self._read()
        if name.casefold() in found:
            try:
                found[name.casefold()][1].unlink(missing_ok=True)
            except OSError as error:
                raise StorageError(f"The study {name} could not be deleted.", details=repr(error)) from error
        return Changes(studies=True)

    def free_name(self, wanted: str) -> str:
        """The name, numbered if a study of the project has it."""
        found, _ = self._read()
        number, name = 1, wanted
        while name.casefold() in found:
            number += 1
            name = f"{wanted} {number}"
        return name

    def _read(self) -> tuple[dict[str, tuple[StudyPlan, Path]], tuple[str, ...]]:
        """The plans with their files, by name; of two of one name the first file counts."""
        found: dict[str, tuple[StudyPlan, Path]] = {}
        refused: list[str] = []
        for path in sorted(self._context.paths.studies.glob(f"*{SUFFIX}")):
            try:
                plan = plan_from_toml(path.read_text(encoding="utf-8"))
            except UserError as error:
                refused.append(f"{path.name}: {error.what}")
            except UnicodeDecodeError:
                refused.append(f"{path.name} is not a text file.")
            except OSError as error:
                refused.append(f"{path.name} could not be read: {error.strerror}.")
            else:
                if plan.name.casefold() in found:
                    refused.append(f"{path.name}: another file holds a study called {plan.name}.")
                else:
                    found[plan.name.casefold()] = plan, path
        return found, tuple(refused)

    def _free(self, name: str) -> Path:
        """A file that is not there yet, named after the study."""
        folder, stem, number = self._context.paths.studies, slug(name, otherwise="study"), 1
        path = folder / f"{stem}{SUFFIX}"
        while path.exists():
            number += 1
            path = folder / f"{stem}-{number}{SUFFIX}"
        return path
