"""A study: a saved plan of runs that differ in what is said and in nothing else, and how it becomes single runs."""

from __future__ import annotations

import itertools
import math
import random
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import msgspec
import tomli_w

from engine.base.errors import UserError
from engine.recipe.fold_cfg import MOST_FOLDS, FoldCfg
from engine.recipe.joining import Method
from engine.recipe.overrides import with_choices
from engine.recipe.recipe import Recipe, SplitCfg
from engine.recipe.wrong_values import sentence_of

MAX_RUNS = 1000
_MOST_COMBINATIONS = 10**12
Value = str | int | float | bool
FindRecipe = Callable[[str], Recipe]


class PlanRow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One row of the table to come: a recipe by its name or file, and what is changed in it (`PLACE=VALUE`)."""

    recipe: str
    name: str = ""
    set: tuple[str, ...] = ()


class SweepField(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A place in a recipe and the values that it takes in turn."""

    place: str
    values: tuple[Value, ...]


class Sweep(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A recipe with every combination of the fields' values; `draws` above 0: so many of them, drawn by `seed`."""

    recipe: str
    fields: tuple[SweepField, ...]
    name: str = ""
    set: tuple[str, ...] = ()
    draws: int = 0
    seed: int = 0


class PlanEnsemble(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A row of the table to come that is no run: the runs of some `rows`, all repetitions of them, answer together."""

    name: str
    method: Method
    rows: tuple[str, ...]


class StudyPlan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a study compares.

    `reference`: name of the row that the others are tested against; empty: the first one. `repeats`: how often each row
    is trained, with the seeds 0, 1, ... added to its own. `folds`: into how many parts the photos are divided, each of
    them tested by a run that learned from the others while the locked test photos are left out altogether, in every
    repetition anew; 0: the test photos are what is tested. `max_runs`, `max_minutes`: when to stop beginning new runs;
    0: never. `priority`: of studies that are carried out at the same time, one with a larger number goes first.
    """

    name: str
    study_version: int = 1
    about: str = ""
    rows: tuple[PlanRow, ...] = ()
    sweeps: tuple[Sweep, ...] = ()
    ensembles: tuple[PlanEnsemble, ...] = ()
    reference: str = ""
    repeats: int = 1
    folds: int = 0
    max_runs: int = 0
    max_minutes: float = 0.0
    priority: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedRun:
    """One run of a study: the row it belongs to, its own name, the recipe, and the fold that it tests, if any.

    `variant`: the way of computing that it has to be trained in, if it repeats another one.
    """

    row: str
    name: str
    recipe: Recipe
    fold: FoldCfg | None = None
    variant: str = ""


def expand(plan: StudyPlan, find: FindRecipe) -> tuple[PlannedRun, ...]:
    """The runs of a plan, in its order, each row's repetitions together.

    Args:
        find: the recipe of a name or a file.
    Raises:
        UserError: a row cannot be made, two rows have one name or share a run, there is no row or there are more than
            `MAX_RUNS` runs.
    """
    rows = [*_rows(plan, find), *_swept(plan, find)]
    names = [name for name, _ in rows]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise _refused(f"two rows are called {twice}", "Give each row a name of its own.")
    first: dict[Recipe, str] = {}
    for name, recipe in rows:
        # All rows are divided by the project's plan, whatever theirs say of it.
        same = first.setdefault(msgspec.structs.replace(nameless(recipe), split=SplitCfg()), name)
        if same != name:
            raise _refused(
                f"the rows {same} and {name} are one and the same recipe",
                "Change what they are to compare; how photos are divided is the project's to say.",
            )
    if not rows or plan.repeats < 1:
        raise _refused("it has no runs", "Add rows or sweeps, and repeat them once at least.")
    if plan.folds and not 2 <= plan.folds <= MOST_FOLDS:
        raise _refused(f"photos cannot be divided into {plan.folds} folds", f"Ask for 2 to {MOST_FOLDS}, or for 0.")
    if min(plan.max_runs, plan.max_minutes, *(sweep.draws for sweep in plan.sweeps)) < 0:
        raise _refused("max_runs, max_minutes and draws cannot be below 0", "0 means without a limit.")
    n_runs = len(rows) * plan.repeats * max(1, plan.folds)
    if n_runs > MAX_RUNS:
        raise _refused(f"it has {n_runs:,} runs", f"{MAX_RUNS:,} are the most; draw some of a sweep.")
    if plan.reference and plan.reference not in names:
        raise _refused(f"no row is called {plan.reference}", f"Its rows are: {'; '.join(names)}.")
    _check_ensembles(plan, names)
    runs = tuple(
        run for name, recipe in rows for at in range(plan.repeats) for run in _repetition(plan, name, recipe, at)
    )
    _check_apart(runs)
    return runs


def _repetition(plan: StudyPlan, row: str, recipe: Recipe, at: int) -> Iterator[PlannedRun]:
    """The runs of a row's repetition `at`: one, or one a fold."""
    name = row if plan.repeats == 1 else f"{row}, seed {recipe.seed + at}"
    recipe = msgspec.structs.replace(recipe, seed=recipe.seed + at)
    if not plan.folds:
        yield PlannedRun(row=row, name=name, recipe=recipe)
    for number in range(plan.folds):
        # All rows are divided alike, whatever their own seeds.
        fold = FoldCfg(n=plan.folds, at=number, seed=at)
        yield PlannedRun(row=row, name=f"{name}, {fold.text}", recipe=recipe, fold=fold)


def _check_apart(runs: Sequence[PlannedRun]) -> None:
    """No run stands for two rows: with seeds 0 and 1, the second repetition of the one is the first of the other."""
    row_of: dict[tuple[Recipe, FoldCfg | None], str] = {}
    for run in runs:
        row = row_of.setdefault((nameless(run.recipe), run.fold), run.row)
        if row != run.row:
            raise _refused(
                f"the rows {row} and {run.row} share a run, because repeating a row counts its seed up",
                "Give their recipes seeds that are farther apart, or repeat one row instead.",
            )


def _check_ensembles(plan: StudyPlan, names: Sequence[str]) -> None:
    taken = list(names)
    for one in plan.ensembles:
        unknown = next((row for row in one.rows if row not in names), None)
        if unknown is not None:
            raise _refused(f"{one.name} joins {unknown}, which is no row", f"Its rows are: {'; '.join(names)}.")
        if not one.name or one.name in taken:
            raise _refused(f"two rows are called {one.name!r}", "Give each row and each ensemble a name of its own.")
        if len(set(one.rows)) < len(one.rows) or len(one.rows) * plan.repeats < 2:
            raise _refused(f"{one.name} joins fewer than two runs", "Name two different rows, or repeat them.")
        taken.append(one.name)


def reference_row(plan: StudyPlan, planned: Sequence[PlannedRun]) -> str:
    """The row that the others are tested against."""
    return plan.reference or planned[0].row


def nameless(recipe: Recipe) -> Recipe:
    """What of a recipe makes a difference to a training: recipes alike in it give the same run."""
    return msgspec.structs.replace(recipe, name="", title="")


def plan_from_toml(text: str) -> StudyPlan:
    """The plan that a TOML text holds.

    Raises:
        UserError: it holds none; the place is named.
    """
    try:
        found = tomllib.loads(text)
        plan = msgspec.convert(found, StudyPlan, strict=True)
    except tomllib.TOMLDecodeError as error:
        raise _unread(f"it is no valid TOML: {error}", "Correct that line.") from error
    except msgspec.ValidationError as error:
        advice = "Correct that in the file, or begin with a template."
        raise _unread(sentence_of(str(error)), advice) from error
    if plan.study_version != 1:
        raise _unread("it was made by another version of Fieldmark", "Open it with that version.")
    return plan


def plan_to_toml(plan: StudyPlan) -> str:
    """The plan as TOML, to keep and to change."""
    values = {name: value for name, value in msgspec.to_builtins(plan).items() if value not in ("", (), [])}
    return tomli_w.dumps(values, multiline_strings=False)


def _rows(plan: StudyPlan, find: FindRecipe) -> Iterator[tuple[str, Recipe]]:
    for row in plan.rows:
        recipe = with_choices(find(row.recipe), row.set)
        yield row.name or recipe.title, recipe


def _swept(plan: StudyPlan, find: FindRecipe) -> Iterator[tuple[str, Recipe]]:
    for sweep in plan.sweeps:
        base = with_choices(find(sweep.recipe), sweep.set)
        for values in _combinations(sweep):
            choices = [f"{field.place}={_toml_value(value)}" for field, value in zip(sweep.fields, values, strict=True)]
            told = ", ".join(
                f"{field.place.rpartition('.')[2]} {value}" for field, value in zip(sweep.fields, values, strict=True)
            )
            yield f"{sweep.name or base.title}, {told}", with_choices(base, choices)


def _combinations(sweep: Sweep) -> list[tuple[Value, ...]]:
    """All, in order; or so many as are drawn, in the order of all."""
    if not sweep.fields or any(not field.values for field in sweep.fields):
        raise _refused("a sweep has nothing to sweep over", "Give each field of it one value at least.")
    n = math.prod(len(field.values) for field in sweep.fields)
    n_drawn = sweep.draws if 0 < sweep.draws < n else n
    # Counted before anything is made: a few fields of ten values are more than a computer can hold.
    if n_drawn > MAX_RUNS or n > _MOST_COMBINATIONS:
        raise _refused(f"a sweep has {n:,} combinations", f"{MAX_RUNS:,} runs are the most; draw some of fewer values.")
    if n_drawn == n:
        return list(itertools.product(*(field.values for field in sweep.fields)))
    return [_combination(sweep, at) for at in sorted(random.Random(sweep.seed).sample(range(n), n_drawn))]


def _combination(sweep: Sweep, at: int) -> tuple[Value, ...]:
    """Number `at` of all, in the order in which the last field changes fastest."""
    found: list[Value] = []
    for field in reversed(sweep.fields):
        at, place = divmod(at, len(field.values))
        found.append(field.values[place])
    return tuple(reversed(found))


def _toml_value(value: Value) -> str:
    return tomli_w.dumps({"v": value}).partition("= ")[2].strip()


def _unread(why: str, advice: str) -> UserError:
    return UserError(f"The study cannot be read: {why}.", safe="Nothing was trained.", advice=advice)


def _refused(why: str, advice: str) -> UserError:
    return UserError(f"The study cannot be carried out: {why}.", safe="Nothing was trained.", advice=advice)
