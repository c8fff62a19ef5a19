"""Runs: what may be trained, what is stored, and scores by the labels of the day."""

from __future__ import annotations

import sqlite3

import msgspec
import numpy as np
import pytest

from engine.base.errors import UserError
from engine.base.events import Ended
from engine.base.fspath import to_path
from engine.base.ids import PhotoId, RunId
from engine.data.copies_found import CopiesFound, write_copies
from engine.data.manifest import read_manifest
from engine.data.predictions import PARTS, Predictions, write_predictions
from engine.recipe.group_cfg import GroupCfg
from engine.recipe.presets import preset
from engine.recipe.recipe import Recipe, SplitCfg
from engine.store.rows import PhotoFilter
from tests.engine.project.conftest import Bench

FINISHED = Ended(reason="finished")


def train(bench: Bench, *, wrong: int = 0, start_from: RunId | None = None, recipe: Recipe | None = None) -> RunId:
    """A finished run, right on every test photo but the first `wrong`; the other photos are scored as `cv`."""
    run_id, spec = bench.project.runs.begin(recipe or Recipe(), start_from=start_from)
    manifest = read_manifest(to_path(spec.manifest))
    k, n = len(manifest.classes), len(manifest.photos)
    true = np.array([photo.class_no for photo in manifest.photos])
    tests = np.array([photo.part == "test" for photo in manifest.photos])
    answer = true.copy()
    mistaken = np.flatnonzero(tests)[:wrong]
    answer[mistaken] = (answer[mistaken] + 1) % k
    probs = np.full((n, k), 0.1 / (k - 1), dtype=np.float32)
    probs[np.arange(n), answer] = 0.9
    write_predictions(
        to_path(spec.run_folder) / "predictions.npz",
        Predictions(
            class_ids=np.array([entry.class_id for entry in manifest.classes]),
            photo_ids=np.array([photo.photo_id for photo in manifest.photos]),
            parts=np.array([PARTS.index("test" if test else "cv") for test in tests], dtype=np.uint8),
            true_columns=true.astype(np.int32),
            probs=probs,
        ),
    )
    bench.project.runs.mark_running(run_id)
    bench.project.runs.finish(run_id, FINISHED)
    return run_id


@pytest.mark.parametrize(
    ("classes", "reason"),
    [({}, "no classes"), ({"Cod": 5}, "Only one class"), ({"Cod": 1, "Hake": 1}, "two different")],
)
def test_too_little_to_learn_from_is_said_before_training(bench: Bench, classes: dict[str, int], reason: str) -> None:
    bench.add(**classes)
    able = bench.project.runs.trainability()
    assert not able.ok
    assert reason in able.text
    with pytest.raises(UserError, match=reason):
        bench.project.runs.begin(Recipe())
    assert bench.project.runs.rows() == ()


def test_copies_of_one_photo_are_not_two_photos(bench: Bench) -> None:
    bench.add(Hake=3)
    bench.take([bench.found(f"cod/{n}.jpg", content="one", folder_class="Cod") for n in range(4)])
    assert bench.project.runs.trainability().left_out == ("Cod",)


def test_thin_classes_are_left_out_by_name(bench: Bench) -> None:
    bench.add(Cod=4, Hake=4, Ling=1)
    able = bench.project.runs.trainability()
    assert (able.ok, able.n_classes, able.n_photos, able.left_out) == (True, 2, 8, ("Ling",))
    _, spec = bench.project.runs.begin(Recipe())
    assert [entry.name for entry in read_manifest(to_path(spec.manifest)).classes] == ["Cod", "Hake"]


def test_copies_stand_on_one_side_of_the_split(bench: Bench) -> None:
    bench.take(
        [bench.found(f"cod/{n}.jpg", content=f"c{n % 9}", folder_class="Cod") for n in range(27)]
        + [bench.found(f"hake/{n}.jpg", content=f"h{n % 9}", folder_class="Hake") for n in range(27)]
    )
    _, spec = bench.project.runs.begin(Recipe())
    sides: dict[bytes, set[str]] = {}
    for photo in read_manifest(to_path(spec.manifest)).photos:
        sides.setdefault(photo.sha256, set()).add(photo.part)
    assert all(len(parts) == 1 for parts in sides.values())


def sides_of(bench: Bench, groups: dict[str, list[str]], recipe: Recipe | None = None) -> dict[str, set[str]]:
    """The parts in which the named files of each group stand in a new run."""
    _, spec = bench.project.runs.begin(recipe or Recipe())
    part_of = {to_path(photo.path).name: photo.part for photo in read_manifest(to_path(spec.manifest)).photos}
    return {group: {part_of[name] for name in names} for group, names in groups.items()}


def shots(bench: Bench, name: str, n_bursts: int) -> tuple[list, dict[str, list[str]]]:
    """Bursts of four photos of a class, an hour apart; the files of each burst by its name."""
    rows, groups = [], {}
    for burst in range(n_bursts):
        files = [f"{name}{burst}_{n}.jpg" for n in range(4)]
        groups[f"{name}{burst}"] = files
        for n, file in enumerate(files):
            taken = f"2026-05-06T{burst:02}:00:{3 * n:02}"
            rows.append(bench.found(f"{name}/{file}", folder_class=name, taken=taken, camera="TG-6"))
    return rows, groups


def test_bursts_stand_on_one_side_of_the_split_unless_the_recipe_parts_them(bench: Bench) -> None:
    cod, cod_groups = shots(bench, "Cod", 9)
    hake, hake_groups = shots(bench, "Hake", 9)
    bench.take(cod + hake)
    groups = cod_groups | hake_groups
    sides = sides_of(bench, groups)
    assert all(len(parts) == 1 for parts in sides.values())
    assert {part for parts in sides.values() for part in parts} == {"train", "val", "test"}
    apart = Recipe(split=SplitCfg(groups=GroupCfg(bursts=False)))
    assert any(len(parts) > 1 for parts in sides_of(bench, groups, apart).values())


def test_a_photo_of_a_burst_that_tests_does_not_teach_when_it_comes_later(bench: Bench) -> None:
    cod, groups = shots(bench, "Cod", 9)
    hake, _ = shots(bench, "Hake", 9)
    late = [row for row in cod if row.path.endswith(b"_3.jpg")]
    bench.take([row for row in cod + hake if row not in late])
    known = {burst: files[:3] for burst, files in groups.items()}
    before = sides_of(bench, known)
    bench.take(late)
    assert sides_of(bench, known) == before
    assert sides_of(bench, groups) == before


def found_copies(bench: Bench, *groups: tuple[int, ...]) -> None:
    """A search for copies has found these groups of photos."""
    copies = bench.project.copies
    copies.found_file.parent.mkdir(parents=True, exist_ok=True)
    write_copies(copies.found_file, CopiesFound(groups=groups, pairs=(), contents=(), n_photos=0, n_unreadable=0))
    copies.take_in()


def test_copies_that_are_found_later_follow_each_other_out_of_training(bench: Bench) -> None:
    bench.add(Cod=20, Hake=20)
    train(bench)
    before = parts_of(bench)
    tested = next(i for i, part in before.items() if part == "test")
    taught = [i for i, part in before.items() if part == "train"]
    found_copies(bench, (tested, taught[0]), (taught[1], taught[2]))
    train(bench)
    after = parts_of(bench)
    assert after[taught[0]] == "test", "a copy of a photo that tests must not teach"
    assert {i: part for i, part in after.items() if i != taught[0]} == {
        i: part for i, part in before.items() if i != taught[0]
    }
    found_copies(bench)
    train(bench)
    assert parts_of(bench) == after, "what has tested once does not teach again"


def test_groups_are_one_group_in_cross_validation_too(bench: Bench) -> None:
    cod, _ = shots(bench, "Cod", 5)
    hake, _ = shots(bench, "Hake", 5)
    bench.take(cod + hake)
    _, spec = bench.project.runs.begin(Recipe())
    by_group: dict[int, set[str]] = {}
    for photo in read_manifest(to_path(spec.manifest)).photos:
        by_group.setdefault(photo.group, set()).add(to_path(photo.path).name.split("_")[0])
    assert len(by_group) == 10
    assert all(len(bursts) == 1 for bursts in by_group.values())


def test_an_earlier_split_is_extended_though_its_plan_knew_no_groups(bench: Bench) -> None:
    bench.add(Cod=20, Hake=20)
    train(bench)
    before = parts_of(bench)
    bench.project.close()
    raw = sqlite3.connect(bench.project.paths.database)
    raw.execute("""UPDATE split SET plan = json_remove(plan, '$.groups')""")
    raw.commit()
    raw.close()
    bench.reopen()
    bench.add(Ling=10)
    train(bench)
    assert parts_of(bench).items() >= before.items()


def test_another_split_in_between_moves_nobody(bench: Bench) -> None:
    bench.add(Cod=20, Hake=20)
    train(bench)
    before = parts_of(bench)
    train(bench, recipe=Recipe(split=SplitCfg(seed=7)))
    bench.take([bench.found(f"Cod/late{n}.jpg", folder_class="Cod") for n in range(12)])
    train(bench)
    assert parts_of(bench).items() >= before.items()


def test_a_photo_that_was_away_for_a_while_has_its_part_still(bench: Bench) -> None:
    bench.add(Cod=20, Hake=20)
    train(bench)
    before = parts_of(bench)
    away = [PhotoId(i) for i, part in before.items() if part == "test"]
    bench.project.labels.exclude(away)
    bench.take([bench.found(f"Cod/late{n}.jpg", folder_class="Cod") for n in range(12)])
    train(bench)
    assert not set(parts_of(bench)) & set(away)
    bench.project.labels.include(away)
    train(bench)
    assert parts_of(bench).items() >= before.items()


def test_weights_are_not_scored_on_photos_they_have_learned_from(bench: Bench) -> None:
    bench.add(Cod=20, Hake=20)
    network = preset("from_scratch")
    first = train(bench, recipe=network)
    second = train(bench, recipe=network, start_from=first)
    other = msgspec.structs.replace(network, split=SplitCfg(seed=7))
    with pytest.raises(UserError, match="has learned from"):
        bench.project.runs.begin(other, start_from=second)
    assert len(bench.project.runs.rows()) == 2
    bench.project.runs.begin(other)


def test_photos_added_later_move_nobody_between_parts(bench: Bench) -> None:
    bench.add(Cod=20, Hake=20)
    train(bench)
    before = parts_of(bench)
    bench.take([bench.found(f"more/{n}.jpg", folder_class="Ling") for n in range(10)])
    train(bench)
    after = parts_of(bench)
    assert {photo: after[photo] for photo in before} == before
    assert len(after) == 50


def parts_of(bench: Bench) -> dict[int, str]:
    folder = to_path(bench.project.runs.rows()[0].folder)
    return {photo.photo_id: photo.part for photo in read_manifest(folder / "manifest.msgpack").photos}


def test_the_same_photos_and_plan_use_the_same_split(bench: Bench) -> None:
    bench.add(Cod=10, Hake=10)
    train(bench)
    first = bench.project.splits.current()
    train(bench)
    assert bench.project.splits.current() == first
    train(bench, recipe=Recipe(split=SplitCfg(seed=7)))
    assert bench.project.splits.current() != first


def test_parts_given_by_folders_are_honoured(bench: Bench) -> None:
    rows = [
        bench.found(f"{part}/{name}/{n}.jpg", folder_class=name, folder_part=part)
        for part in ("train", "test")
        for name in ("Cod", "Hake")
        for n in range(6)
    ]
    bench.take(rows)
    train(bench)
    split = bench.project.splits.current()
    assert split is not None
    assert split.n_test == 12


def test_a_val_folder_without_a_test_folder_is_what_is_held_out(bench: Bench) -> None:
    rows = [
        bench.found(f"{part}/{name}/{n}.jpg", folder_class=name, folder_part=part)
        for part in ("train", "val")
        for name in ("Cod", "Hake")
        for n in range(10)
    ]
    bench.take(rows)
    train(bench)
    split = bench.project.splits.current()
    assert split is not None
    assert split.n_test == 20


def test_first_finished_run_is_the_model_in_use(bench: Bench) -> None:
    bench.add(Cod=10, Hake=10)
    run_id = train(bench)
    current = bench.project.runs.current()
    assert current is not None
    assert current.id == run_id


def test_a_run_that_extends_another_waits_for_promotion(bench: Bench) -> None:
    bench.add(Cod=10, Hake=10)
    old = train(bench)
    new = train(bench, start_from=old)
    assert bench.project.runs.row(old).is_current
    bench.project.runs.promote(new)
    assert bench.project.runs.row(new).is_current
    with pytest.raises(UserError, match="in use cannot be deleted"):
        bench.project.runs.delete(new)
    bench.project.runs.delete(old)
    assert [row.id for row in bench.project.runs.rows()] == [new]


def test_a_failed_run_is_listed_with_its_reason_and_cannot_be_used(bench: Bench) -> None:
    bench.add(Cod=4, Hake=4)
    run_id, _ = bench.project.runs.begin(Recipe())
    bench.project.runs.finish(run_id, Ended(reason="failed", user_text="The disk is full.", advice="Make room."))
    row = bench.project.runs.row(run_id)
    assert (row.state, row.problem, row.accuracy) == ("failed", "The disk is full. Make room.", None)
    with pytest.raises(UserError, match="finished run"):
        bench.project.runs.promote(run_id)


def test_a_run_cut_short_is_marked_when_the_project_is_opened_again(bench: Bench) -> None:
    bench.add(Cod=4, Hake=4)
    run_id, _ = bench.project.runs.begin(Recipe())
    bench.project.runs.mark_running(run_id)
    bench.reopen()
    assert bench.project.runs.row(run_id).state == "crashed"


def test_a_score_comes_with_its_n_and_interval(bench: Bench) -> None:
    bench.add(Cod=20, Hake=20)
    row = bench.project.runs.row(train(bench, wrong=2))
    assert row.n == 8
    assert row.accuracy == pytest.approx(6 / 8)
    assert row.ci95 is not None
    assert row.ci95[0] < 6 / 8 < row.ci95[1]


def test_mending_a_label_changes_the_score_and_marks_the_run_stale(bench: Bench) -> None:
    bench.add(Cod=20, Hake=20)
    run_id = train(bench, wrong=1)
    query = PhotoFilter(run_id=run_id, part="test", wrong=True, order="confident_wrong")
    (mistake,) = bench.project.browse.ids(query)
    (said,) = bench.project.browse.predictions(run_id, [mistake])
    assert said is not None
    bench.project.labels.set([mistake], said.top_class)
    row = bench.project.runs.row(run_id)
    assert (row.accuracy, row.n_label_changes) == (1.0, 1)
    assert len(bench.project.browse.ids(query)) == 0
    bench.project.history.undo()
    assert bench.project.runs.row(run_id).n_label_changes == 0


def test_a_label_that_only_taught_marks_the_run_stale_too(bench: Bench) -> None:
    """A trained network has no answers for the photos that it learned from."""
    bench.add(Cod=20, Hake=20)
    run_id = train(bench)
    tested = set(bench.ids(run_id=run_id, part="test"))
    db = bench.project._context.db
    with db.transaction():
        db.write("DELETE FROM prediction WHERE run_id = ? AND part = 'cv'", (run_id,))
    [taught, *_] = (i for i in bench.ids() if i not in tested)
    before = bench.project.browse.rows([taught])[0].class_id
    assert before is not None
    assert bench.project.runs.row(run_id).n_label_changes == 0
    bench.project.labels.exclude([taught])
    assert bench.project.runs.row(run_id).n_label_changes == 1
    bench.project.history.undo()
    assert bench.project.runs.row(run_id).n_label_changes == 0
    bench.project.classes.merge(before, next(row.id for row in bench.project.browse.classes() if row.id != before))
    assert bench.project.runs.row(run_id).n_label_changes == 0


def test_excluded_photos_are_not_scored(bench: Bench) -> None:
    bench.add(Cod=20, Hake=20)
    run_id = train(bench)
    tests = bench.ids(run_id=run_id, part="test")
    bench.project.labels.exclude(tests[:3])
    assert bench.project.runs.report(run_id).n == len(tests) - 3


def test_merged_classes_are_scored_as_one(bench: Bench) -> None:
    bench.add(Cod=20, Hake=20, Ling=20)
    run_id = train(bench, wrong=4)
    assert bench.project.runs.report(run_id).accuracy < 1
    bench.project.classes.merge(bench.class_id("Cod"), bench.class_id("Hake"))
    report = bench.project.runs.report(run_id)
    assert report.classes == ("Hake", "Ling")
    assert report.accuracy == 1.0
    assert bench.project.runs.row(run_id).n_label_changes == 0


def test_both_parts_can_be_reported(bench: Bench) -> None:
    bench.add(Cod=20, Hake=20)
    run_id = train(bench)
    assert bench.project.runs.report(run_id, "test").n + bench.project.runs.report(run_id, "cv").n == 40


@pytest.mark.parametrize(
    "order", ["added", "newest", "name", "class", "confident_wrong", "least_certain", "confident_right"]
)
def test_every_order_lists_every_photo_of_the_part_once(bench: Bench, order: str) -> None:
    bench.add(Cod=10, Hake=10)
    run_id = train(bench, wrong=1)
    ids = bench.ids(run_id=run_id, part="cv", order=order)
    assert sorted(ids) == sorted(set(bench.ids()) - set(bench.ids(run_id=run_id, part="test")))


def test_confident_mistakes_come_first(bench: Bench) -> None:
    bench.add(Cod=10, Hake=10)
    run_id = train(bench, wrong=2)
    ids = bench.ids(run_id=run_id, part="test", order="confident_wrong")
    wrong = bench.ids(run_id=run_id, part="test", wrong=True)
    assert set(ids[: len(wrong)]) == set(wrong)


def test_a_cell_of_the_matrix_lists_its_photos(bench: Bench) -> None:
    bench.add(Cod=10, Hake=10)
    run_id = train(bench, wrong=1)
    report = bench.project.runs.report(run_id)
    for i, true in enumerate(report.classes):
        for j, answer in enumerate(report.classes):
            found = bench.ids(
                run_id=run_id,
                part="test",
                true_class=bench.class_id(true),
                predicted_class=bench.class_id(answer),
            )
            assert len(found) == report.confusion[i, j]


def test_before_and_after_speak_of_the_same_photos(bench: Bench) -> None:
    bench.add(Cod=20, Hake=20)
    old = train(bench, wrong=3)
    bench.take([bench.found(f"ling/{n}.jpg", folder_class="Ling") for n in range(10)])
    new = train(bench, wrong=0, start_from=old)
    result = bench.project.comparisons.before_after(old, new)
    assert result.n == 8
    assert (result.accuracy_before, result.accuracy_after) == (5 / 8, 1.0)
    assert len(result.changed) == 3
    fresh = [row for row in result.per_class if row.is_new]
    assert [row.name for row in fresh] == ["Ling"]
    assert result.p_value == pytest.approx(0.25)
    assert "No difference beyond chance" in result.verdict


def test_a_confirmed_label_is_doubted_no_more(bench: Bench) -> None:
    bench.add(Cod=20, Hake=20)
    run_id = train(bench, wrong=2)

    def doubted() -> list[PhotoId]:
        return [row.photo_id for row in bench.project.explore.doubtful_labels(run_id)]

    first, second = doubted()
    bench.project.labels.confirm([first])
    assert doubted() == [second]
    bench.project.history.undo()
    assert doubted() == [first, second]
