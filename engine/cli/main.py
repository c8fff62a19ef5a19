"""The parser and the way in: which command was asked for, and how its failure is told."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence

from engine import __version__
from engine.base.errors import AppError
from engine.cli import (
    compare_command,
    copies_command,
    curves_command,
    doctor_command,
    exchange_commands,
    explore_command,
    project_commands,
    report_command,
    split_command,
    study_command,
    study_files,
    train_commands,
    use_commands,
    views_command,
    weights_commands,
)
from engine.cli.jobs import JobFailed
from engine.exchange.forms import FORMS
from engine.recipe.presets import PRESETS

EXIT_OK, EXIT_FAILED, EXIT_USAGE, EXIT_STOPPED = 0, 1, 2, 130

Run = Callable[[argparse.Namespace], None]


def parser() -> argparse.ArgumentParser:
    """The whole grammar of the command line."""
    top = argparse.ArgumentParser(
        prog="fieldmark",
        description="Teach a computer to tell things apart in photos. Without a command, the window opens.",
        epilog="Exit status: 0 done, 1 failed, 2 wrong usage, 130 stopped.",
    )
    top.add_argument("--version", action="version", version=f"Fieldmark {__version__}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    _project_commands(commands)
    _exchange_commands(commands)
    _copies_command(commands)
    _explore_command(commands)
    _split_command(commands)
    _train_commands(commands)
    _curves_command(commands)
    _compare_command(commands)
    _study_command(commands)
    _use_commands(commands)
    _weights_command(commands)
    _command(
        commands,
        "doctor",
        "show versions, devices and disk, for asking for help",
        doctor_command.doctor,
    )
    return top


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    text: str,
    run: Run,
) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
    command.add_argument(
        "--json",
        action="store_true",
        help="print one JSON object on stdout; progress goes to stderr",
    )
    command.set_defaults(carry_out=run)
    return command


def _project_commands(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
) -> None:
    new = _command(commands, "new", "make an empty project", project_commands.new)
    new.add_argument("project", help="folder to make; gets the ending .fieldmark")
    take = _command(
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
    add = _command(
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
    table = _command(commands, "table", text, exchange_commands.table)
    table.add_argument("project", help="project folder")
    table.add_argument("file", help="CSV or TSV file with the names of its columns in the first row")
    table.add_argument("--key", metavar="COLUMN", help="the column that names the photos (default: found by itself)")
    table.add_argument("--columns", metavar="A,B", help="take in these columns only (default: all)")
    table.add_argument("--label", metavar="COLUMN", help="the column that says what the photos show")
    table.add_argument("--replace", action="store_true", help="its labels replace those that are there")
    text = "write photos and labels into a new folder in the form of another tool"
    export = _command(commands, "export-photos", text, exchange_commands.export_photos)
    export.add_argument("project", help="project folder")
    export.add_argument("out", help="folder to make; nothing is ever overwritten")
    export.add_argument("--as", dest="form", required=True, choices=FORMS, help="which form")
    how = export.add_mutually_exclusive_group()
    how.add_argument("--link", action="store_true", help="give the photos further names (hard links), not copy them")
    how.add_argument("--tables-only", action="store_true", help="no photos; for csv and coco-camera-traps")
    export.add_argument("--bom", action="store_true", help="begin the CSV manifest with the mark that Excel looks for")


def _copies_command(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    text = "find photos that are one picture: equal, turned, mirrored, cropped, stored or lit otherwise"
    copies = _command(commands, "copies", text, copies_command.copies)
    copies.add_argument("project", help="project folder")


def _explore_command(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    text = "show what the photos are like, which are odd or look alike, and which labels are in doubt"
    explore = _command(commands, "explore", text, explore_command.explore)
    explore.add_argument("project", help="project folder")
    explore.add_argument(
        "--alike",
        action="store_true",
        help="compare the photos by what a network sees: hard pairs of classes, outliers, look-alikes",
    )
    explore.add_argument("--html", metavar="OUT", help="write a page with tables, bars and small pictures")


def _split_command(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    text = "show which photos teach and which test, and whether copies or bursts stand on both sides"
    split = _command(commands, "split", text, split_command.split)
    split.add_argument("project", help="project folder")
    _recipe_options(split)
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


def _recipe_options(command: argparse.ArgumentParser, *, positional: bool = False) -> None:
    names = ", ".join(PRESETS)
    text = f"how to train: a recipe's name ({names}) or a TOML file (default: quick)"
    if positional:
        command.add_argument("recipe", nargs="?", default="quick", metavar="RECIPE", help=text)
    else:
        command.add_argument("--recipe", default="quick", metavar="RECIPE", help=text)
    command.add_argument(
        "--set",
        dest="choices",
        action="append",
        default=[],
        metavar="PLACE=VALUE",
        help="change one choice of the recipe, as --set input.size=320; may be given several times",
    )


def _train_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    train = _command(commands, "train", "train a model on the labelled photos", train_commands.train)
    train.add_argument("project", help="project folder")
    _recipe_options(train)
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
    recipe = _command(
        commands, "recipe", "show a recipe as TOML: every choice, to copy and change", train_commands.recipe
    )
    _recipe_options(recipe, positional=True)
    report = _command(
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
    report.add_argument(
        "--as-one", nargs="+", default=[], metavar="CLASS", help="say also what the score were if these were one class"
    )


def _compare_command(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    text = "say which of several runs is better, on the photos all of them were tested on"
    compare = _command(commands, "compare", text, compare_command.compare)
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
    for form in ("csv", "markdown", "latex"):
        compare.add_argument(f"--{form}", metavar="OUT", help=f"write the table as {form}")


def _study_command(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    text = "carry out a plan of runs, go on with it, and compare what came of it"
    study = commands.add_parser(
        "study", help=text, description=text[0].upper() + text[1:] + ".", epilog="Each action takes --json."
    )
    deeds = study.add_subparsers(dest="deed", metavar="ACTION", required=True)
    _command(deeds, "templates", "list the plans there are", study_command.list_templates)
    what = "name of a template, or a TOML file"
    shown = _command(deeds, "show", "show a plan as TOML, to copy and change", study_command.show)
    shown.add_argument("plan", help=what)
    for name, words, deed in (
        ("run", "train what is not done yet, then compare", study_command.run),
        ("resume", "the same as run: what is done is passed over, what was interrupted goes on", study_command.run),
        ("report", "say how far it is, and compare what is done", study_command.report),
    ):
        command = _command(deeds, name, words, deed)
        command.add_argument("project", help="project folder")
        command.add_argument("plan", help=what)
        if name == "report":
            command.add_argument("--html", metavar="OUT", help="write a page with everything: table, runs, methods")
            for form in ("csv", "markdown", "latex"):
                command.add_argument(f"--{form}", metavar="OUT", help=f"write the table as {form}")
    words = "write everything but the photos into one file, from which the study can be repeated"
    bundle = _command(deeds, "bundle", words, study_files.bundle)
    bundle.add_argument("project", help="project folder")
    bundle.add_argument("plan", help=what)
    bundle.add_argument("out", help="file to write; the usual ending is .zip")
    rerun = _command(
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
    text = "show how runs went epoch by epoch; write them as a table, or for TensorBoard"
    curves = _command(commands, "curves", text, curves_command.curves)
    curves.add_argument("project", help="project folder")
    curves.add_argument(
        "--run", type=int, action="append", default=[], metavar="ID", help="number of a run; may be given several times"
    )
    curves.add_argument("--csv", metavar="OUT", help="write a table, a row an epoch and run")
    curves.add_argument("--tensorboard", metavar="DIR", help="write event files of TensorBoard, a folder a run")


def _use_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    runs = _command(commands, "runs", "list the runs of a project, newest first", train_commands.runs)
    runs.add_argument("project", help="project folder")
    use = _command(commands, "use", "use the model of a run from now on", train_commands.use)
    use.add_argument("project", help="project folder")
    use.add_argument("run", type=int, help="number of the run")
    _views_command(commands)
    classify = _command(commands, "classify", "say what new photos show", use_commands.classify)
    classify.add_argument("model", help="saved model (.fieldmark-model) or project folder")
    classify.add_argument("paths", nargs="+", help="photos, or folders of photos")
    classify.add_argument(
        "--csv",
        metavar="OUT",
        help="write a table: path, class, confidence, one column a class",
    )
    export = _command(
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
    views = _command(commands, "views", text, views_command.views)
    views.add_argument("project", help="project folder")
    views.add_argument("--run", type=int, help="number of the run (default: the model in use)")
    views.add_argument(
        "--views",
        default="flip_h",
        metavar="NAMES",
        help="any of flip_h,flip_v,turns,crops, or none to look once (default: flip_h)",
    )
    views.add_argument("--adopt", action="store_true", help="make the model look so from now on")
    views.add_argument("--most", type=int, default=1000, metavar="N", help="try it on so many photos at most")


def _weights_command(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    text = "list pretrained weights; fetch more, or take in a file of them"
    weights = _command(commands, "weights", text, weights_commands.weights)
    weights.add_argument("--fetch", metavar="NETWORK", help="fetch the weights of a network, as timm/resnet50")
    weights.add_argument("--hub", default="", metavar="URL", help="fetch from another address than huggingface.co")
    weights.add_argument("--file", metavar="FILE", help="take in a .safetensors or .pth file")
    weights.add_argument("--as", dest="network", metavar="NETWORK", help="the network that the file is for")
    weights.add_argument("--licence", default="", help="the licence of the file's weights")
    weights.add_argument("--check", action="store_true", help="only say how the file fits")


COMMANDS = frozenset(
    {
        "new",
        "import",
        "add-class",
        "table",
        "export-photos",
        "copies",
        "explore",
        "split",
        "train",
        "recipe",
        "report",
        "curves",
        "compare",
        "study",
        "runs",
        "use",
        "views",
        "classify",
        "export",
        "weights",
        "doctor",
    }
)


def main(argv: Sequence[str] | None = None) -> int:
    """Carry out one command; returns the exit status."""
    args = parser().parse_args(argv)
    try:
        args.carry_out(args)
    except AppError as error:
        return _tell(error, as_json=args.json)
    except BrokenPipeError:
        # The reader of our output (`head`, say) has gone; that is its right.
        sys.stderr.close()
        return EXIT_FAILED
    return EXIT_OK


def _tell(error: AppError, *, as_json: bool) -> int:
    if as_json:
        told = {
            "error": error.what,
            "safe": error.safe,
            "advice": error.advice,
            "details": error.details,
        }
        print(json.dumps(told, ensure_ascii=True))
    print(f"fieldmark: {error.user_text()}", file=sys.stderr)
    if error.details:
        print(error.details, file=sys.stderr)
    stopped = isinstance(error, JobFailed) and error.ended.reason == "cancelled"
    return EXIT_STOPPED if stopped else EXIT_FAILED
