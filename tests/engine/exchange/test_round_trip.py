"""Export, import, export is the identity: for the complete forms in every byte, for the others in class and file."""

from __future__ import annotations

import hashlib
import os
import string
import tempfile
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.base.events import FoundPhoto, PhotosFound
from engine.base.fspath import from_text, to_path, to_text
from engine.exchange import camera_traps, csv_manifest, fiftyone, huggingface
from engine.exchange.catalogue import Catalogue, CataloguePhoto
from engine.exchange.export import write_export
from engine.exchange.forms import Form
from engine.exchange.sniff import read_data_set
from engine.project.classes import clean_name
from engine.project.project import Project

TABLES = {"csv": csv_manifest.FILE, "coco-camera-traps": camera_traps.FILE}
# What tables, spreadsheets, paths and JSON trip over, more often than chance would have it.
AWKWARD = st.sampled_from(
    ["=1+1", "-2", "@x", "'", "'=x", "nan", "a;b\\", "a,b", '"', "a\r\nb", "100%", "%41", "\ufeffx"]
)
TEXT = AWKWARD | st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=12)
WORD = TEXT.map(lambda text: " ".join(text.split())).filter(bool)
VALUE = TEXT.map(str.strip).filter(bool)
CLASS = TEXT.map(clean_name).filter(bool)
NAME = st.one_of(
    st.binary(min_size=1, max_size=12), TEXT.map(str.encode), st.text(string.ascii_letters, min_size=1).map(str.encode)
).filter(lambda name: name not in (b"", b".", b"..") and not {*b"/\0"} & {*name})
DATE = st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)).map(
    lambda date: date.replace(microsecond=0).isoformat()
)


@st.composite
def photos(draw: st.DrawFn, classes: list[str]) -> CataloguePhoto:
    state = draw(st.sampled_from(["unlabelled", "unsure", "excluded", *["labelled"] * 3 * bool(classes)]))
    own_class = draw(st.sampled_from(classes)) if state == "labelled" else ""
    if state in ("unsure", "excluded") and classes:
        own_class = draw(st.sampled_from(["", *classes]))
    columns = draw(st.dictionaries(WORD | st.sampled_from(["label", "Path", "column:x", "part"]), VALUE, max_size=3))
    where = draw(st.none() | st.tuples(st.floats(-90, 90), st.floats(-180, 180)))
    if where is not None and not any(where):
        where = None
    name = b"/".join(draw(st.lists(NAME, min_size=1, max_size=3)))
    return CataloguePhoto(
        path=b"",
        rel_path=to_text(name),
        class_name=own_class,
        state=state,
        reason=draw(st.just("") | WORD) if state == "excluded" else "",
        tags=tuple(sorted(draw(st.sets(WORD, max_size=2)))),
        columns=tuple(sorted(columns.items())),
        part=draw(st.sampled_from([None, "train", "val", "test"])),
        taken=draw(st.just("") | DATE),
        camera=draw(st.just("") | VALUE),
        latitude=None if where is None else where[0] + 0.0,
        longitude=None if where is None else where[1] + 0.0,
        width=4,
        height=3,
    )


@st.composite
def catalogues(draw: st.DrawFn) -> Catalogue:
    classes = draw(st.lists(CLASS, max_size=3, unique_by=lambda name: unicodedata.normalize("NFC", name).casefold()))
    found = draw(st.lists(photos(classes), min_size=1, max_size=5, unique_by=lambda photo: photo.rel_path))
    # No file is a folder of another.
    paths = [from_text(photo.rel_path) for photo in found]
    kept = [one for one in found if not any(other.startswith(from_text(one.rel_path) + b"/") for other in paths)]
    order = sorted({photo.class_name for photo in kept} - {""}, key=lambda name: (name.casefold(), name))
    return Catalogue(classes=tuple(order), photos=tuple(sorted(kept, key=lambda photo: photo.rel_path)))


def on_disk(catalogue: Catalogue, folder: Path, *, n_contents: int = 3) -> Catalogue:
    """The same with a file behind every photo; some files are equal."""
    placed = []
    for number, photo in enumerate(catalogue.photos):
        path, content = folder / str(number), b"content %d" % (number % n_contents)
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        facts = {name: getattr(photo, name) for name in photo.__struct_fields__}
        facts.update(path=os.fsencode(path), sha256=hashlib.sha256(content).digest())
        placed.append(CataloguePhoto(**facts))
    return Catalogue(classes=catalogue.classes, photos=tuple(placed))


@contextmanager
def read_into_new_project(file: Path, folder: Path) -> Iterator[Project]:
    """A project into which the file was read; photos are not decoded, so that they need not be any."""
    project = Project.create(folder)
    try:
        plan = project.exchange.plan(read_data_set(os.fsencode(file)))
        session = project.exchange.begin(plan)
        for spec in project.exchange.import_specs(plan):
            project.exchange.ingest(PhotosFound(rows=tuple(map(found, spec.roots))), session, plan)
        summary, _ = project.exchange.finish(plan, session)
        assert summary.problems == ()
        yield project
    finally:
        project.close()


def found(path: bytes) -> FoundPhoto:
    content = to_path(path).read_bytes()
    digest = hashlib.sha256(content).digest()
    return FoundPhoto(path=path, sha256=digest, n_bytes=len(content), mtime_ns=1, width=4, height=3, format="PNG")


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def come_and_go(catalogue: Catalogue, form: Form) -> None:
    with tempfile.TemporaryDirectory() as made:
        work = Path(made)
        write_export(on_disk(catalogue, work / "photos"), work / "first", form)
        with read_into_new_project(work / "first" / TABLES[form], work / "project") as project:
            again = project.exchange.catalogue()
            write_export(again, work / "second", form)
        assert files(work / "second") == files(work / "first")


@pytest.mark.parametrize("form", TABLES)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(catalogue=catalogues())
def test_what_a_complete_form_holds_comes_back_to_the_byte(form: Form, catalogue: Catalogue) -> None:
    come_and_go(catalogue, form)


@pytest.mark.slow
@pytest.mark.parametrize("form", TABLES)
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(catalogue=catalogues())
def test_that_holds_for_very_many_sets(form: Form, catalogue: Catalogue) -> None:
    come_and_go(catalogue, form)


@pytest.mark.parametrize(("form", "table"), [("huggingface", huggingface.FILE), ("fiftyone-json", fiftyone.FILE)])
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(catalogue=catalogues())
def test_class_and_file_come_back_from_the_other_forms(form: Form, table: str, catalogue: Catalogue) -> None:
    with tempfile.TemporaryDirectory() as made:
        work = Path(made)
        whole = on_disk(catalogue, work / "photos", n_contents=99)
        labelled = {(photo.sha256, photo.label, photo.part) for photo in whole.photos if photo.label}
        if not labelled:
            return
        write_export(whole, work / "out", form)
        came = set()
        for number, file in enumerate(sorted((work / "out").rglob(table))):
            with read_into_new_project(file, work / f"project{number}") as project:
                came |= {(one.sha256, one.label, one.part) for one in project.exchange.catalogue().photos}
        assert came == labelled
