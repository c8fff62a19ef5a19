"""Reading manifests: photos that are here are known, others come in from beside the file, none from elsewhere."""

from __future__ import annotations

import os
from pathlib import Path

from engine.base.events import PhotosFound
from engine.exchange.sniff import read_data_set
from engine.project.exchange import ReadPlan, ReadSummary
from tests.engine.project.conftest import Bench


def manifest(bench: Bench, text: str) -> ReadPlan:
    bench.root.mkdir(exist_ok=True)
    file = bench.root / "manifest.csv"
    file.write_text(text, "utf-8")
    return bench.project.exchange.plan(read_data_set(os.fsencode(file)))


def carry_out(bench: Bench, plan: ReadPlan, *, replace: bool = False) -> ReadSummary:
    """The plan, with photos that exist by name only."""
    session = bench.project.exchange.begin(plan)
    for spec in bench.project.exchange.import_specs(plan):
        names = [os.path.relpath(root, os.fsencode(bench.root)).decode() for root in spec.roots]
        bench.project.exchange.ingest(PhotosFound(rows=tuple(map(bench.found, names))), session, plan)
    return bench.project.exchange.finish(plan, session, replace=replace)[0]


def touch(*paths: Path) -> None:
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def test_photos_beside_the_file_come_in_as_it_says_in_one_step(bench: Bench) -> None:
    touch(bench.root / "a.jpg", bench.root / "x" / "b.jpg", bench.root / "c.jpg")
    text = (
        "path,label,split,state,reason,tags,depth\na.jpg,Cod,test,,,good;old,12\nx/b.jpg,Pike,,excluded,blurred,,\n"
        "c.jpg,,fold 3,,,,\n"
    )
    summary = carry_out(bench, manifest(bench, text))
    assert (summary.imported.added, summary.n_named) == (3, 3)
    assert ["no part of a split" in problem.text for problem in summary.problems] == [True]
    first, third, second = bench.project.exchange.catalogue().photos
    assert (first.label, first.part, first.tags, first.columns) == ("Cod", "test", ("good", "old"), (("depth", "12"),))
    assert (second.state, second.former_label, second.reason) == ("excluded", "Pike", "blurred")
    assert (third.state, third.part) == ("unlabelled", None)
    bench.project.history.undo()
    assert bench.project.exchange.catalogue().photos == ()
    assert bench.project.tags.in_use() == ()


def test_nothing_outside_the_folder_of_the_file_is_taken(bench: Bench, tmp_path: Path) -> None:
    touch(tmp_path / "secret.jpg", tmp_path / "elsewhere" / "d.jpg", bench.root / "folder.jpg" / "e.jpg")
    (bench.root / "link.jpg").symlink_to(tmp_path / "secret.jpg")
    (bench.root / "away").symlink_to(tmp_path / "elsewhere")
    names = ["../secret.jpg", str(tmp_path / "secret.jpg"), "link.jpg", "away/d.jpg", "folder.jpg", "gone.jpg", "a\0b"]
    plan = manifest(bench, "path,label\n" + "".join(f"{name},Cod\n" for name in names))
    assert (plan.here, plan.coming) == ((), {})
    assert len(plan.problems) == len(names)


def test_photos_that_are_here_are_known_by_place_content_or_name(bench: Bench) -> None:
    bench.take([bench.found(name) for name in ("a.jpg", "b.jpg", "deep/c.jpg")])
    rows = {row.rel_path: row for row in bench.project.exchange.catalogue().photos}
    text = f"path,label,sha256\na.jpg,Cod,\n../renamed.jpg,Pike,{rows['b.jpg'].sha256.hex()}\nD:/old/deep/c.jpg,Eel,\n"
    plan = manifest(bench, text)
    assert (len(plan.here), plan.coming, plan.problems) == (3, {}, ())
    carry_out(bench, plan)
    assert {row.rel_path: row.label for row in bench.project.exchange.catalogue().photos} == {
        "a.jpg": "Cod", "b.jpg": "Pike", "deep/c.jpg": "Eel",
    }  # fmt: skip


def test_rows_that_contradict_one_another_or_a_label_do_not_count_unless_asked(bench: Bench) -> None:
    bench.take([bench.found("a.jpg", folder_class="Cod"), bench.found("b.jpg")])
    plan = manifest(bench, "path,label\na.jpg,Pike\nb.jpg,Pike\nb.jpg,Eel\nb.jpg,Pike\n")
    assert [problem.line for problem in plan.problems] == [4]
    summary = carry_out(bench, plan)
    assert [text.rpartition("/")[2] for text in summary.conflicts] == ["a.jpg: stays Cod"]
    assert bench.counts() == {"Cod": 1, "Pike": 1}
    carry_out(bench, plan, replace=True)
    assert bench.counts() == {"Cod": 0, "Pike": 2}


def test_reading_the_same_again_is_no_step(bench: Bench) -> None:
    touch(bench.root / "a.jpg")
    text = "path,label,site\na.jpg,Cod,north\n"
    carry_out(bench, manifest(bench, text))
    title = bench.project.history.undo_title()
    assert carry_out(bench, manifest(bench, text)).n_changed == 0
    bench.project.history.undo()
    assert (title, bench.project.history.undo_title()) == ("Read manifest.csv", "")


def test_photos_of_several_folders_keep_their_names_apart(bench: Bench, tmp_path: Path) -> None:
    bench.take([bench.found("a.jpg")])
    for folder in ("one/photos", "two/Photos"):
        root = tmp_path / folder
        session = bench.project.photos.begin_import([os.fsencode(root)])
        bench.root = root
        bench.project.photos.ingest(PhotosFound(rows=(bench.found("a.jpg", content=folder),)), session)
    names = [photo.rel_path for photo in bench.project.exchange.catalogue().photos]
    assert len({name.casefold() for name in names}) == 3


def test_dates_and_places_of_others_are_known_and_names_that_mean_several_are_told(bench: Bench) -> None:
    bench.take([bench.found(name) for name in ("one/a.jpg", "two/a.jpg", "b.jpg")])
    text = "filename,class,datetime,lat,lon\na.jpg,Cod,,,\nb,Cod,2021-05-04 10:11,59.5,10.25\n"
    plan = manifest(bench, text)
    assert ["any of 2 photos" in problem.text for problem in plan.problems] == [True]
    carry_out(bench, plan)
    (cod,) = [photo for photo in bench.project.exchange.catalogue().photos if photo.label]
    assert (cod.rel_path, cod.taken, cod.latitude) == ("b.jpg", "2021-05-04T10:11:00", 59.5)


def test_a_manifest_of_several_folders_labels_no_photo_of_another_folder(bench: Bench) -> None:
    bench.take([bench.found("IMG_1.jpg")])
    plan = manifest(bench, f"path,label\nelsewhere/IMG_1.jpg,Pike\n{bench.root.name}/IMG_1.jpg,Cod\n")
    assert [one.photo.label for _, one in plan.here] == ["Cod"]
    assert [problem.line for problem in plan.problems] == [2]
