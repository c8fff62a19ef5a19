"""Folds are drawn where they are: every model on one scale, whatever its name holds."""

from __future__ import annotations

import re

import numpy as np

from engine.base.ids import RunId
from engine.insight.comparison import ComparedRun, Judged, compare
from engine.report.fold_drawing import IN_ONE, fold_strips


def compared(*names: str, folded: bool = True) -> tuple[ComparedRun, ...]:
    """Models that have 5, 6 and 7 of ten photos right in their three folds."""
    folds = np.repeat(np.arange(3), 10).astype(np.int16)
    right = np.arange(30) % 10 < 5 + folds
    runs = [
        Judged(
            run_id=RunId(number),
            name=name,
            photo_ids=np.arange(30),
            true_classes=np.zeros(30, dtype=np.int64),
            class_ids=np.array([0, 1]),
            probs=np.where(right[:, None], [[0.9, 0.1]], [[0.1, 0.9]]).astype(np.float32),
            folds=folds if folded else None,
        )
        for number, name in enumerate(names)
    ]
    return compare(runs, RunId(0), {}).runs


def test_each_fold_is_a_dot_at_its_share_and_names_are_escaped() -> None:
    [drawing] = fold_strips(compared("A <b>", "A name that is longer than there is room"))
    assert drawing.count("<circle") == 6
    across = sorted({float(x) for x in re.findall(r'cx="([\d.]+)"', drawing)})
    assert across[1] - across[0] == across[2] - across[1], "5, 6 and 7 of ten are equally far apart"
    assert "A &lt;b&gt;" in drawing
    assert "A name that is lon…" in drawing


def test_many_models_are_drawn_in_several_and_none_without_folds() -> None:
    assert [one.count("<circle") for one in fold_strips(compared(*"abcdefghi"))] == [3 * IN_ONE, 3 * 2]
    assert fold_strips(compared("a", "b", folded=False)) == ()
