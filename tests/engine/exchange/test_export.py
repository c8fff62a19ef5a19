"""What lies in an export: names every system allows, whole or not at all, and nothing that was not labelled so."""

from __future__ import annotations

import csv
import json
import os
from hashlib import sha256
from pathlib import Path

import pytest

from engine.base.errors import Stopped, StorageError, UserError
from engine.exchange.catalogue import Catalogue, CataloguePhoto
from engine.exchange.export import read_record, write_export
from engine.exchange.forms import FORMS, RECORD
from engine.exchange.sniff import read_data_set


def photo(folder: Path, name: str, label: str = "", **more: object) -> CataloguePhoto:
    """A photo with a file behind it."""
    path = folder / "originals" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(name.encode())
    return CataloguePhoto(
        path=os.fsencode(path),
        rel_path=name,
        sha256=sha256(name.encode()).digest(),
        class_name=label,
        state="labelled" if label else "unlabelled",
        **more,  # type: ignore[arg-type]
    )


def catalogue(*photos: CataloguePhoto) -> Catalogue:
    return Catalogue(classes=tuple(sorted({one.class_name for one in photos} - {""})), photos=photos)


def listing(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_class_folders_have_names_that_every_system_allows(tmp_path: Path) -> None:
    names = ["Cod", "cod", "CON", "a/b", "x.", ".hidden", "test", "lost+found", "ö" * 100]
    given = catalogue(*(photo(tmp_path, f"{n}.jpg", name) for n, name in enumerate(names)))
    write_export(given, tmp_path / "out", "imagefolder")
    folders = [path.split("/")[0] for path in listing(tmp_path / "out") if path.endswith(".jpg")]
    expected = ["Cod", "cod-2", "_CON", "a_b", "x", "_.hidden", "test_", "lost+found_", "ö" * 90]
    assert sorted(folders) == sorted(expected)
    listed = (tmp_path / "out" / "classes.txt").read_text("utf-8").split("\n")[:-1]
    assert listed == [name for _, name in sorted(zip(expected, names, strict=True))], "as torchvision numbers them"


def test_files_of_one_name_are_numbered_without_regard_to_case(tmp_path: Path) -> None:
    given = catalogue(*(photo(tmp_path, name, "cod") for name in ("1/a.jpg", "2/A.JPG", "3/a.png")))
    write_export(given, tmp_path / "folders", "fiftyone")
    assert listing(tmp_path / "folders") == ["cod/A-2.JPG", "cod/a.jpg", "cod/a.png", RECORD]
    write_export(given, tmp_path / "stems", "fiftyone-json")
    told = json.loads((tmp_path / "stems" / "labels.json").read_bytes())
    assert told == {"classes": ["cod"], "labels": {"a": 0, "A-2": 0, "a-3": 0}}


def test_hugging_face_gets_a_label_column_in_each_part_and_no_class_folders(tmp_path: Path) -> None:
    given = catalogue(
        photo(tmp_path, "test/a.jpg", "cod", part="train", columns=(("part", "=x"),)),
        photo(tmp_path, "b.jpg", "pike", part="val"),
        photo(tmp_path, "c.jpg"),
    )
    record = write_export(given, tmp_path / "out", "huggingface")
    assert record.n_without_label == 1
    assert listing(tmp_path / "out") == [
        "README.md", RECORD, "train/a.jpg", "train/metadata.csv", "val/b.jpg", "val/metadata.csv",
    ]  # fmt: skip
    rows = list(csv.reader((tmp_path / "out/train/metadata.csv").read_text("utf-8").splitlines()))
    assert rows == [["file_name", "label", "column:part"], ["a.jpg", "cod", "'=x"]]


def test_camera_traps_are_as_their_tools_check_them(tmp_path: Path) -> None:
    given = catalogue(
        photo(tmp_path, "a.jpg", "empty", taken="2021-05-04T10:11:12", columns=(("site", "N"), ("seq_id", "7"))),
        photo(tmp_path, "b.jpg", "boar", width=4, height=3),
        photo(tmp_path, "c.jpg"),
    )
    write_export(given, tmp_path / "out", "coco-camera-traps")
    told = json.loads((tmp_path / "out/camera_traps.json").read_bytes())
    assert {"version", "description", "dataset_sha256"} <= told["info"].keys()
    assert {one["name"]: one["id"] for one in told["categories"]} == {"empty": 0, "boar": 1}
    assert [(one["image_id"], one["category_id"]) for one in told["annotations"]] == [("1", 0), ("2", 1)]
    assert all(isinstance(one["id"], str) and isinstance(one["location"], str) for one in told["images"])
    assert [{"width", "height"} & one.keys() for one in told["images"]] == [set(), {"width", "height"}, set()]
    first = told["images"][0]
    assert (first["datetime"], first["location"], first["seq_id"]) == ("2021-05-04 10:11:12", "N", "7")


def test_camera_traps_of_others_are_read_row_by_row(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").touch()
    file = tmp_path / "c.json"
    told = {
        "images": [
            {"id": 1, "file_name": "a.jpg", "width": 4.0, "location": 12, "datetime": "2021-05-04 10:11:12"},
            {"id": 2, "file_name": "../../etc/passwd"},
            {"id": 3, "file_name": "a.jpg", "corrupt": True},
            {"id": 4, "file_name": 5},
            {"id": "5", "file_name": "both.jpg"},
        ],
        "annotations": [
            {"id": "x", "image_id": "1", "category_id": 1, "bbox": [1, 2, 3, 4]},
            {"id": "y", "image_id": "5", "category_id": 1},
            {"id": "z", "image_id": "5", "category_id": 2},
            {"id": "w", "image_id": "5", "category_id": 9},
        ],
        "categories": [{"id": 1, "name": "boar"}, {"id": 2, "name": "deer"}],
    }
    file.write_text(json.dumps(told), "utf-8")
    reading = read_data_set(os.fsencode(file))
    boar, outside, both = (one.photo for one in reading.photos)
    assert (boar.label, boar.columns, boar.taken) == ("boar", (("location", "12"),), "2021-05-04T10:11:12")
    assert (outside.path, both.label) == (b"", "")
    assert len(reading.problems) == 4


def test_a_link_is_the_same_file_and_a_copy_is_not(tmp_path: Path) -> None:
    given = catalogue(photo(tmp_path, "a.jpg", "cod"))
    original = tmp_path / "originals" / "a.jpg"
    write_export(given, tmp_path / "linked", "csv", photos="link")
    write_export(given, tmp_path / "copied", "csv")
    assert original.samefile(tmp_path / "linked/a.jpg")
    assert not original.samefile(tmp_path / "copied/a.jpg")
    assert (tmp_path / "copied/a.jpg").read_bytes() == original.read_bytes()


def test_a_photo_that_is_not_the_one_labelled_is_left_out_and_named(tmp_path: Path) -> None:
    given = catalogue(*(photo(tmp_path, name, "cod") for name in ("gone.jpg", "new.jpg", "fine.jpg")))
    (tmp_path / "originals/gone.jpg").unlink()
    (tmp_path / "originals/new.jpg").write_bytes(b"another photo")
    for form in ("csv", "imagefolder"):
        record = write_export(given, tmp_path / form, form, photos="link")
        assert {one.path: one.why for one in record.left_out} == {"gone.jpg": "missing", "new.jpg": "changed"}
        assert read_record(tmp_path / form) == record
        assert [name for name in listing(tmp_path / form) if name.endswith(".jpg")] in (["fine.jpg"], ["cod/fine.jpg"])
    assert (tmp_path / "originals/new.jpg").read_bytes() == b"another photo"


@pytest.mark.parametrize("form", FORMS)
def test_of_an_export_that_does_not_end_well_nothing_is_left(tmp_path: Path, form: str) -> None:
    given = catalogue(*(photo(tmp_path, f"{n}.jpg", "cod") for n in range(3)))

    def stop_at_the_second() -> None:
        if len(list(tmp_path.rglob("*.jpg"))) > 4:
            raise Stopped

    with pytest.raises(Stopped):
        write_export(given, tmp_path / "out", form, after_each=stop_at_the_second)  # type: ignore[arg-type]

    def full() -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(StorageError):
        write_export(given, tmp_path / "out", form, after_each=full)  # type: ignore[arg-type]
    assert [path.name for path in tmp_path.iterdir()] == ["originals"]


def test_what_is_there_is_never_overwritten(tmp_path: Path) -> None:
    given = catalogue(photo(tmp_path, "a.jpg", "cod"))
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    with pytest.raises(UserError, match="there already"):
        write_export(given, tmp_path / "out", "csv")
    assert listing(tmp_path / "out") == ["mine.txt"]
