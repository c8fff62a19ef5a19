"""Tags, columns, reasons and verdicts on copies: beside the class, each a step that can be taken back."""

from __future__ import annotations

import os
import sqlite3

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.base.errors import UserError
from engine.data.apart import without_apart
from engine.data.copies_found import CopiesFound, FoundPair, write_copies
from engine.project import copies
from engine.project.copies import CopyReport
from engine.recipe.group_cfg import GroupCfg
from tests.engine.project.conftest import Bench


def test_an_excluded_photo_says_why_until_it_counts_again(bench: Bench) -> None:
    bench.add(Cod=3)
    first, second, third = bench.ids()
    bench.project.labels.exclude([first, second], "blurred")
    bench.project.labels.exclude([third])
    assert bench.ids(state="excluded", reason="blurred") == [first, second]
    assert bench.ids(state="excluded", reason="") == [third]
    assert [row.reason for row in bench.project.browse.rows([first, third])] == ["blurred", ""]
    bench.project.labels.exclude([first], "not a fish")
    assert bench.ids(state="excluded", reason="not a fish") == [first]
    bench.project.labels.include([first])
    assert bench.project.browse.rows([first])[0].reason == ""
    bench.project.history.undo()
    assert bench.project.browse.rows([first])[0].reason == "not a fish"
    bench.project.history.undo()
    bench.project.history.undo()
    bench.project.history.undo()
    assert bench.ids() == [first, second, third]
    bench.project.history.redo()
    assert bench.ids(state="excluded", reason="blurred") == [first, second]


def test_relabelling_an_excluded_photo_forgets_the_reason(bench: Bench) -> None:
    bench.add(Cod=2, Hake=1)
    first = bench.ids()[0]
    bench.project.labels.exclude([first], "blurred")
    bench.project.labels.set([first], bench.class_id("Hake"))
    bench.project.labels.exclude([first])
    assert bench.project.browse.rows([first])[0].reason == ""


def test_tags_are_put_on_taken_off_listed_and_undone(bench: Bench) -> None:
    bench.add(Cod=3)
    tags, (first, second, third) = bench.project.tags, bench.ids()
    assert tags.add([first, second], " to  the journal ").title == "Tag 2 photos to the journal"
    tags.add([second, third], "night")
    assert tags.in_use() == (("night", 2), ("to the journal", 2))
    assert tags.of(second) == ("night", "to the journal")
    assert tags.among([first, second]) == {"to the journal": 2, "night": 1}
    assert bench.ids(tag="night") == [second, third]
    assert not tags.add([second], "night"), "nothing new is no step"
    tags.remove([second], "night")
    assert bench.ids(tag="night") == [third]
    bench.project.history.undo()
    assert bench.ids(tag="night") == [second, third]
    bench.reopen()
    assert bench.project.tags.in_use() == (("night", 2), ("to the journal", 2))
    for wrong in ("", " \n", "x" * 101):
        with pytest.raises(UserError):
            bench.project.tags.add([first], wrong)


def test_photos_of_one_value_under_a_heading_stay_together(bench: Bench) -> None:
    bench.add(Cod=4)
    columns, ids = bench.project.columns, bench.ids()
    columns.set(ids[:2], "Individual", "Olga")
    columns.set(ids[2:], "site", "pier")
    assert [(row.name, row.n_photos, row.n_values) for row in columns.in_use()] == [
        ("Individual", 2, 1),
        ("site", 2, 1),
    ]
    assert columns.of(ids[0]) == (("Individual", "Olga"),)
    keys = bench.project.splits.group_keys(GroupCfg(columns="individual, site"))
    assert keys[ids[0]] == keys[ids[1]] != keys[ids[2]] == keys[ids[3]]
    columns.set([ids[1]], "Individual", "")
    keys = bench.project.splits.group_keys(GroupCfg(columns="individual"))
    assert len(set(keys.values())) == 4, "to say nothing is nothing in common"
    bench.project.history.undo()
    assert columns.values("Individual") == (("Olga", 2),)


def search_found(bench: Bench, *groups: list[int]) -> None:
    """As if a search had found these groups."""
    pairs = [
        FoundPair(first=group[0], second=other, kinds=("cropped",), similarity=0.9)
        for group in groups
        for other in group[1:]
    ]
    contents = tuple(row.sha256 for row in bench.project.browse.rows(bench.ids()))
    found = CopiesFound(
        groups=tuple(map(tuple, groups)), pairs=tuple(pairs), contents=contents, n_photos=len(contents), n_unreadable=0
    )
    os.makedirs(bench.project.paths.copies, exist_ok=True)
    write_copies(bench.project.copies.found_file, found)
    bench.project.copies.take_in()


def report(bench: Bench) -> CopyReport:
    found = bench.project.copies.report()
    assert found is not None
    return found


def test_of_copies_one_is_kept_and_the_others_say_of_what_they_are_copies(bench: Bench) -> None:
    bench.add(Cod=5)
    ids = bench.ids()
    search_found(bench, ids[:3], ids[3:])
    assert (report(bench).n_surplus, [group.settled for group in report(bench).groups]) == (3, [False, False])
    changes = bench.project.copies.keep_one([(ids[1], [ids[0], ids[2]])])
    assert changes.title == "Exclude 2 copies"
    assert bench.project.browse.rows(ids[:1])[0].reason == f"copy of {bench.project.browse.rows([ids[1]])[0].shown}"
    assert (report(bench).n_surplus, [group.settled for group in report(bench).groups]) == (1, [True, False])
    bench.project.copies.keep_all(ids[3:])
    assert all(group.settled for group in report(bench).groups)
    bench.project.history.undo()
    bench.project.history.undo()
    assert not any(group.settled for group in report(bench).groups)
    with pytest.raises(UserError, match="kept and left out"):
        bench.project.copies.keep_one([(ids[0], ids[:2])])


def test_copies_with_different_labels_are_not_settled_by_keeping_them(bench: Bench) -> None:
    bench.add(Cod=1, Hake=1)
    ids = bench.ids()
    search_found(bench, ids)
    bench.project.copies.keep_all(ids)
    assert [group.settled for group in report(bench).groups] == [False]
    bench.project.labels.set(ids, bench.class_id("Hake"))
    assert [group.settled for group in report(bench).groups] == [True]


def test_what_is_no_copy_leaves_the_group_and_may_stand_on_another_side(bench: Bench) -> None:
    bench.add(Cod=4)
    ids = bench.ids()
    search_found(bench, ids[:3])
    bench.project.copies.set_apart([ids[2]], ids[:2])
    assert [[copy.photo.id for copy in group.copies] for group in report(bench).groups] == [ids[:2]]
    keys = bench.project.splits.group_keys(GroupCfg())
    assert keys[ids[0]] == keys[ids[1]] != keys[ids[2]]
    search_found(bench, ids[:3])
    assert len(report(bench).groups[0].copies) == 2, "another search does not forget what was said"
    bench.project.history.undo()
    keys = bench.project.splits.group_keys(GroupCfg())
    assert keys[ids[0]] == keys[ids[1]] == keys[ids[2]]


def test_the_best_of_copies_is_one_with_a_label(bench: Bench) -> None:
    bench.take([bench.found("new.jpg"), bench.found("Cod/old.jpg", folder_class="Cod")])
    plain, labelled = bench.ids()
    search_found(bench, [plain, labelled])
    assert report(bench).groups[0].best == labelled
    bench.project.labels.exclude([labelled])
    assert report(bench).groups[0].best == plain


def test_a_very_large_group_is_not_set_apart_pair_by_pair(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copies, "MOST_PAIRS", 6)
    bench.add(Cod=5)
    ids = bench.ids()
    search_found(bench, ids)
    with pytest.raises(UserError, match="5 photos is too large"):
        bench.project.copies.set_apart(ids, ids)
    bench.project.copies.set_apart(ids[:1], ids[1:])
    assert [len(group.copies) for group in report(bench).groups] == [4]


def test_equal_files_cannot_be_set_apart(bench: Bench) -> None:
    bench.take([bench.found(f"Cod/{n}.jpg", content="x", folder_class="Cod") for n in range(2)])
    first, second = bench.ids()
    assert not bench.project.copies.set_apart([first], [second])


def test_the_marks_are_their_history_folded(bench: Bench) -> None:
    bench.add(Cod=3)
    ids = bench.ids()
    bench.project.tags.add(ids, "night")
    bench.project.columns.set(ids[:2], "site", "pier")
    bench.project.columns.set(ids[:1], "site", "reef")
    bench.project.labels.exclude(ids[:1], "dark")
    bench.project.tags.remove(ids[1:], "night")
    bench.project.history.undo()
    path = bench.project.paths.database
    bench.project.close()
    raw = sqlite3.connect(path)
    replayed = {
        (photo, kind, name): after
        for photo, kind, name, after in raw.execute("SELECT photo_id, kind, name, after FROM mark_event ORDER BY id")
    }
    folded = {
        (photo, kind, name): value
        for photo, kind, name, value in raw.execute("SELECT photo_id, kind, name, value FROM mark")
    }
    assert folded == {key: after for key, after in replayed.items() if after is not None}
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        raw.execute("DELETE FROM mark_event")
    raw.close()


@settings(max_examples=50)
@given(
    st.lists(st.integers(0, 7), min_size=2, max_size=8, unique=True),
    st.sets(st.tuples(st.integers(0, 7), st.integers(0, 7)).map(lambda p: (min(p), max(p)))),
)
def test_parting_loses_no_photo_and_joins_none(group: list[int], apart: set[tuple[int, int]]) -> None:
    pieces = without_apart([group], apart)
    members = [photo for piece in pieces for photo in piece]
    assert len(members) == len(set(members))
    assert set(members) <= set(group)
    piece_of = {photo: n for n, piece in enumerate(pieces) for photo in piece}
    for one in group:
        for other in group:
            if one < other and (one, other) not in apart:
                assert piece_of[one] == piece_of[other]
