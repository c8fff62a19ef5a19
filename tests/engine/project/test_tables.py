"""What a side table says is taken in for the photos it names beyond doubt; everything else is told, row by row."""

from __future__ import annotations

import os

import pytest

from engine.base.errors import UserError
from engine.exchange.side_table import TableMatch
from engine.exchange.text_table import TextTable, read_table
from engine.project.tables import TableSummary
from engine.store.catalogue import CatalogueRow, catalogue_rows
from tests.engine.project.conftest import Bench

HERE = ("cod/IMG_1.JPG", "cod/IMG_2.jpg", "pike/IMG_1.jpg", "pike/ö.jpg")


@pytest.fixture
def photos(bench: Bench) -> Bench:
    bench.take([bench.found(name, folder_class=name.split("/")[0]) for name in HERE])
    return bench


def table(bench: Bench, text: str) -> tuple[TextTable, bytes]:
    bench.root.mkdir(exist_ok=True)
    path = bench.root / "table.csv"
    path.write_text(text, "utf-8")
    return read_table(os.fsencode(path)), os.fsencode(bench.root)


def matched(bench: Bench, text: str) -> tuple[TextTable, TableMatch]:
    read, folder = table(bench, text)
    return read, bench.project.tables.match(read, folder)


def take(bench: Bench, text: str, **choices: object) -> TableSummary:
    read, match = matched(bench, text)
    return bench.project.tables.take(read, match, title="Read table.csv", **choices)[0]  # type: ignore[arg-type]


def row_of(bench: Bench, name: str) -> CatalogueRow:
    rows = catalogue_rows(bench.project._context.db, bench.project._context.folder_bytes)
    return next(row for row in rows if row.rel_path == os.fsencode(name))


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("cod/IMG_2.jpg", "cod/IMG_2.jpg"),
        ("img_2.JPG", "cod/IMG_2.jpg"),
        ("IMG_2", "cod/IMG_2.jpg"),
        (r"D:\survey\cod\IMG_2.jpg", "cod/IMG_2.jpg"),
        ("./cod/../cod/IMG_2.jpg", "cod/IMG_2.jpg"),
        ("IMG_1.JPG", "cod/IMG_1.JPG"),
        ("pike/img_1", "pike/IMG_1.jpg"),
        ("pike/o\u0308.jpg", "pike/ö.jpg"),
        ("pike/%C3%B6.jpg", "pike/ö.jpg"),
    ],
)
def test_a_photo_is_known_by_whatever_names_it_alone(photos: Bench, cell: str, name: str) -> None:
    _, match = matched(photos, f"photo,site\n{cell},north\n")
    assert [i for i, _ in match.rows] == [row_of(photos, name).photo_id]


def test_the_column_that_names_most_photos_is_the_key_wherever_it_is(photos: Bench) -> None:
    read, match = matched(photos, "site,nr,image\nnorth,1,IMG_2.jpg\nIMG_2.jpg,2,pike/IMG_1.jpg\n")
    assert read.headings[match.key] == "image"
    assert (len(match.rows), match.n_without) == (2, 2)


def test_rows_that_name_no_photo_or_any_of_several_are_told(photos: Bench) -> None:
    text = "photo,site\nIMG_2.jpg,a\nIMG_1,b\n../../etc/passwd,c\nother/IMG_2.jpg,d\n,e\nimg_2,f\nimg_2,a\n"
    _, match = matched(photos, text)
    assert len(match.rows) == 1
    assert [problem.line for problem in match.problems] == [3, 4, 5, 6, 7]
    assert "any of 2 photos" in match.problems[0].text
    assert "Row 2 says otherwise" in match.problems[4].text


def test_a_table_of_other_photos_is_refused_and_so_is_an_unknown_column(photos: Bench) -> None:
    read, folder = table(photos, "photo,site\nseal.jpg,north\n")
    with pytest.raises(UserError, match="No column"):
        photos.project.tables.match(read, folder)
    with pytest.raises(UserError, match="no column wat"):
        photos.project.tables.match(read, folder, key="wat")


def test_a_first_row_that_is_of_a_photo_is_not_taken_for_headings(photos: Bench) -> None:
    with pytest.raises(UserError, match="no headings") as caught:
        matched(photos, "cod/IMG_2.jpg,north\npike/ö.jpg,south\n")
    assert "names of the columns" in caught.value.advice


def test_columns_are_one_step_and_empty_cells_say_nothing(photos: Bench) -> None:
    take(photos, "photo,site,depth\nIMG_2.jpg,north,12\npike/IMG_1,,=1+1\n")
    assert row_of(photos, "cod/IMG_2.jpg").columns == (("depth", "12"), ("site", "north"))
    assert row_of(photos, "pike/IMG_1.jpg").columns == (("depth", "=1+1"),)
    take(photos, "photo,site,depth\nIMG_2.jpg,south,\n")
    assert row_of(photos, "cod/IMG_2.jpg").columns == (("depth", "12"), ("site", "south"))
    assert photos.project.history.undo_title() == "Read table.csv"
    photos.project.history.undo()
    photos.project.history.undo()
    assert row_of(photos, "cod/IMG_2.jpg").columns == ()


def test_dates_and_places_fill_in_only_what_photos_do_not_say_themselves(bench: Bench) -> None:
    bench.take([bench.found("a.jpg", taken="2020-01-01T00:00:00", camera="Ixus"), bench.found("b.jpg")])
    take(bench, "photo,datetime,lat,lon\na.jpg,2021-05-04 10:11,59.5,10.25\nb.jpg,2021-05-04 10:11,95,1\n")
    first, second = row_of(bench, "a.jpg"), row_of(bench, "b.jpg")
    assert (first.taken, first.camera, first.latitude) == ("2020-01-01T00:00:00", "Ixus", 59.5)
    assert (second.taken, second.latitude) == ("2021-05-04T10:11:00", None)


def test_labels_of_a_table_replace_others_only_if_asked(photos: Bench) -> None:
    photos.project.labels.clear(photos.ids()[:1])
    text = "photo,species,site\nIMG_1.JPG,Eel,n\nIMG_2.jpg,Eel,n\npike/ö.jpg,PIKE,n\n"
    summary = take(photos, text, labels=1)
    assert (summary.n_labelled, summary.classes_made) == (1, ("Eel",))
    assert [text.rpartition("/")[2] for text in summary.conflicts] == ["IMG_2.jpg: stays cod"]
    assert summary.columns == ("site",)
    assert take(photos, text, labels=1, replace=True).conflicts == ()
    assert photos.counts() == {"cod": 0, "Eel": 2, "pike": 2}


def test_names_that_come_again_in_another_folder_are_not_taken_for_those_here(bench: Bench) -> None:
    bench.take([bench.found(f"IMG_{n}.jpg") for n in (1, 2)])
    here = bench.root.name
    text = f"file,site\nelsewhere/IMG_1.jpg,B\n{here}/IMG_1.jpg,A\nelsewhere/IMG_2.jpg,B\n"
    _, match = matched(bench, text)
    assert [row.cells[1] for _, row in match.rows] == ["A"]
    assert [problem.line for problem in match.problems] == [2, 4]
    _, match = matched(bench, "file,site\nD:\\a\\IMG_1.jpg,A\nD:\\b\\IMG_1.jpg,B\nD:\\b\\IMG_2.jpg,B\n")
    assert [row.line for _, row in match.rows] == [4], "which of two folders is here cannot be told"
