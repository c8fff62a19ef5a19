"""What a paper would say of how a study was done, and what limits it: sentences whose numbers are the study's own."""

from __future__ import annotations

from engine.insight.metrics import Report
from engine.recipe.group_cfg import GroupCfg
from engine.recipe.head_cfg import ClassicCfg, LogisticCfg
from engine.recipe.recipe import Recipe
from engine.report.card import how_made
from engine.report.comparison_table import caption
from engine.report.study_contents import RunTold, SplitTold, StudyContents

# With fewer test photos than this a class's score says little.
FEW = 10
KINDS = {
    "contents": "equal files",
    "copies": "copies found by a search",
    "bursts": "photos of one burst",
    "days": "photos of one day",
    "sites": "photos of one site",
    "folders": "photos of one folder",
    "cameras": "photos of one camera",
    "columns": "photos with equal values in a table",
    "names": "photos with names alike",
}


def together(groups: GroupCfg) -> str:
    """What a plan keeps on one side, in words."""
    kept = ["contents", *(kind for kind in KINDS if kind not in ("contents", "names", "columns"))]
    names = [KINDS[kind] for kind in kept if kind == "contents" or getattr(groups, kind)]
    names += [f"photos of equal {heading}" for heading in groups.headings()]
    names += [KINDS["names"]] if groups.names else []
    return ", ".join(names)


def drawn(split: SplitTold) -> str:
    """How the parts came about, in words."""
    by_lot = f"drawn class by class with seed {split.plan.seed}"
    return f"{by_lot}, where folders did not say the part ({split.n_given:,} photos)" if split.n_given else by_lot


def methods(study: StudyContents) -> str:
    """The paragraph, as plain text."""
    base = study.reference
    sentences = [_data(study)]
    if study.split is not None:
        sentences.append(_split(study.split))
    if base is not None:
        sentences += [
            _compared(study),
            f"The reference, {base.name}, is made so: {_recipe(base)}",
            _tested(study, base),
        ]
    if study.split is not None and study.split.n_tests:
        n = study.split.n_tests
        sentences.append(f"The test photos have scored {n:,} {'model' if n == 1 else 'models'} so far.")
    if base is not None:
        versions = ", ".join(f"{name} {version}" for name, version in sorted(base.versions.items()))
        sentences.append(f"Software: {versions}.")
    return " ".join(sentences)


def limits(study: StudyContents) -> tuple[str, ...]:
    """What the numbers do not say, a sentence each."""
    base = study.reference
    found = [] if base is None else [_width(base.score), *_few(base.score)]
    if study.split is not None:
        found += _split_limits(study.split, is_tested=not study.plan.folds)
    if study.runs and study.plan.repeats == 1 and not study.plan.folds:
        found.append("Each row was trained once; how much its seed alone moves a score was not measured.")
    joined = () if study.comparison is None else [run for run in study.comparison.runs if run.members]
    if joined:
        found.append(
            f"{', '.join(run.name for run in joined)}: joined of other rows, without any test photo. That one of them "
            "comes out best is a choice by the test photos all the same, as among the models."
        )
    if study.missing:
        found.append(
            f"{len(study.missing):,} of {_n_planned(study):,} planned runs have no results, for the reasons above."
        )
    if study.n_elsewhere:
        found.append(f"{study.n_elsewhere:,} runs were not tested on these photos, so they are not in the table.")
    found.append(
        "All photos come from this one collection: other places, cameras and seasons were not tested. Every model "
        "answers with one of its classes, whatever a photo shows."
    )
    return tuple(found)


def _n_planned(study: StudyContents) -> int:
    return len(study.runs) + study.n_in_rows + len(study.missing) + study.n_elsewhere


def _data(study: StudyContents) -> str:
    found = study.overview
    n_classes = sum(row.n > 0 for row in found.classes)
    text = f"The collection {study.project} has {found.n_labelled:,} labelled photos of {n_classes:,} classes"
    return text + (f"; {found.n_excluded:,} photos were excluded." if found.n_excluded else ".")


def _split(split: SplitTold) -> str:
    row = split.row
    n = row.n_train + row.n_val + row.n_test
    parts = (
        f"{count:,} ({100 * count / max(n, 1):.1f} %) {deed}"
        for count, deed in (
            (row.n_train, "taught"),
            (row.n_val, "served to tune"),
            (row.n_test, "were held out to test"),
        )
    )
    return (
        f"Of these, {', '.join(parts)}; {drawn(split)}. What follows was kept on one side: "
        f"{together(split.plan.groups)}."
    )


def _compared(study: StudyContents) -> str:
    n = len(study.runs) + study.n_in_rows
    text = f"{n:,} {'model was' if n == 1 else 'models were'} trained and tested by this split"
    repeats, folds = study.plan.repeats, study.plan.folds
    if folds:
        text = (
            f"{n:,} models were trained: the photos but for the test photos were divided into {folds} folds, class by "
            "class and groups whole, and each fold was answered by a model of each row that had learned from the others"
        )
        return f"{text}; {repeats} times, each time in other folds." if repeats > 1 else f"{text}."
    return f"{text}; each row {repeats} times, with seeds one apart." if repeats > 1 else f"{text}."


def _recipe(run: RunTold) -> str:
    recipe = run.recipe
    text = f"{how_made(recipe)} Photos are {recipe.input.size} x {recipe.input.size} pixels. {_learned(run)}"
    return f"{text} Seed {recipe.seed}."


def _learned(run: RunTold) -> str:
    recipe = run.recipe
    head = recipe.head
    if isinstance(head, LogisticCfg):
        candidates = ", ".join(f"{strength:g}" for strength in head.strengths)
        chosen = "one" if run.strength is None else f"{run.strength:g}"
        return f"Of the strengths (C) {candidates}, {head.folds}-fold cross-validation chose {chosen}."
    if isinstance(head, ClassicCfg):
        return f"It was cross-validated with {head.folds} folds."
    return _trained(recipe, run)


def _trained(recipe: Recipe, run: RunTold) -> str:
    if recipe.training is None:
        return "Nothing was trained."
    training = recipe.training
    rates = ", ".join(f"{stage.epochs} epochs of {stage.layers} at {stage.lr:g}" for stage in training.stages)
    text = f"Training: {rates}; {training.optim.name}, {training.batch} photos a step."
    if run.epochs:
        kept = "" if run.best_epoch is None else f", of which epoch {run.best_epoch} was kept"
        text += f" It went on for {len(run.epochs)} epochs{kept}."
    return text


def _tested(study: StudyContents, base: RunTold) -> str:
    found = study.comparison
    if found is None:
        return f"It was tested on {base.score.n:,} photos; intervals are Wilson's score intervals at 95 %."
    return f"The table stands on {caption(found)}"


def _width(score: Report) -> str:
    low, high = score.accuracy_ci95
    return (
        f"The test has {score.n:,} photos: the reference's {100 * score.accuracy:.1f} % right could as well be "
        f"{100 * low:.1f} to {100 * high:.1f} % (95 %, photos taken singly). Whether rows differ is for the "
        "paired tests to say."
    )


def _few(score: Report) -> list[str]:
    few = [f"{row.name} ({row.support})" for row in score.per_class if row.support < FEW]
    return (
        [f"Fewer than {FEW} test photos: {', '.join(few)}. Scores of single classes mean little there."] if few else []
    )


def _split_limits(split: SplitTold, *, is_tested: bool) -> list[str]:
    found = []
    if is_tested and split.n_tests > 1:
        found.append(
            f"{split.n_tests:,} models were scored on these test photos; the best of many is flattered by the choice."
        )
    if not split.copies_searched:
        found.append("Copies that are not equal files were not looked for; if there are any, they flatter all scores.")
    if split.n_outside:
        found.append(f"{split.n_outside:,} labelled photos are in no part of the split.")
    return found
