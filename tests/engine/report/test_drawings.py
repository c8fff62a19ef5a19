"""Curves and matrices on a page: what is not a number is left out, and what is too wide is told in fewer words."""

from __future__ import annotations

import math

import numpy as np

from engine.insight.curves import EpochRow
from engine.insight.metrics import Report, report
from engine.report.drawings import MOST_CLASSES, confusion, curves


def scored(k: int) -> Report:
    """Two photos of each of `k` classes; of the first, both are called the second."""
    true = np.repeat(np.arange(k, dtype=np.int32), 2)
    said = true.copy()
    said[:2] = 1
    return report([f"class <{n}>" for n in range(k)], true, np.eye(k, dtype=np.float32)[said])


def test_an_epoch_without_a_number_is_passed_over_and_one_alone_is_a_dot() -> None:
    rows = [
        EpochRow(epoch=1, train_loss=2.0, val_loss=2.0),
        EpochRow(epoch=2, train_loss=1.0, val_loss=math.nan),
    ]
    drawn = curves(rows)
    assert "nan" not in drawn
    assert drawn.count("<circle") == 1, "the one loss of validation"
    assert curves([]) == ""


def test_a_matrix_has_a_row_for_each_class_that_is_shown() -> None:
    drawn = confusion(scored(3))
    assert drawn.count("<tr>") == 1 + 3
    assert '<td class="n wrong" style="--share:1.000">2</td>' in drawn
    assert "class &lt;0&gt;" in drawn


def test_with_very_many_classes_only_confusions_are_listed() -> None:
    drawn = confusion(scored(MOST_CLASSES + 1))
    assert drawn.count("<tr>") == 1 + 1
    assert '<td>class &lt;0&gt;</td><td>class &lt;1&gt;</td><td class="n">2</td>' in drawn
