"""Classifying: the right rows in the right order, in events and in a table that is safe to open."""

import csv
import os
import shutil
from pathlib import Path

import msgspec
import numpy as np
import pytest

from engine.base.errors import DamagedInput, Stopped, StorageError
from engine.base.events import AnyEvent, Classified, ClassifiedPhoto, FilesRefused, Notice, RefusedFile, ResultReady
from engine.base.fspath import from_text, to_bytes
from engine.base.stop import StopToken
from engine.data.manifest import read_manifest
from engine.data.predictions import read_predictions
from engine.jobs import classify
from engine.jobs.spec import ClassifySpec
from engine.nets.bundle import write_bundle
from engine.nets.model_file import read_model, write_model
from tests.helpers.learning import CLASSES, Heard, draw_photos, drawing


@pytest.fixture(scope="session")
def bundle(trained: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The trained model as a file."""
    path = tmp_path_factory.mktemp("bundle") / "drawings.fieldmark-model"
    write_bundle(path, read_model(trained / "run"), "")
    return path


def spec(model: Path, machine: Path, *inputs: Path, table: Path | None = None, quiet: bool = False) -> ClassifySpec:
    return ClassifySpec(
        model=to_bytes(model),
        inputs=tuple(to_bytes(path) for path in inputs),
        machine=to_bytes(machine),
        csv=None if table is None else to_bytes(table),
        quiet=quiet,
    )


def classified(heard: Heard) -> list[ClassifiedPhoto]:
    return [row for event in heard if isinstance(event, Classified) for row in event.rows]


def refused(heard: Heard) -> list[RefusedFile]:
    return [row for event in heard if isinstance(event, FilesRefused) for row in event.rows]


def rows_of(table: Path) -> list[list[str]]:
    with table.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_a_model_says_of_its_test_photos_what_it_said_in_training(trained: Path, machine: Path) -> None:
    photos = {photo.photo_id: photo for photo in read_manifest(trained / "run" / "manifest.msgpack").photos}
    known = read_predictions(trained / "run" / "predictions.npz")
    test_ids = known.photo_ids[known.parts == 0].tolist()
    heard = Heard()
    inputs = [Path(os.fsdecode(photos[photo_id].path)) for photo_id in test_ids]
    classify.run(spec(trained / "run", machine, *inputs), heard, StopToken())
    given = classified(heard)
    assert [row.path for row in given] == [to_bytes(path) for path in inputs]
    assert np.allclose([row.probs for row in given], known.probs[known.parts == 0], atol=0.01)
    assert all(row.top == int(np.argmax(row.probs)) for row in given)


def test_a_bundle_works_without_the_project_and_gives_the_same(
    trained: Path, bundle: Path, machine: Path, tmp_path: Path
) -> None:
    draw_photos(tmp_path / "new", 3)
    alone = tmp_path / "elsewhere.fieldmark-model"
    shutil.copy(bundle, alone)
    from_run, from_bundle = Heard(), Heard()
    classify.run(spec(trained / "run", machine, tmp_path / "new"), from_run, StopToken())
    classify.run(spec(alone, machine, tmp_path / "new"), from_bundle, StopToken())
    assert classified(from_bundle) == classified(from_run)
    assert len(classified(from_run)) == 9


def test_the_table_has_a_row_for_each_photo_and_a_column_for_each_class(
    bundle: Path, machine: Path, tmp_path: Path
) -> None:
    photos = draw_photos(tmp_path / "new", 2)
    heard = Heard()
    classify.run(spec(bundle, machine, tmp_path / "new", table=tmp_path / "out.csv"), heard, StopToken())
    head, *rows = rows_of(tmp_path / "out.csv")
    assert head == ["path", "class", "confidence", *CLASSES]
    assert [row[0] for row in rows] == [str(path) for path in sorted(path for path, _ in photos)]
    for row, told in zip(rows, classified(heard), strict=True):
        shares = [float(cell) for cell in row[3:]]
        assert row[1] == CLASSES[told.top]
        assert float(row[2]) == max(shares)
        assert sum(shares) == pytest.approx(1.0, abs=1e-5)
    assert heard[-1] == ResultReady(kind="csv", path=to_bytes(tmp_path / "out.csv"))


def test_quiet_writes_the_table_only(bundle: Path, machine: Path, tmp_path: Path) -> None:
    draw_photos(tmp_path / "new", 1)
    heard = Heard()
    classify.run(spec(bundle, machine, tmp_path / "new", table=tmp_path / "out.csv", quiet=True), heard, StopToken())
    assert classified(heard) == []
    assert len(rows_of(tmp_path / "out.csv")) == 4


def test_names_that_are_not_text_can_be_recovered_from_the_table(bundle: Path, machine: Path, tmp_path: Path) -> None:
    folder = tmp_path / "new"
    folder.mkdir()
    names = [b"plain.png", b"caf\xc3\xa9, 100%.png", b"\xff\xfe odd.png", b'quo"te\n.png']
    drawing(0, 0).save(tmp_path / "one.png")
    for name in names:
        shutil.copy(tmp_path / "one.png", os.path.join(os.fsencode(folder), name))
    classify.run(spec(bundle, machine, folder, table=tmp_path / "out.csv"), Heard(), StopToken())
    paths = {from_text(row[0]) for row in rows_of(tmp_path / "out.csv")[1:]}
    assert paths == {os.path.join(os.fsencode(folder), name) for name in names}


def test_a_class_named_like_a_formula_is_text_in_the_head_and_in_the_rows(
    trained: Path, machine: Path, tmp_path: Path
) -> None:
    model = read_model(trained / "run")
    evil = tuple(msgspec.structs.replace(entry, name="=cmd()" + str(entry.class_id)) for entry in model.info.classes)
    shutil.copytree(trained / "run", tmp_path / "run")
    write_model(tmp_path / "run", msgspec.structs.replace(model.info, classes=evil), model.head)
    draw_photos(tmp_path / "new", 1)
    classify.run(spec(tmp_path / "run", machine, tmp_path / "new", table=tmp_path / "out.csv"), Heard(), StopToken())
    for row in rows_of(tmp_path / "out.csv"):
        assert not any(cell.startswith("=") for cell in row)


def test_refused_files_are_told_and_not_in_the_table(bundle: Path, machine: Path, tmp_path: Path) -> None:
    draw_photos(tmp_path / "new", 1)
    (tmp_path / "new" / "dots" / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nnothing")
    heard = Heard()
    classify.run(
        spec(bundle, machine, tmp_path / "new", tmp_path / "gone", table=tmp_path / "out.csv"), heard, StopToken()
    )
    assert {(os.path.basename(row.path), row.kind) for row in refused(heard)} == {
        (b"broken.png", "damaged"),
        (b"gone", "missing"),
    }
    assert len(rows_of(tmp_path / "out.csv")) == 1 + 3


def test_an_empty_folder_gives_a_notice_and_an_empty_table(bundle: Path, machine: Path, tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    heard = Heard()
    classify.run(spec(bundle, machine, tmp_path / "new", table=tmp_path / "out.csv"), heard, StopToken())
    assert [event.level for event in heard if isinstance(event, Notice)] == ["warning"]
    assert len(rows_of(tmp_path / "out.csv")) == 1


def test_a_stopped_job_leaves_the_older_table_as_it_was(bundle: Path, machine: Path, tmp_path: Path) -> None:
    draw_photos(tmp_path / "new", 60)
    (tmp_path / "out.csv").write_text("older")
    stop = StopToken()

    def emit(event: AnyEvent) -> None:
        if isinstance(event, Classified):
            stop.request()

    with pytest.raises(Stopped):
        classify.run(spec(bundle, machine, tmp_path / "new", table=tmp_path / "out.csv"), emit, stop)
    assert (tmp_path / "out.csv").read_text() == "older"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new", "out.csv"]


def test_a_table_that_cannot_be_written_is_told(bundle: Path, machine: Path, tmp_path: Path) -> None:
    draw_photos(tmp_path / "new", 1)
    with pytest.raises(StorageError):
        classify.run(spec(bundle, machine, tmp_path / "new", table=tmp_path / "no" / "out.csv"), Heard(), StopToken())


@pytest.mark.parametrize("kind", ["file", "folder", "nothing"])
def test_what_is_no_model_is_refused(machine: Path, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "model"
    if kind == "file":
        path.write_bytes(b"hello")
    elif kind == "folder":
        path.mkdir()
    with pytest.raises((DamagedInput, StorageError)):
        classify.run(spec(path, machine, tmp_path), Heard(), StopToken())
