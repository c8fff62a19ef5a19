"""Several models on the photos all of them were asked about: a row each, tested in pairs against one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from engine.base.ids import PhotoId, RunId
from engine.insight.before_after import SIGNIFICANT
from engine.insight.calibration import calibration
from engine.insight.fold_spread import Folded, FoldSpread, fold_spread
from engine.insight.metrics import report, weighted_macro_f1s
from engine.insight.paired import (
    Draws,
    difference_interval,
    grouped_draws,
    grouped_mcnemar,
    holm,
    share_interval,
    statistic_interval,
)
from engine.insight.run_facts import NOTHING_KNOWN, RunFacts

# A likelihood below this is rounding.
_LEAST = 1e-7


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A run's answers for the photos it was tested on.

    Args:
        photo_ids: (n,), rising. true_classes: (n,) ids of the labels of today. class_ids: (k,) of the columns of
            `probs`, (n, k). members: the runs that it was made of, where it is none itself; its number is below 0 then.
            method: how (`average`, `weighted`, `stacked`; `views`: one run that looks at each photo several times).
            folds: (n,) as of `engine.data.predictions.Predictions`, None where it was not folded. recipe: its title.
            facts: what it was, apart from its answers.
    """

    run_id: RunId
    name: str
    photo_ids: NDArray[np.int64]
    true_classes: NDArray[np.int64]
    class_ids: NDArray[np.int64]
    probs: NDArray[np.float32]
    members: tuple[RunId, ...] = ()
    method: str = ""
    folds: NDArray[np.int16] | None = None
    recipe: str = ""
    facts: RunFacts = NOTHING_KNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Against:
    """A run against the reference, on the same photos.

    Args:
        gained, lost: photos only this one, and only the reference, has right. difference: of the shares right, with its
            95 % interval (paired bootstrap over groups). p_value: exact McNemar test over groups, see
            `paired.grouped_mcnemar`; p_holm: raised for the number of runs compared. verdict: `better`, `worse` or
            `no difference beyond chance`.
    """

    gained: int
    lost: int
    difference: float
    difference_ci95: tuple[float, float]
    p_value: float
    p_holm: float
    verdict: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedRun:
    """A row of the table, on the photos that all runs share.

    Args:
        n_own: photos the run was tested on in all. accuracy, macro_f1: with 95 % intervals (bootstrap over groups).
        log_loss: mean negative logarithm of the label's probability. ece: see `engine.insight.calibration`.
        only_right, only_wrong: photos that this run alone has right, or wrong. against: None for the reference.
        members, recipe, facts: as of `Judged`. folds: its spread over the folds of its cross-validation, None where it
            has none.
    """

    run_id: RunId
    name: str
    n_own: int
    accuracy: float
    accuracy_ci95: tuple[float, float]
    top5: float | None
    macro_precision: float
    macro_recall: float
    macro_f1: float
    macro_f1_ci95: tuple[float, float]
    log_loss: float
    ece: float
    only_right: tuple[PhotoId, ...]
    only_wrong: tuple[PhotoId, ...]
    against: Against | None
    members: tuple[RunId, ...] = ()
    method: str = ""
    folds: FoldSpread | None = None
    recipe: str = ""
    facts: RunFacts = NOTHING_KNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The table. `n` photos in `n_groups` groups are shared by all; `disagreed` are those not all answer alike.

    `in_folds`: each row is of several runs, of which each answered the photos of a fold, see `insight.pooled_folds`.
    `repeated`: those photos were divided several times; the scores and tests are of the first, `folds` of all.
    """

    n: int
    n_groups: int
    reference: RunId
    runs: tuple[ComparedRun, ...]
    disagreed: tuple[PhotoId, ...]
    in_folds: bool = False
    repeated: bool = False

    @property
    def unsettled(self) -> tuple[str, ...]:
        """Names of runs that differ by themselves (their interval leaves out 0), but not among so many comparisons."""
        return tuple(run.name for run in self.runs if run.against is not None and _is_unsettled(run.against))


def _is_unsettled(against: Against) -> bool:
    low, high = against.difference_ci95
    return against.p_holm >= SIGNIFICANT and (low > 0 or high < 0)


def compare(judged: Sequence[Judged], reference: RunId, groups: dict[int, int]) -> Comparison:
    """The runs, on the photos that every one of them was tested on and whose class every one of them knows.

    Args:
        groups: number of the group of each photo; a photo without one is by itself.
    Raises:
        ValueError: no photo is shared, or the reference is not among the runs.
    """
    if reference not in {run.run_id for run in judged}:
        raise ValueError("the reference is not among the runs")
    shared = _shared(judged)
    if not len(shared):
        raise ValueError("no photo is shared by all runs")
    own = own_groups(shared, groups)
    draws = grouped_draws(own)
    cut = [_cut(run, shared) for run in judged]
    right = np.array([_right(run) for run in cut])
    at_base = [run.run_id for run in judged].index(reference)
    base = right[at_base]
    others = [at for at, run in enumerate(judged) if run.run_id != reference]
    p_values = [grouped_mcnemar(right[at], base, own) for at in others]
    raised = dict(zip(others, zip(p_values, holm(p_values), strict=True), strict=True))
    runs = []
    for at, run in enumerate(cut):
        against = None if at not in raised else _against(right[at], base, draws, *raised[at])
        spread = _spread(run, None if at == at_base else cut[at_base])
        runs.append(_row(run, len(judged[at].photo_ids), right, at, draws, against, spread))
    answers = np.array([run.class_ids[run.probs.argmax(axis=1)] for run in cut])
    return Comparison(
        n=len(shared),
        n_groups=len(np.unique(own)),
        reference=reference,
        runs=tuple(runs),
        disagreed=_ids(shared[(answers != answers[0]).any(axis=0)]),
    )


def _shared(judged: Sequence[Judged]) -> NDArray[np.int64]:
    known = [run.photo_ids[np.isin(run.true_classes, run.class_ids)] for run in judged]
    shared = known[0]
    for ids in known[1:]:
        shared = np.intersect1d(shared, ids, assume_unique=True)
    return shared


def own_groups(photo_ids: NDArray[np.int64], groups: dict[int, int]) -> NDArray[np.int64]:
    """(n,) the number of each photo's group; photos without one get numbers nobody has."""
    return np.array([groups.get(int(i), -1 - int(i)) for i in photo_ids], dtype=np.int64)


def _cut(run: Judged, photo_ids: NDArray[np.int64]) -> Judged:
    at = np.searchsorted(run.photo_ids, photo_ids)
    return replace(
        run,
        photo_ids=photo_ids,
        true_classes=run.true_classes[at],
        probs=run.probs[at],
        folds=None if run.folds is None else run.folds[at],
    )


def _right(run: Judged) -> NDArray[np.bool_]:
    return np.asarray(run.class_ids[run.probs.argmax(axis=1)] == run.true_classes)


def _gains(right: NDArray[np.bool_], base: NDArray[np.bool_]) -> tuple[int, int]:
    return int((right & ~base).sum()), int((base & ~right).sum())


def _against(right: NDArray[np.bool_], base: NDArray[np.bool_], draws: Draws, p_value: float, p_holm: float) -> Against:
    gained, lost = _gains(right, base)
    differs = p_holm < SIGNIFICANT
    return Against(
        gained=gained,
        lost=lost,
        difference=float(right.mean() - base.mean()),
        difference_ci95=difference_interval(right, base, draws),
        p_value=p_value,
        p_holm=p_holm,
        verdict=("better" if gained > lost else "worse") if differs else "no difference beyond chance",
    )


def _spread(run: Judged, base: Judged | None) -> FoldSpread | None:
    mine = _folded(run)
    return None if mine is None else fold_spread(mine, None if base is None else _folded(base))


def _folded(run: Judged) -> Folded | None:
    if run.folds is None:
        return None
    answered = run.class_ids[run.probs.argmax(axis=1)]
    return Folded(true=run.true_classes, answered=answered, folds=run.folds)


def _row(
    run: Judged,
    n_own: int,
    right: NDArray[np.bool_],
    at: int,
    draws: Draws,
    against: Against | None,
    spread: FoldSpread | None,
) -> ComparedRun:
    column_of = {int(class_id): n for n, class_id in enumerate(run.class_ids)}
    true = np.array([column_of[int(class_id)] for class_id in run.true_classes], dtype=np.int32)
    found = report([str(i) for i in run.class_ids], true, run.probs)
    likelihood = np.maximum(run.probs[np.arange(len(true)), true].astype(np.float64), _LEAST)
    n_right = right.sum(axis=0)
    several, answered = len(right) > 1, run.probs.argmax(axis=1)
    return ComparedRun(
        run_id=run.run_id,
        name=run.name,
        n_own=n_own,
        accuracy=found.accuracy,
        accuracy_ci95=share_interval(right[at], draws),
        top5=found.top5,
        macro_precision=found.macro_precision,
        macro_recall=found.macro_recall,
        macro_f1=found.macro_f1,
        macro_f1_ci95=statistic_interval(weighted_macro_f1s(true, answered, draws)),
        log_loss=float(-np.log(likelihood).mean()),
        ece=calibration(true, run.probs).ece,
        only_right=_ids(run.photo_ids[right[at] & (n_right == 1)]) if several else (),
        only_wrong=_ids(run.photo_ids[~right[at] & (n_right == len(right) - 1)]) if several else (),
        against=against,
        members=run.members,
        method=run.method,
        folds=spread,
        recipe=run.recipe,
        facts=run.facts,
    )


def _ids(photo_ids: NDArray[np.int64]) -> tuple[PhotoId, ...]:
    return tuple(PhotoId(int(i)) for i in photo_ids)
