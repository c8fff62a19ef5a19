"""Two models on the same held-out photos: what is counted, and when a difference may be called one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from engine.insight.before_after import Answers, before_after, mcnemar, p_said


def answers(rows: dict[int, tuple[str, str]], known: tuple[str, ...]) -> Answers:
    """`rows`: photo id -> (true class, answer)."""
    return Answers(
        photo_ids=np.array(list(rows), dtype=np.int64),
        true_names=tuple(true for true, _ in rows.values()),
        answer_names=tuple(said for _, said in rows.values()),
        confidences=np.full(len(rows), 0.75, dtype=np.float32),
        known_classes=known,
    )


TWO = ("cod", "ling")
THREE = ("cod", "ling", "tusk")


def pair(n_gained: int, n_lost: int, n_same: int = 10) -> tuple[Answers, Answers]:
    """Photos of cod: so many became right, so many wrong, the rest stayed right."""
    old, new = {}, {}
    for photo in range(n_gained + n_lost + n_same):
        was_right = photo >= n_gained
        now_right = not n_gained <= photo < n_gained + n_lost
        old[photo] = ("cod", "cod" if was_right else "ling")
        new[photo] = ("cod", "cod" if now_right else "ling")
    return answers(old, TWO), answers(new, TWO)


@given(st.integers(0, 200), st.integers(0, 200))
def test_the_test_agrees_with_the_binomial_test(gained: int, lost: int) -> None:
    expected = 1.0 if gained + lost == 0 else binomtest(gained, gained + lost, 0.5).pvalue
    assert mcnemar(gained, lost) == pytest.approx(expected, rel=1e-9, abs=1e-12)


def test_the_same_model_twice_changes_nothing() -> None:
    old, _ = pair(0, 0)
    found = before_after(old, old, {})
    assert found.changed == ()
    assert found.p_value == 1.0
    assert found.verdict == "Nothing changed (10 held-out photos)."


def test_a_few_photos_more_are_no_win() -> None:
    found = before_after(*pair(4, 1), {})
    assert found.accuracy_after > found.accuracy_before
    assert found.verdict.startswith("No difference beyond chance")


def test_many_photos_more_are_a_win_with_its_counts() -> None:
    found = before_after(*pair(12, 1), {})
    assert "did better: of 23 held-out photos, 12 became right and 1 became wrong" in found.verdict


def test_many_photos_fewer_are_a_loss() -> None:
    assert "did worse" in before_after(*pair(0, 9), {}).verdict


@given(st.integers(0, 30), st.integers(0, 30))
def test_better_or_worse_is_said_only_if_the_test_says_so(gained: int, lost: int) -> None:
    found = before_after(*pair(gained, lost), {})
    claims = "did better" in found.verdict or "did worse" in found.verdict
    assert claims == (mcnemar(gained, lost) < 0.05)


def test_changed_photos_say_what_was_right() -> None:
    old = answers({1: ("cod", "cod"), 2: ("cod", "ling"), 3: ("ling", "ling")}, TWO)
    new = answers({1: ("cod", "ling"), 2: ("cod", "cod"), 3: ("ling", "ling")}, TWO)
    found = before_after(old, new, {})
    assert [(p.photo_id, p.was_right, p.now_right) for p in found.changed] == [(1, True, False), (2, False, True)]


def test_a_photo_wrong_in_another_way_is_changed_but_neither_gained_nor_lost() -> None:
    old = answers({1: ("cod", "ling")}, TWO)
    new = answers({1: ("cod", "tusk")}, THREE)
    found = before_after(old, new, {})
    assert len(found.changed) == 1
    assert (found.per_class[0].gained, found.per_class[0].lost) == (0, 0)


def test_only_photos_both_models_were_asked_about_are_compared() -> None:
    old = answers({1: ("cod", "cod"), 2: ("cod", "cod")}, TWO)
    new = answers({2: ("cod", "ling"), 3: ("cod", "cod")}, TWO)
    found = before_after(old, new, {})
    assert (found.n, found.accuracy_before, found.accuracy_after) == (1, 1.0, 0.0)


def test_a_new_class_is_reported_by_itself_and_not_held_against_the_old_model() -> None:
    old = answers({1: ("cod", "cod"), 2: ("ling", "ling")}, TWO)
    new = answers({1: ("cod", "cod"), 2: ("ling", "ling"), 3: ("tusk", "tusk"), 4: ("tusk", "cod")}, THREE)
    found = before_after(old, new, {})
    fresh = found.per_class[-1]
    assert found.n == 2
    assert (fresh.name, fresh.is_new, fresh.n, fresh.right_before, fresh.right_after) == ("tusk", True, 2, None, 1)
    assert found.verdict.startswith("tusk: 1 of 2 held-out photos right.")


def test_models_without_a_common_photo_are_not_compared() -> None:
    found = before_after(answers({}, TWO), answers({1: ("tusk", "tusk")}, THREE), {})
    assert found.n == 0
    assert "no held-out photos that both models know" in found.verdict


def test_copies_are_one_question_and_the_text_says_so() -> None:
    pair_of_models = pair(12, 0)
    alone, together = before_after(*pair_of_models, {}), before_after(*pair_of_models, dict.fromkeys(range(12), 0))
    assert (alone.n_groups, together.n_groups, together.n) == (22, 11, 22)
    assert "did better" in alone.verdict
    assert together.p_value == 1.0, "one question that went the other way may be chance"
    assert "12 became right and 0 became wrong (p = 1.00)" in together.verdict
    assert together.verdict.endswith("are one question: the test counts 11 questions.")


def test_a_class_only_the_old_model_knew_is_not_held_against_the_new_one() -> None:
    old = answers({1: ("cod", "cod"), 2: ("tusk", "tusk")}, THREE)
    new = answers({1: ("cod", "cod"), 2: ("tusk", "cod")}, TWO)
    found = before_after(old, new, {})
    assert found.n == 1
    assert [(row.name, row.right_before, row.right_after) for row in found.per_class[1:]] == [("tusk", 1, None)]


def test_both_matrices_count_the_same_photos_in_the_same_cells() -> None:
    old = answers({1: ("cod", "cod"), 2: ("cod", "ling"), 3: ("ling", "ling")}, TWO)
    new = answers({1: ("cod", "ling"), 2: ("cod", "tusk"), 3: ("ling", "ling")}, THREE)
    found = before_after(old, new, {})
    assert found.classes == THREE
    assert found.confusion_before.tolist() == [[1, 1, 0], [0, 1, 0], [0, 0, 0]]
    assert found.confusion_after.tolist() == [[0, 1, 1], [0, 1, 0], [0, 0, 0]]
    assert [photo.photo_id for photo in found.both_wrong] == [2]


def test_gains_and_losses_of_each_class_add_up() -> None:
    rng = np.random.default_rng(5)
    true = rng.choice(TWO, 80)
    old = answers({i: (str(t), str(rng.choice(TWO))) for i, t in enumerate(true)}, TWO)
    new = answers({i: (str(t), str(rng.choice(TWO))) for i, t in enumerate(true)}, TWO)
    found = before_after(old, new, {})
    for row in found.per_class:
        assert row.right_before is not None
        assert row.right_after - row.right_before == row.gained - row.lost
    assert sum(row.n for row in found.per_class) == found.n == 80


def test_no_p_value_is_said_to_be_nothing() -> None:
    assert [p_said(value) for value in (0.0, 0.0004, 0.0014, 0.5)] == [
        "p < 0.001",
        "p < 0.001",
        "p = 0.001",
        "p = 0.500",
    ]
