"""Labels, classes and the way back: the history against a model of two stacks."""

from __future__ import annotations

import copy
import sqlite3
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from engine.base.errors import UserError
from engine.base.ids import ClassId, PhotoId
from engine.project.project import Project
from tests.engine.project.conftest import Bench, Clock

N_PHOTOS = 6


class Model(RuleBasedStateMachine):
    """Random work on a project; `labels` and `classes` are what it should hold."""

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        root = Path(self.folder.name)
        self.bench = Bench(Project.create(root / "P", clock=Clock()), root / "photos", Clock())
        self.bench.take([self.bench.found(f"{n}.jpg") for n in range(N_PHOTOS)])
        self.photos = self.bench.ids()
        self.state: dict[PhotoId, tuple[str, str | None]] = dict.fromkeys(self.photos, ("unlabelled", None))
        self.classes: set[str] = set()
        self.done: list[tuple[dict, set]] = []
        self.undone: list[tuple[dict, set]] = []
        # The import itself is a step that undo would take back; the model begins after it.
        self.floor = self.bench.project.history.undo_title()

    def teardown(self) -> None:
        if hasattr(self, "bench"):
            self.bench.project.close()
            self.folder.cleanup()

    def step(self) -> None:
        self.undone.clear()

    def remember(self) -> None:
        self.done.append((dict(self.state), set(self.classes)))

    @rule(name=st.sampled_from(["Cod", "Hake", "Ling"]))
    def add_class(self, name: str) -> None:
        if name in self.classes:
            with pytest.raises(UserError):
                self.bench.project.classes.add(name)
            return
        self.remember()
        self.bench.project.classes.add(name)
        self.classes.add(name)
        self.step()

    @rule(data=st.data(), chosen=st.sets(st.integers(0, N_PHOTOS - 1), min_size=1))
    def label(self, data: st.DataObject, chosen: set[int]) -> None:
        if not self.classes:
            return
        name = data.draw(st.sampled_from(sorted(self.classes)))
        ids = [self.photos[n] for n in chosen]
        before = copy.copy(self.state)
        changes = self.bench.project.labels.set(ids, self.bench.class_id(name))
        for photo in ids:
            self.state[photo] = ("labelled", name)
        assert bool(changes) == (before != self.state)
        if changes:
            self.done.append((before, set(self.classes)))
            self.step()

    @rule(chosen=st.sets(st.integers(0, N_PHOTOS - 1), min_size=1), verb=st.sampled_from(["mark_unsure", "exclude"]))
    def set_aside(self, chosen: set[int], verb: str) -> None:
        before = copy.copy(self.state)
        ids = [self.photos[n] for n in chosen]
        changes = getattr(self.bench.project.labels, verb)(ids)
        for photo in ids:
            self.state[photo] = ({"mark_unsure": "unsure", "exclude": "excluded"}[verb], self.state[photo][1])
        if changes:
            self.done.append((before, set(self.classes)))
            self.step()
        assert bool(changes) == (before != self.state)

    @rule(data=st.data())
    def remove_class(self, data: st.DataObject) -> None:
        if not self.classes:
            return
        name = data.draw(st.sampled_from(sorted(self.classes)))
        self.remember()
        self.bench.project.classes.remove(self.bench.class_id(name))
        self.classes.discard(name)
        for photo, (state, held) in self.state.items():
            if held == name:
                self.state[photo] = ("unlabelled" if state == "labelled" else state, None)
        self.step()

    @rule(data=st.data())
    def merge(self, data: st.DataObject) -> None:
        if len(self.classes) < 2:
            return
        source, target = data.draw(st.permutations(sorted(self.classes)))[:2]
        self.remember()
        self.bench.project.classes.merge(self.bench.class_id(source), self.bench.class_id(target))
        self.classes.discard(source)
        for photo, (state, held) in self.state.items():
            if held == source:
                self.state[photo] = (state, target)
        self.step()

    @rule()
    def undo(self) -> None:
        if not self.done:
            assert self.bench.project.history.undo_title() == self.floor
            return
        self.undone.append((dict(self.state), set(self.classes)))
        self.bench.project.history.undo()
        self.state, self.classes = self.done.pop()

    @rule()
    def redo(self) -> None:
        changes = self.bench.project.history.redo()
        assert bool(changes) == bool(self.undone)
        if self.undone:
            self.done.append((dict(self.state), set(self.classes)))
            self.state, self.classes = self.undone.pop()

    @rule()
    def reopen(self) -> None:
        self.bench.reopen()

    @invariant()
    def holds_what_the_model_holds(self) -> None:
        if not hasattr(self, "bench"):
            return
        names = {row.id: row.name for row in self.bench.project.browse.classes()}
        rows = self.bench.project.browse.rows(self.photos)
        assert {
            row.id: (row.state, None if row.class_id is None else names[row.class_id]) for row in rows
        } == self.state
        assert set(names.values()) == self.classes


TestHistory = Model.TestCase
TestHistory.settings = settings(
    max_examples=8, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)


def test_history_is_only_added_to(bench: Bench) -> None:
    bench.add(Cod=2)
    path = bench.project.paths.database
    bench.project.close()
    raw = sqlite3.connect(path)
    for statement in ("DELETE FROM op", "UPDATE label_event SET after_state = 'unsure'", "DELETE FROM class_event"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            raw.execute(statement)
    raw.close()


def test_label_table_is_the_history_folded(bench: Bench) -> None:
    bench.add(Cod=3, Hake=2)
    bench.project.labels.set(bench.ids()[:2], bench.class_id("Hake"))
    bench.project.labels.exclude(bench.ids()[2:3])
    bench.project.history.undo()
    path = bench.project.paths.database
    bench.project.close()
    raw = sqlite3.connect(path)
    folded = raw.execute("SELECT photo_id, class_id, state FROM label ORDER BY photo_id").fetchall()
    replayed: dict[int, tuple] = {}
    for photo, class_id, state in raw.execute("SELECT photo_id, after_class, after_state FROM label_event ORDER BY id"):
        replayed[photo] = (photo, class_id, state)
    raw.close()
    assert folded == [replayed[key] for key in sorted(replayed)]


def test_labelling_what_is_labelled_so_leaves_no_step(bench: Bench) -> None:
    bench.add(Cod=2)
    title = bench.project.history.undo_title()
    assert not bench.project.labels.set(bench.ids(), bench.class_id("Cod"))
    assert bench.project.history.undo_title() == title


def test_excluding_keeps_the_label_for_later(bench: Bench) -> None:
    bench.add(Cod=2)
    ids = bench.ids()
    bench.project.labels.exclude(ids[:1])
    assert bench.counts() == {"Cod": 1}
    bench.project.labels.include(ids[:1])
    assert bench.counts() == {"Cod": 2}


def test_one_verb_excludes_and_takes_back_only_what_is_excluded_altogether(bench: Bench) -> None:
    bench.add(Cod=3)
    ids = bench.ids()
    bench.project.labels.exclude(ids[:1])
    assert bench.project.labels.exclude_or_include(ids[:2]).title == "Exclude 2 photos"
    assert bench.counts() == {"Cod": 1}
    assert bench.project.labels.exclude_or_include(ids[:2]).title == "Include 2 photos"
    assert bench.counts() == {"Cod": 3}


def test_a_removed_class_cannot_be_a_label(bench: Bench) -> None:
    bench.add(Cod=2)
    cod = bench.class_id("Cod")
    bench.project.classes.remove(cod)
    with pytest.raises(UserError, match="not in the project"):
        bench.project.labels.set(bench.ids(), ClassId(cod))


@pytest.mark.parametrize("name", ["", "  ", "...", "\t\n"])
def test_a_class_needs_a_name(bench: Bench, name: str) -> None:
    with pytest.raises(UserError, match="needs a name"):
        bench.project.classes.add(name)


@pytest.mark.parametrize("twin", ["cod", "COD", " Cod. ", "Cod"])
def test_one_name_is_one_class(bench: Bench, twin: str) -> None:
    bench.project.classes.add("Cod")
    with pytest.raises(UserError, match="already a class"):
        bench.project.classes.add(twin)


def test_composed_and_decomposed_accents_are_one_name(bench: Bench) -> None:
    bench.project.classes.add("C\u00e9teau")
    with pytest.raises(UserError, match="already a class"):
        bench.project.classes.add("Ce\u0301teau")


def test_several_classes_are_merged_in_one_step(bench: Bench) -> None:
    bench.add(Cod=2, Hake=3, Ling=1, Tusk=1)
    classes = bench.project.classes
    changes = classes.merge_all([bench.class_id("Cod"), bench.class_id("Ling")], bench.class_id("Hake"))
    assert changes.title == "Merge Cod and Ling into Hake"
    assert bench.counts() == {"Hake": 6, "Tusk": 1}
    bench.project.history.undo()
    assert bench.counts() == {"Cod": 2, "Hake": 3, "Ling": 1, "Tusk": 1}
    with pytest.raises(UserError):
        classes.merge_all([bench.class_id("Cod"), bench.class_id("Tusk")], bench.class_id("Tusk"))
    assert bench.counts()["Cod"] == 2


def test_a_key_belongs_to_one_class(bench: Bench) -> None:
    cod, _ = bench.project.classes.add("Cod")
    hake, _ = bench.project.classes.add("Hake")
    bench.project.classes.set_key(hake, "1")
    assert {row.id: row.key for row in bench.project.browse.classes()} == {cod: "", hake: "1"}
