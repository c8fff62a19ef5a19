"""The grammar of the commands that make, compare and use models."""

from __future__ import annotations

import argparse

from engine.cli import (
    changes_command,
    compare_command,
    curves_command,
    report_command,
    study_command,
    study_files,
    study_plans,
    train_commands,
    use_commands,
    views_command,
    weights_commands,
)
from engine.cli.command import add_command, recipe_options
from engine.project.answer_lists import KINDS


def add_model_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """train, recipe, report, compare, changes, study, curves, runs, use, views, classify, export, weights."""
    _train_commands(commands)
    _compare_command(commands)
    _changes_command(commands)
    _study_command(commands)
    _curves_command(commands)
    _use_commands(commands)
    _weights_command(commands)


def _train_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    train = add_command(commands, "train", "train a model on the labelled photos", train_commands.train)
    train.add_argument("project", help="project folder")
    recipe_options(train)
    train.add_argument("--name", default="", help="name of the run")
    train.add_argument("--find-rate", action="store_true", help="train nothing; look for a learning rate")
    train.add_argument("--find-batch", action="store_true", help="train nothing; say how many photos a step fit here")
    train.add_argument("--resume", type=int, metavar="RUN", help="go on with a run that was interrupted")
    train.add_argument(
        "--processes",
        type=int,
        default=0,
        metavar="N",
        help="how many processes learn one network together (default: one for each GPU, or one)",
    )
    recipe = add_command(
        commands, "recipe", "show a recipe as TOML: every choice, to copy and change", train_commands.recipe
    )
    recipe_options(recipe, positional=True)
    report = add_command(
        commands,
        "report",
        "show how good a model is, and on how many photos",
        report_command.report,
    )
    report.add_argument("project", help="project folder")
    report.add_argument("--run", type=int, help="number of the run (default: the model in use)")
    report.add_argument(
        "--part",
        default="test",
        choices=("test", "cv"),
        help="held-out photos, or cross-validated ones",
    )
    report.add_argument("--list", dest="kind", choices=KINDS, help="name photos: mistakes or answers of that kind")
    report.add_argument(
        "--cell", nargs=2, metavar=("CLASS", "ANSWER"), help="name the photos of that class that got that answer"
    )
    report.add_argument("--most", type=int, default=50, metavar="N", help="name so many at most (default: 50)")
    report.add_argument(
        "--as-one", nargs="+", default=[], metavar="CLASS", help="say also what the score were if these were one class"
    )


def _compare_command(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    text = "say which of several runs is better, on the photos all of them were tested on"
    compare = add_command(commands, "compare", text, compare_command.compare)
    compare.add_argument("project", help="project folder")
    compare.add_argument(
        "--run",
        type=int,
        action="append",
        default=[],
        metavar="ID",
        help="number of a run; may be given several times (default: all runs of the reference's split)",
    )
    compare.add_argument(
        "--with", dest="reference", type=int, metavar="ID", help="the run to compare with (default: the model in use)"
    )
    compare.add_argument(
        "--part", default="test", choices=("test", "cv"), help="held-out photos, or cross-validated ones"
    )
    for method, words in (
        ("average", "add a row: these runs joined, their probabilities averaged"),
        ("weighted", "the same with weights, learned from their cross-validated answers alone"),
        ("stacked", "the same with a small model on top, learned from their cross-validated answers alone"),
    ):
        compare.add_argument(f"--{method}", action="append", default=[], metavar="ID,ID,...", help=words)
    compare.add_argument(
        "--views",
        action="append",
        default=[],
        metavar="ID:NAMES",
        help="add a row: a run that looks at each photo in several views (see `fieldmark views --as-row`)",
    )
    for form in ("csv", "markdown", "latex"):
        compare.add_argument(f"--{form}", metavar="OUT", help=f"write the table as {form}")


def _kept_studies(deeds: argparse._SubParsersAction[argparse.ArgumentParser], what: str) -> None:
    save = add_command(deeds, "save", "keep a plan with the project, where the window shows it too", study_plans.save)
    save.add_argument("project", help="project folder")
    save.add_argument("plan", help=what)
    saved = add_command(deeds, "saved", "list the studies that are kept with the project", study_plans.list_saved)
    saved.add_argument("project", help="project folder")
    remove = add_command(deeds, "remove", "keep a study no more; its runs stay", study_plans.remove)
    remove.add_argument("project", help="project folder")
    remove.add_argument("plan", help="name of the study")


def _changes_command(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    text = "say what changed between two runs: recipe, photos and labels, split, code"
    changes = add_command(commands, "changes", text, changes_command.changes)
    changes.add_argument("project", help="project folder")
    changes.add_argument("before", type=int, metavar="RUN", help="number of the first run")
    changes.add_argument("after", type=int, metavar="RUN", help="number of the second run")


def _study_command(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    text = "carry out a plan of runs, go on with it, and compare what came of it"
    study = commands.add_parser(
        "study", help=text, description=text[0].upper() + text[1:] + ".", epilog="Each action takes --json."
    )
    deeds = study.add_subparsers(dest="deed", metavar="ACTION", required=True)
    add_command(deeds, "templates", "list the plans that come with Fieldmark", study_plans.list_templates)
    what = "name of a template, or a TOML file"
    shown = add_command(deeds, "show", "show a plan as TOML, to copy and change", study_plans.show)
    shown.add_argument("plan", help=what)
    _kept_studies(deeds, what)
    what = "name of a study kept with the project, name of a template, or a TOML file"
    for name, words in (
        ("run", "train what is not done yet, then compare"),
        ("resume", "the same as run: what is done is passed over, what was interrupted goes on"),
    ):
        command = add_command(deeds, name, words, study_command.run)
        command.add_argument("project", help="project folder")
        several = "of several, the one with the highest priority goes first"
        command.add_argument("plan", nargs="+", help=f"{what}; {several}")
        command.add_argument(
            "--at-once", type=int, default=1, metavar="N", help="train N runs at the same time (default: 1)"
        )
    command = add_command(deeds, "report", "say how far it is, and compare what is done", study_command.report)
    command.add_argument("project", help="project folder")
    command.add_argument("plan", help=what)
    command.add_argument("--html", metavar="OUT", help="write a page with everything: table, runs, methods")
    command.add_argument("--pdf", metavar="OUT", help="write the same as a PDF")
    for form in ("csv", "markdown", "latex"):
        command.add_argument(f"--{form}", metavar="OUT", help=f"write the table as {form}")
    words = "write everything but the photos into one file, from which the study can be repeated"
    bundle = add_command(deeds, "bundle", words, study_files.bundle)
    bundle.add_argument("project", help="project folder")
    bundle.add_argument("plan", help=what)
    bundle.add_argument("out", help="file to write; the usual ending is .zip")
    rerun = add_command(
        deeds, "rerun", "repeat a study from such a file, and say whether it came out alike", study_files.rerun
    )
    rerun.add_argument("bundle", help="file that `fieldmark study bundle` wrote")
    rerun.add_argument("photos", help="folder with its photos; they are found by their content")
    rerun.add_argument("project", help="project to make for it; gets the ending .fieldmark")
    rerun.add_argument(
        "--tolerance",
        type=float,
        metavar="P",
        help="largest difference of a probability that counts as the same result (default: 0.0001 on frozen features, "
        "0.05 where a network is trained)",
    )


def _curves_command(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    text = "show how runs went epoch by epoch; write them as a table, for TensorBoard, for MLflow"
    curves = add_command(commands, "curves", text, curves_command.curves)
    curves.add_argument("project", help="project folder")
    curves.add_argument(
        "--run", type=int, action="append", default=[], metavar="ID", help="number of a run; may be given several times"
    )
    curves.add_argument("--csv", metavar="OUT", help="write a table, a row an epoch and run")
    curves.add_argument("--tensorboard", metavar="DIR", help="write event files of TensorBoard, a folder a run")
    curves.add_argument("--mlflow", metavar="DIR", help="write a folder of runs for MLflow, with choices and digests")


def _use_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    runs = add_command(commands, "runs", "list the runs of a project, newest first", train_commands.runs)
    runs.add_argument("project", help="project folder")
    use = add_command(commands, "use", "use the model of a run from now on", train_commands.use)
    use.add_argument("project", help="project folder")
    use.add_argument("run", type=int, help="number of the run")
    _views_command(commands)
    classify = add_command(commands, "classify", "say what new photos show", use_commands.classify)
    classify.add_argument("model", help="saved model (.fieldmark-model) or project folder")
    classify.add_argument("paths", nargs="+", help="photos, or folders of photos")
    classify.add_argument(
        "--csv",
        metavar="OUT",
        help="write a table: path, class, confidence, one column a class",
    )
    export = add_command(
        commands,
        "export",
        "save the model as one file that works anywhere",
        use_commands.export,
    )
    export.add_argument("project", help="project folder")
    export.add_argument("out", help="file to write; the usual ending is .fieldmark-model")
    export.add_argument("--run", type=int, help="number of the run (default: the model in use)")


def _views_command(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    text = "find out what looking at each photo several times brings, and make the model do so"
    views = add_command(commands, "views", text, views_command.views)
    views.add_argument("project", help="project folder")
    views.add_argument("--run", type=int, help="number of the run (default: the model in use)")
    views.add_argument(
        "--views",
        default="flip_h",
        metavar="NAMES",
        help="any of flip_h,flip_v,turns,crops, or none to look once (default: flip_h)",
    )
    views.add_argument("--adopt", action="store_true", help="make the model look so from now on")
    views.add_argument(
        "--as-row",
        action="store_true",
        help="ask the test photos too, for `fieldmark compare --views`; choose views by the other photos, not by these",
    )
    views.add_argument("--most", type=int, default=1000, metavar="N", help="try it on so many photos at most")


def _weights_command(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    text = "list pretrained weights; fetch more, or take in a file of them"
    weights = add_command(commands, "weights", text, weights_commands.weights)
    weights.add_argument("--fetch", metavar="NETWORK", help="fetch the weights of a network, as timm/resnet50")
    weights.add_argument("--hub", default="", metavar="URL", help="fetch from another address than huggingface.co")
    weights.add_argument("--file", metavar="FILE", help="take in a .safetensors or .pth file")
    weights.add_argument("--as", dest="network", metavar="NETWORK", help="the network that the file is for")
    weights.add_argument("--licence", default="", help="the licence of the file's weights")
    weights.add_argument("--check", action="store_true", help="only say how the file fits")
