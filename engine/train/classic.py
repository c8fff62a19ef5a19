"""Classic classifiers on frozen features: fitted, scored, and cross-validated like the head of Quick."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC
from sklearn.utils.class_weight import compute_sample_weight
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from engine.base.stop import StopToken
from engine.data.folds import ALWAYS_TRAIN, stratified_group_folds
from engine.nets.classic_scores import Estimator, scores
from engine.recipe.head_cfg import ClassicCfg
from engine.train.select import fit_temperature

# Share of the features each tree of boosting may look at: a tenth of 1,280 is as good and ten times faster.
FEATURE_SHARE = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassicModel:
    """A classifier fitted on everything, and what photos were called by models that had not seen them.

    `held_out`: (m,) rows, rising; `folds`: (m,) the fold of each, from 0; `logits`: (m, k) their scores; `temperature`:
    fitted to them, 1 if there are none.
    """

    estimator: Estimator
    held_out: NDArray[np.intp]
    folds: NDArray[np.int16]
    logits: NDArray[np.float32]
    temperature: float


def has_xgboost() -> bool:
    """Whether boosting is XGBoost's; otherwise it is scikit-learn's."""
    try:
        import xgboost  # noqa: F401
    except ImportError:
        return False
    return True


def fit_classic(
    cfg: ClassicCfg, features: NDArray[np.float32], labels: NDArray[np.int32], *, seed: int, n_threads: int
) -> Estimator:
    """The classifier fitted to (n, d) normalised features and their (n,) columns; two columns at least.

    Equal arguments give equal classifiers, whatever `n_threads`.
    """
    weight = "balanced" if cfg.balanced else None
    made: Any
    match cfg.method:
        case "svm":
            made = SVC(C=cfg.strength, class_weight=weight, random_state=seed)
        case "forest":
            made = RandomForestClassifier(
                cfg.trees, class_weight=weight, random_state=seed, n_jobs=n_threads, min_samples_leaf=2
            )
        case "neighbours":
            # Brute force, because a tree of neighbours is no faster in a thousand dimensions.
            n = min(cfg.neighbours, len(labels))
            made = KNeighborsClassifier(n, weights="distance", algorithm="brute", n_jobs=n_threads)
        case "boosting":
            return _fit_boosting(cfg, features, labels, seed=seed, n_threads=n_threads)
    return cast("Estimator", made.fit(features, labels))


def _fit_boosting(
    cfg: ClassicCfg, features: NDArray[np.float32], labels: NDArray[np.int32], *, seed: int, n_threads: int
) -> Estimator:
    weights = compute_sample_weight("balanced", labels) if cfg.balanced else None
    if not has_xgboost():
        made: Any = HistGradientBoostingClassifier(
            max_iter=cfg.rounds,
            max_depth=cfg.depth,
            max_features=FEATURE_SHARE,
            early_stopping=False,
            random_state=seed,
        )
        return cast("Estimator", made.fit(features, labels, sample_weight=weights))
    from engine.nets.boosted import Boosted

    return Boosted.fit(
        features, labels, weights, rounds=cfg.rounds, depth=cfg.depth, share=FEATURE_SHARE, seed=seed, n=n_threads
    )


def train_classic(
    features: NDArray[np.float32],
    labels: NDArray[np.int32],
    groups: NDArray[np.int64],
    n_classes: int,
    *,
    cfg: ClassicCfg,
    seed: int,
    stop: StopToken,
    on_fit: Callable[[], None] = lambda: None,
) -> ClassicModel:
    """Cross-validate the classifier, then fit it on everything.

    Args:
        features: (n, d) normalised; labels: (n,) columns; groups: (n,) photos of equal number stay on one side.
        on_fit: called after each of `cfg.folds` + 1 fits, from any thread.
    Raises:
        Stopped: between two fits.
    """
    folds = stratified_group_folds(labels, groups, n_folds=cfg.folds, seed=seed)
    held_out = np.flatnonzero(folds != ALWAYS_TRAIN)
    logits = np.zeros((len(labels), n_classes), dtype=np.float32)

    def run_fold(fold: int) -> None:
        stop.raise_if_set()
        inside, outside = folds != fold, folds == fold
        if len(np.unique(labels[inside])) > 1:
            estimator = fit_classic(cfg, features[inside], labels[inside], seed=seed, n_threads=1)
            logits[outside] = scores(estimator, features[outside], n_classes)
        on_fit()

    n_cores = os.cpu_count() or 1
    numbers = [int(fold) for fold in np.unique(folds[held_out])]
    with _single_threads(), ThreadPoolExecutor(max(1, min(n_cores, len(numbers)))) as pool:
        for done in [pool.submit(run_fold, number) for number in numbers]:
            done.result()
    stop.raise_if_set()
    estimator = fit_classic(cfg, features, labels, seed=seed, n_threads=n_cores)
    on_fit()
    temperature = fit_temperature(logits[held_out], labels[held_out]) if len(held_out) else 1.0
    return ClassicModel(
        estimator=estimator,
        held_out=held_out,
        folds=folds[held_out],
        logits=logits[held_out],
        temperature=temperature,
    )


def _single_threads() -> contextlib.AbstractContextManager[object]:
    """Folds are threads already."""
    return cast("contextlib.AbstractContextManager[object]", threadpool_limits(limits=1))
