"""The grammar of the commands that bring in photos and look at them."""

from __future__ import annotations

import argparse

from engine.cli import copies_command, exchange_commands, explore_command, project_commands, split_command
from engine.cli.command import add_command, recipe_options
from engine.exchange.forms import FORMS


def add_photo_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """new, import, add-class, table, export-photos, copies, explore, split."""
    _project_commands(commands)
    _exchange_commands(commands)
    _copies_command(commands)
    _explore_command(commands)
    _split_command(commands)


def _project_commands(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
) -> None:
    new = add_command(commands, "new", "make an empty project", project_commands.new)
    new.add_argument("project", help="folder to make; gets the ending .fieldmark")
    take = add_command(
        commands,
        "import",
        "add photos to a project; they stay where they are",
        project_commands.import_photos,
    )
    take.add_argument("project", help="project folder")
    take.add_argument(
        "paths",
        nargs="+",
        help="folders of class folders, folders of photos, or photos; or what other tools write of labelled photos:"
        " a CSV manifest, metadata.csv, labels.json, COCO Camera Traps",
    )
    take.add_argument(
        "--class",
        dest="into_class",
        metavar="NAME",
        help="label all of them so, whatever their folder",
    )
    take.add_argument("--copy", action="store_true", help="copy the photos into the project")
    take.add_argument("--replace", action="store_true", help="labels of a manifest replace those that are there")
    add = add_command(
        commands,
        "add-class",
        "teach a new class to the trained model, and show what changed",
        project_commands.add_class,
    )
    add.add_argument("project", help="project folder")
    add.add_argument("name", help="name of the class")
    add.add_argument("paths", nargs="+", help="folders of photos, or photos")


def _exchange_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    text = "take in what a CSV file says of photos that are in the project: sites, dates, individuals, classes"
    table = add_command(commands, "table", text, exchange_commands.table)
    table.add_argument("project", help="project folder")
    table.add_argument("file", help="CSV or TSV file with the names of its columns in the first row")
    table.add_argument("--key", metavar="COLUMN", help="the column that names the photos (default: found by itself)")
    table.add_argument("--columns", metavar="A,B", help="take in these columns only (default: all)")
    table.add_argument("--label", metavar="COLUMN", help="the column that says what the photos show")
    table.add_argument("--replace", action="store_true", help="its labels replace those that are there")
    text = "write photos and labels into a new folder in the form of another tool"
    export = add_command(commands, "export-photos", text, exchange_commands.export_photos)
    export.add_argument("project", help="project folder")
    export.add_argument("out", help="folder to make; nothing is ever overwritten")
    export.add_argument("--as", dest="form", required=True, choices=FORMS, help="which form")
    how = export.add_mutually_exclusive_group()
    how.add_argument("--link", action="store_true", help="give the photos further names (hard links), not copy them")
    how.add_argument("--tables-only", action="store_true", help="no photos; for csv and coco-camera-traps")
    export.add_argument("--bom", action="store_true", help="begin the CSV manifest with the mark that Excel looks for")


def _copies_command(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    text = "find photos that are one picture: equal, turned, mirrored, cropped, stored or lit otherwise"
    copies = add_command(commands, "copies", text, copies_command.copies)
    copies.add_argument("project", help="project folder")


def _explore_command(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    text = "show what the photos are like, which are odd or look alike, and which labels are in doubt"
    explore = add_command(commands, "explore", text, explore_command.explore)
    explore.add_argument("project", help="project folder")
    explore.add_argument(
        "--alike",
        action="store_true",
        help="compare the photos by what a network sees: hard pairs of classes, outliers, look-alikes",
    )
    explore.add_argument("--html", metavar="OUT", help="write a page with tables, bars and small pictures")


def _split_command(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    text = "show which photos teach and which test, and whether copies or bursts stand on both sides"
    split = add_command(commands, "split", text, split_command.split)
    split.add_argument("project", help="project folder")
    recipe_options(split)
    split.add_argument(
        "--naive", action="store_true", help="score with groups kept together, and with photos drawn singly"
    )
    split.add_argument(
        "--adopt", action="store_true", help="train by this plan from now on where a recipe says nothing of its own"
    )
    split.add_argument(
        "--leave-out",
        metavar="RELATION",
        help="score each of the folders, days, cameras, sites, or values of a column by what the others teach",
    )
