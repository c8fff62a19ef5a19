"""`fieldmark study templates|show|save|saved|remove`: the plans there are, and those kept with a project."""

from __future__ import annotations

import argparse
from pathlib import Path

import msgspec

from engine.base.dirs import recipes_dir
from engine.base.errors import UserError
from engine.cli.output import print_result
from engine.project.project import Project
from engine.recipe.recipe import Recipe
from engine.recipe.shelf import recipe_called
from engine.recipe.study_plan import StudyPlan, expand, plan_from_toml, plan_to_toml
from engine.recipe.study_templates import TEMPLATES
from engine.recipe.toml_text import SUFFIX

_ABOUT_TEMPLATES = (
    "Those that end in -quick ask the same with small photos and few epochs: minutes, not hours, on two cores.\n"
    "`fieldmark study run PROJECT PLAN` carries one out; `fieldmark study show PLAN` prints it, to keep and to change."
)


def list_templates(args: argparse.Namespace) -> None:
    """`fieldmark study templates`."""
    rows = [(name, str(len(expand(plan, found_recipe))), plan.about) for name, plan in TEMPLATES.items()]
    width = max(len(name) for name, _, _ in rows)
    text = "\n".join([*(f"{name:{width}}  {n:>2} runs  {about}" for name, n, about in rows), "", _ABOUT_TEMPLATES])
    values = {"templates": [{"name": name, "runs": int(n), "about": about} for name, n, about in rows]}
    print_result(values, text, as_json=args.json)


def show(args: argparse.Namespace) -> None:
    """`fieldmark study show PLAN`: the plan as TOML, to keep and to change."""
    plan = chosen_plan(args.plan)
    runs = [run.name for run in expand(plan, found_recipe)]
    print_result({"plan": msgspec.to_builtins(plan), "runs": runs}, plan_to_toml(plan), as_json=args.json)


def save(args: argparse.Namespace) -> None:
    """`fieldmark study save PROJECT PLAN`: the plan is kept with the project, where the window shows it too."""
    plan = chosen_plan(args.plan)
    n = len(expand(plan, found_recipe))
    project = Project.open(Path(args.project))
    try:
        was_there = any(one.name.casefold() == plan.name.casefold() for one in project.saved_studies.all().plans)
        project.saved_studies.save(plan)
    finally:
        project.close()
    instead = ", in place of the one of that name" if was_there else ""
    text = f"“{plan.name}”, a study of {n} run{'' if n == 1 else 's'}, is kept with the project{instead}."
    print_result({"study": plan.name, "runs": n}, text, as_json=args.json)


def list_saved(args: argparse.Namespace) -> None:
    """`fieldmark study saved PROJECT`."""
    project = Project.open(Path(args.project), read_only=True)
    try:
        found = project.saved_studies.all()
    finally:
        project.close()
    lines = [f"{plan.name}: {plan.about}" if plan.about else plan.name for plan in found.plans]
    lines += [f"Not read: {why}" for why in found.refused]
    values = {"studies": [msgspec.to_builtins(plan) for plan in found.plans], "refused": list(found.refused)}
    print_result(values, "\n".join(lines) or "No study is kept with this project.", as_json=args.json)


def remove(args: argparse.Namespace) -> None:
    """`fieldmark study remove PROJECT NAME`; its runs stay."""
    project = Project.open(Path(args.project))
    try:
        plan = chosen_plan(args.plan, project, templates=False)
        project.saved_studies.remove(plan.name)
    finally:
        project.close()
    text = f"“{plan.name}” is kept no more; its runs are still there."
    print_result({"study": plan.name}, text, as_json=args.json)


def chosen_plan(name: str, project: Project | None = None, *, templates: bool = True) -> StudyPlan:
    """The study of that name that is kept with the project, else the template, else the plan in that TOML file.

    Raises:
        UserError: there is none, or it cannot be read.
    """
    saved = () if project is None else project.saved_studies.all().plans
    for plan in saved:
        if plan.name.casefold() == name.casefold():
            return plan
    if templates and name in TEMPLATES:
        return TEMPLATES[name]
    if not templates or not name.endswith(SUFFIX):
        known = [plan.name for plan in saved] + (list(TEMPLATES) if templates else [])
        advice = f"Give a TOML file, or one of: {', '.join(known)}." if templates else f"Kept are: {', '.join(known)}."
        raise UserError(f"There is no study called {name!r}.", advice=advice)
    try:
        return plan_from_toml(Path(name).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        advice = "Check its name and folder; `fieldmark study templates` lists the plans that come with Fieldmark."
        raise UserError(f"There is no file {name}.", safe="Nothing was trained.", advice=advice) from error
    except UnicodeDecodeError as error:
        raise UserError(f"{name} is not a text file.", advice="Choose a study's plan (TOML).") from error
    except OSError as error:
        raise UserError(f"The study {name} could not be read.", details=repr(error)) from error


def found_recipe(name: str) -> Recipe:
    """The recipe of that name, or in that TOML file."""
    return recipe_called(name, recipes_dir())
