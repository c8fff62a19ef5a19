"""A row of a study in folds: what the models of all its folds said, each of the photos that it had not seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from engine.insight.comparison import Comparison, Judged
from engine.insight.fold_spread import Folded, fold_spread
from engine.insight.run_facts import RunFacts


def pooled(name: str, runs: Sequence[Judged]) -> Judged:
    """One row of the runs of all folds, in the order of the folds; its number is that of the first of them.

    Raises:
        ValueError: the runs know different classes, or a photo was tested in two folds.
    """
    if any(not np.array_equal(run.class_ids, runs[0].class_ids) for run in runs):
        raise ValueError("the runs of the folds know different classes")
    photo_ids = np.concatenate([run.photo_ids for run in runs])
    order = np.argsort(photo_ids, kind="stable")
    if len(np.unique(photo_ids)) < len(photo_ids):
        raise ValueError("a photo was tested in two folds")
    folds = np.concatenate([np.full(len(run.photo_ids), at, dtype=np.int16) for at, run in enumerate(runs)])
    return replace(
        runs[0],
        name=name,
        photo_ids=photo_ids[order],
        true_classes=np.concatenate([run.true_classes for run in runs])[order],
        probs=np.concatenate([run.probs for run in runs])[order],
        folds=folds[order],
        facts=pooled_facts([run.facts for run in runs]),
    )


def pooled_facts(facts: Sequence[RunFacts]) -> RunFacts:
    """Sizes of the first run, whose network they all have; means of the other numbers, and the minutes of all together.

    A number that one of them lacks is not known of the row.
    """
    return replace(
        facts[0],
        train_loss=_mean([one.train_loss for one in facts]),
        train_accuracy=_mean([one.train_accuracy for one in facts]),
        val_loss=_mean([one.val_loss for one in facts]),
        val_accuracy=_mean([one.val_accuracy for one in facts]),
        minutes=_sum([one.minutes for one in facts]),
        learn_rate=_mean([one.learn_rate for one in facts]),
        answer_rate=_mean([one.answer_rate for one in facts]),
    )


def _sum(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None


def _mean(values: Sequence[float | None]) -> float | None:
    total = _sum(values)
    return None if total is None else total / len(values)


def with_repetitions(found: Comparison, rows: Sequence[Sequence[Judged]]) -> Comparison:
    """The comparison of the rows' first repetitions, with the spread over the folds of all of them.

    Args:
        rows: for each run of `found`, in its order, its repetitions, made by `pooled`.
    """
    base = next(row for row, run in zip(rows, found.runs, strict=True) if run.run_id == found.reference)
    runs = []
    for row, run in zip(rows, found.runs, strict=True):
        reference = None if run.run_id == found.reference or len(row) != len(base) else _in_line(base)
        runs.append(replace(run, folds=fold_spread(_in_line(row), reference)))
    return replace(found, runs=tuple(runs), in_folds=True, repeated=any(len(row) > 1 for row in rows))


def _in_line(repetitions: Sequence[Judged]) -> Folded:
    """All repetitions one after another, their folds numbered through."""
    n_folds = [0 if one.folds is None else int(one.folds.max()) + 1 for one in repetitions]
    begins = np.cumsum([0, *n_folds[:-1]])
    return Folded(
        true=np.concatenate([one.true_classes for one in repetitions]),
        answered=np.concatenate([one.class_ids[one.probs.argmax(axis=1)] for one in repetitions]),
        folds=np.concatenate(
            [
                (one.folds + begin).astype(np.int16)
                for one, begin in zip(repetitions, begins, strict=True)
                if one.folds is not None
            ]
        ),
        n_repetitions=len(repetitions),
    )
