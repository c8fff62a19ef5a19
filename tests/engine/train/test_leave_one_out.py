"""Leaving out one group after another: the answers are those of a head that never saw the group or its relatives."""

from __future__ import annotations

import numpy as np
import pytest

from engine.base.errors import Stopped
from engine.base.stop import StopToken
from engine.insight.leave_one_out import group_scores, leave_one_out_of
from engine.nets.heads import normalise
from engine.recipe.head_cfg import LogisticCfg
from engine.train.head_fit import fit, principal_basis, scores
from engine.train.leave_one_out import NOT_ASKED, joined, leave_one_out, n_fits

CFG = LogisticCfg(strengths=(0.03, 0.3), folds=3)
N = 60
# Three sites and some photos of no known site; photo 0 and photo 20 are copies of one another at two sites.
LEFT = np.repeat(np.array([0, 1, 2, -1]), 15)
RELATIVES = np.arange(N)
RELATIVES[20] = RELATIVES[0]
# The last class is shown at the last site only.
LABELS = np.tile(np.array([0, 1], dtype=np.int32), N // 2)
LABELS[40:45] = 2


def drawn() -> np.ndarray:
    rng = np.random.default_rng(3)
    return (np.eye(8)[LABELS] * 2 + rng.normal(0, 0.6, (N, 8)) + 3).astype(np.float32)


def test_every_group_is_answered_by_what_the_others_teach() -> None:
    features, fits = drawn(), []
    found = leave_one_out(
        features, LABELS, RELATIVES, LEFT, 3, cfg=CFG, seed=0, stop=StopToken(), on_fit=lambda: fits.append(1)
    )
    assert len(fits) == n_fits(CFG, 3)
    assert found.strength in CFG.strengths
    basis = principal_basis(normalise(features))
    for site in range(3):
        asked = np.equal(LEFT, site)
        taught = ~asked & ~np.isin(RELATIVES, RELATIVES[asked])
        assert found.n_set_aside[site] == (~asked & ~taught).sum() == (site != 2)
        solution = fit(basis.rows[taught], LABELS[taught], 3, strength=found.strength, balanced=CFG.balanced)
        assert found.answers[asked].tolist() == scores(basis.rows[asked], solution).argmax(axis=1).tolist()
    assert (found.answers[LEFT < 0] == NOT_ASKED).all()
    assert np.flatnonzero((LEFT >= 0) & ~found.taught).tolist() == list(range(40, 45)), "a class of one site"


def test_groups_and_relatives_in_a_chain_are_one_in_the_choice_of_the_strength() -> None:
    together = joined(RELATIVES, LEFT)
    assert len(set(together[:30].tolist())) == 1, "sites 0 and 1 share a copy"
    assert len(set(together[30:45].tolist())) == 1
    assert len(set(together[45:].tolist())) == 15, "photos of no known site are by themselves"


def test_nothing_is_asked_where_nothing_is_left_to_learn_from() -> None:
    found = leave_one_out(drawn(), LABELS, np.zeros(N, dtype=np.int64), LEFT, 3, cfg=CFG, seed=0, stop=StopToken())
    assert (found.answers == NOT_ASKED).all()


def test_it_can_be_stopped() -> None:
    stop = StopToken()
    stop.request()
    with pytest.raises(Stopped):
        leave_one_out(drawn(), LABELS, RELATIVES, LEFT, 3, cfg=CFG, seed=0, stop=stop)


def test_groups_are_listed_worst_first_and_summed_up() -> None:
    left = np.array([0] * 4 + [1] * 2 + [2] * 4 + [-1])
    right = np.array([1, 1, 1, 0, 0, 1, 1, 1, 1, 1, 0], dtype=np.bool_)
    taught = np.array([1, 1, 1, 0, 1, 1, 1, 1, 1, 1, 0], dtype=np.bool_)
    rows = group_scores(("a", "b", "c", "nobody"), left, right, taught, np.array([0, 3, 0, 0]))
    assert [(row.name, row.n, row.n_right) for row in rows] == [("b", 2, 1), ("a", 4, 3), ("c", 4, 4)]
    assert [(row.n_untaught, row.n_set_aside) for row in rows] == [(0, 3), (1, 0), (0, 0)]
    assert rows[0].accuracy_ci95[0] < 0.5 < rows[0].accuracy_ci95[1]
    found = leave_one_out_of("sites", 0.3, rows, n_unknown=1, n_locked=0)
    assert (found.n, found.n_right, found.accuracy, found.macro) == (10, 8, 0.8, 0.75)
    assert found.accuracy_ci95[0] <= 0.8 <= found.accuracy_ci95[1]
