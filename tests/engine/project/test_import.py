"""Photos coming into a project, and what an import leaves alone."""

import shutil

from engine.base.events import FilesRefused, FilesSkipped, PhotosFound, RefusedFile, SkippedFile
from tests.engine.project.conftest import Bench


def test_folders_become_classes(bench: Bench) -> None:
    summary = bench.take([bench.found("cod/1.jpg", folder_class="Cod"), bench.found("hake/1.jpg", folder_class="Hake")])
    assert (summary.added, summary.classes_made) == (2, ("Cod", "Hake"))
    assert bench.counts() == {"Cod": 1, "Hake": 1}


def test_photos_of_a_flat_folder_have_no_label(bench: Bench) -> None:
    bench.take([bench.found("1.jpg"), bench.found("2.jpg")])
    assert bench.project.browse.counts().n_unlabelled == 2


def test_folders_that_differ_in_case_are_one_class(bench: Bench) -> None:
    bench.take([bench.found("cod/1.jpg", folder_class="Cod"), bench.found("COD/2.jpg", folder_class="cod")])
    assert bench.counts() == {"Cod": 2}


def test_an_import_of_many_batches_is_one_undo_step(bench: Bench) -> None:
    bench.take(*[[bench.found(f"cod/{n}.jpg", folder_class="Cod")] for n in range(5)])
    bench.project.history.undo()
    assert bench.ids() == []
    assert bench.counts() == {}
    bench.project.history.redo()
    assert bench.counts() == {"Cod": 5}
    assert bench.project.history.redo_title() == ""


def test_labels_given_during_an_import_are_steps_of_their_own(bench: Bench) -> None:
    session = bench.project.photos.begin_import([str(bench.root).encode()])
    bench.project.photos.ingest(PhotosFound(rows=(bench.found("1.jpg"),)), session)
    cod, _ = bench.project.classes.add("Cod")
    bench.project.labels.set(bench.ids(), cod)
    bench.project.photos.ingest(PhotosFound(rows=(bench.found("2.jpg"),)), session)
    bench.project.history.undo()
    assert (bench.counts(), len(bench.ids())) == ({"Cod": 0}, 2)


def test_importing_again_adds_nothing(bench: Bench) -> None:
    rows = [bench.found(f"cod/{n}.jpg", folder_class="Cod") for n in range(3)]
    bench.take(rows)
    title = bench.project.history.undo_title()
    summary = bench.take(rows)
    assert (summary.added, summary.already_here, summary.op) == (0, 3, None)
    assert bench.project.history.undo_title() == title


def test_the_job_is_told_which_files_need_not_be_read_again(bench: Bench) -> None:
    bench.add(Cod=2)
    spec = bench.project.photos.import_spec([str(bench.root).encode()])
    assert spec.known_file is not None
    session = bench.project.photos.begin_import([str(bench.root).encode()])
    skipped = SkippedFile(path=str(bench.root / "Cod/0.jpg").encode(), reason="known")
    bench.project.photos.ingest(FilesSkipped(rows=(skipped,)), session)
    assert bench.project.photos.finish_import(session)[0].already_here == 1


def test_a_moved_photo_is_found_by_its_content_and_keeps_its_label(bench: Bench) -> None:
    bench.add(Cod=1)
    (photo_id,) = bench.ids()
    (bench.root / "Cod/0.jpg").unlink()
    summary = bench.take([bench.found("elsewhere/x.jpg", content="Cod/0.jpg")])
    assert (summary.added, summary.moved) == (0, 1)
    (row,) = bench.project.browse.rows([photo_id])
    assert row.path.endswith(b"elsewhere/x.jpg")
    assert bench.counts() == {"Cod": 1}


def test_the_same_content_in_two_class_folders_is_reported(bench: Bench) -> None:
    one = bench.found("cod/1.jpg", content="same", folder_class="Cod")
    two = bench.found("hake/9.jpg", content="same", folder_class="Hake")
    summary = bench.take([one, two])
    assert summary.added == 2
    assert len(summary.conflicts) == 1
    assert "hake/9.jpg" in summary.conflicts[0]


def test_adding_a_class_labels_what_is_here_unlabelled_and_leaves_other_classes_alone(bench: Bench) -> None:
    bench.take([bench.found("pile/a.jpg")])
    bench.add(Cod=1)
    drop = [
        bench.found("new/1.jpg"),
        bench.found("new/2.jpg", content="pile/a.jpg"),
        bench.found("new/3.jpg", content="Cod/0.jpg"),
    ]
    summary = bench.take(drop, into_class="Hake")
    assert (summary.added, summary.already_here, summary.classes_made) == (1, 2, ("Hake",))
    assert bench.counts() == {"Cod": 1, "Hake": 2}
    assert len(summary.conflicts) == 1


def test_known_files_dropped_on_a_class_get_its_label(bench: Bench) -> None:
    bench.take([bench.found("a.jpg")])
    session = bench.project.photos.begin_import([str(bench.root).encode()], into_class="Cod")
    known = SkippedFile(path=str(bench.root / "a.jpg").encode(), reason="known")
    bench.project.photos.ingest(FilesSkipped(rows=(known,)), session)
    assert bench.counts() == {"Cod": 1}


def test_a_preview_counts_what_is_new_and_where_the_rest_is(bench: Bench) -> None:
    bench.add(Cod=2)
    drop = [bench.found("x/1.jpg"), bench.found("x/2.jpg", content="Cod/0.jpg")]
    preview = bench.project.photos.preview_counts(drop)
    assert (preview.n_new, preview.n_here, preview.here_by_class) == (1, 1, (("Cod", 1),))


def test_refused_files_are_remembered_until_they_can_be_read(bench: Bench) -> None:
    session = bench.project.photos.begin_import([str(bench.root).encode()])
    path = str(bench.root / "cod/1.jpg").encode()
    bad = RefusedFile(path=path, kind="truncated", text="The file is cut off.")
    bench.project.photos.ingest(FilesRefused(rows=(bad,)), session)
    assert [row.kind for row in bench.project.photos.refused()] == ["truncated"]
    bench.take([bench.found("cod/1.jpg", folder_class="Cod")])
    assert bench.project.photos.refused() == ()


def test_names_that_are_no_text_survive(bench: Bench) -> None:
    strange = bench.found("cod/1.jpg", folder_class="Cod")
    path = str(bench.root).encode() + b"/\xff\xfe.jpg"
    bench.take([type(strange)(**{name: getattr(strange, name) for name in strange.__struct_fields__} | {"path": path})])
    (row,) = bench.project.browse.rows(bench.ids())
    assert row.path == path
    assert "\ufffd" in row.shown


def test_a_relocated_folder_is_found_again(bench: Bench) -> None:
    bench.add(Cod=2)
    (source,) = bench.project.browse.sources()
    moved = bench.root.with_name("moved")
    shutil.move(bench.root, moved)
    assert not bench.project.browse.sources()[0].exists
    bench.project.photos.locate(source.root, str(moved).encode())
    assert bench.project.browse.sources()[0].exists
    (row, _) = bench.project.browse.rows(bench.ids())
    assert row.path.startswith(str(moved).encode())
