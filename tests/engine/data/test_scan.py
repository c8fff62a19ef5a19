"""Finding photos: which files are candidates, and what their folders say about class and part."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

import pytest

from engine.base.errors import Stopped
from engine.base.stop import StopToken
from engine.data.scan import (
    Candidate,
    Found,
    Passed,
    Unreadable,
    class_name,
    count_candidates,
    outermost,
    part_named,
    scan,
)


def tree(root: Path, *names: str | bytes) -> bytes:
    """Make files with these paths below `root`; returns the root as bytes."""
    for name in names:
        path = os.path.join(os.fsencode(root), name if isinstance(name, bytes) else name.encode())
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as out:
            out.write(b"\xff\xd8\xff something")
    return os.fsencode(root)


def found(*roots: bytes, read_layout: bool = True) -> list[Found]:
    return list(scan(roots, read_layout=read_layout))


def layout(root: bytes) -> dict[str, tuple[str | None, str | None]]:
    """Path below the root -> (class, part), of all candidates."""
    return {
        os.fsdecode(item.path[len(root) + 1 :]): (item.folder_class, item.folder_part)
        for item in found(root)
        if isinstance(item, Candidate)
    }


def passed(root: bytes, reason: str) -> set[str]:
    return {
        os.fsdecode(item.path[len(root) + 1 :])
        for item in found(root)
        if isinstance(item, Passed) and item.reason == reason
    }


# --- layouts ---


def test_class_folders_name_the_classes_however_deep_the_photo(tmp_path: Path) -> None:
    root = tree(tmp_path, "cod/a.jpg", "cod/2021/june/b.jpg", "pike/train/c.jpg")
    assert layout(root) == {
        "cod/a.jpg": ("cod", None),
        "cod/2021/june/b.jpg": ("cod", None),
        "pike/train/c.jpg": ("pike", None),
    }


def test_part_folders_come_before_class_folders_in_any_case(tmp_path: Path) -> None:
    root = tree(tmp_path, "Train/cod/a.jpg", "VALID/cod/b.jpg", "validation/x/c.jpg", "val/y/d.jpg", "test/cod/e.jpg")
    assert layout(root) == {
        "Train/cod/a.jpg": ("cod", "train"),
        "VALID/cod/b.jpg": ("cod", "val"),
        "validation/x/c.jpg": ("x", "val"),
        "val/y/d.jpg": ("y", "val"),
        "test/cod/e.jpg": ("cod", "test"),
    }


def test_a_dropped_folder_that_is_itself_a_part_says_so(tmp_path: Path) -> None:
    root = tree(tmp_path / "train", "cod/a.jpg", "b.jpg")
    assert layout(root) == {"cod/a.jpg": ("cod", "train"), "b.jpg": (None, "train")}


def test_photos_of_a_flat_folder_and_beside_class_folders_have_no_class(tmp_path: Path) -> None:
    root = tree(tmp_path, "a.jpg", "cod/b.jpg", "train/c.jpg")
    assert layout(root) == {"a.jpg": (None, None), "cod/b.jpg": ("cod", None), "train/c.jpg": (None, "train")}


def test_a_folder_unzipped_into_one_of_its_own_name_is_that_folder(tmp_path: Path) -> None:
    root = tree(tmp_path / "fish", "fish/cod/a.jpg", "__MACOSX/fish/cod/._a.jpg")
    assert layout(root) == {"fish/cod/a.jpg": ("cod", None)}
    only_class = tree(tmp_path / "cod", "cod/a.jpg")
    assert layout(only_class) == {"cod/a.jpg": ("cod", None)}


def test_layout_can_be_left_unread(tmp_path: Path) -> None:
    root = tree(tmp_path / "train", "cod/a.jpg")
    (item,) = found(root, read_layout=False)
    assert isinstance(item, Candidate)
    assert (item.folder_class, item.folder_part) == (None, None)


def test_files_dropped_by_themselves_are_always_tried(tmp_path: Path) -> None:
    tree(tmp_path, "a.jpg", "notes.txt")
    items = found(os.fsencode(tmp_path / "a.jpg"), os.fsencode(tmp_path / "notes.txt"))
    assert [type(item) for item in items] == [Candidate, Candidate]


# --- what is a candidate ---


def test_suffixes_decide_in_any_case_and_other_files_are_counted(tmp_path: Path) -> None:
    names = ["a.JPG", "b.jpeg", "c.Tiff", "d.webp", "e.png", "f.bmp", "g.gif", "h.jfif", "i.mpo", "j.tif", "k.jpe"]
    root = tree(tmp_path, *names, "notes.txt", "photo.heic", "jpg.zip")
    assert set(layout(root)) == set(names)
    assert passed(root, "not_photo") == {"notes.txt", "photo.heic", "jpg.zip"}


def test_a_file_without_suffix_is_judged_by_how_it_begins(tmp_path: Path) -> None:
    root = tree(tmp_path, "IMG_0001")
    (tmp_path / "README").write_text("read me")
    assert set(layout(root)) == {"IMG_0001"}
    assert passed(root, "not_photo") == {"README"}


def test_system_files_and_folders_are_left_alone_and_are_no_classes(tmp_path: Path) -> None:
    folders = (".ipynb_checkpoints", "__MACOSX", "@eaDir", "$RECYCLE.BIN", "Fish.fieldmark")
    hidden = [f"{folder}/x.jpg" for folder in folders]
    root = tree(tmp_path, "cod/a.jpg", *hidden, "cod/._a.jpg", "Thumbs.db", ".DS_Store", "cod/.thumbs/b.jpg")
    assert layout(root) == {"cod/a.jpg": ("cod", None)}
    assert passed(root, "system") == {*folders} | {
        "Thumbs.db",
        ".DS_Store",
        "cod/._a.jpg",
        "cod/.thumbs",
    }


@pytest.mark.parametrize("name", ["Fish.fieldmark", "Fish.Fieldmark"])
def test_a_project_is_not_searched_even_if_it_is_dropped_itself(tmp_path: Path, name: str) -> None:
    project = tree(tmp_path / name, "cache/thumbs/ab/cdef.jpg", "photos/a.jpg")
    assert found(project) == [Passed(project, "system")]
    assert found(project + b"/") == [Passed(project, "system")]
    assert count_candidates([os.fsencode(tmp_path)], StopToken()) == 0


def test_special_files_called_photos_are_left_to_the_decoder_to_refuse(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    os.mkfifo(tmp_path / "pipe")
    items = found(os.fsencode(tmp_path))
    assert [(type(item), os.path.basename(item.path)) for item in items] == [
        (Passed, b"pipe"),
        (Candidate, b"pipe.jpg"),
    ]


# --- links, roots, order ---


def test_links_are_not_followed_and_loops_end(tmp_path: Path) -> None:
    root = tree(tmp_path / "root", "cod/a.jpg")
    outside = tree(tmp_path / "outside", "b.jpg")
    os.symlink(b"..", root + b"/cod/loop")
    os.symlink(outside, root + b"/pike")
    os.symlink(outside + b"/b.jpg", root + b"/b.jpg")
    assert layout(root) == {"cod/a.jpg": ("cod", None)}
    assert passed(root, "link") == {"cod/loop", "pike", "b.jpg"}


def test_a_dropped_link_is_followed_because_it_was_asked_for(tmp_path: Path) -> None:
    tree(tmp_path / "real", "cod/a.jpg")
    os.symlink(tmp_path / "real", tmp_path / "link")
    assert layout(os.fsencode(tmp_path / "link")) == {"cod/a.jpg": ("cod", None)}


def test_no_folder_is_searched_twice_however_many_roots_lead_to_it(tmp_path: Path) -> None:
    root = tree(tmp_path / "root", "cod/a.jpg")
    os.symlink(root, tmp_path / "again")
    items = found(root + b"/cod", root, root + b"/", os.fsencode(tmp_path / "again"))
    assert [(item.path, item.folder_class) for item in items if isinstance(item, Candidate)] == [
        (root + b"/cod/a.jpg", "cod")
    ]


def test_roots_inside_other_roots_are_dropped() -> None:
    assert outermost((b"/a/b", b"/a", b"/ab", b"/a/")) == (b"/a", b"/ab")
    assert outermost((b"/", b"/a")) == (b"/",)


def test_a_missing_root_is_reported_and_the_rest_is_found(tmp_path: Path) -> None:
    root = tree(tmp_path / "here", "cod/a.jpg")
    missing, there = found(os.fsencode(tmp_path / "gone"), root)
    assert isinstance(missing, Unreadable)
    assert missing.kind == "missing"
    assert isinstance(there, Candidate)


def test_the_order_is_by_name_with_files_before_folders(tmp_path: Path) -> None:
    root = tree(tmp_path, "b/1.jpg", "a/2.jpg", "a/1.jpg", "z.jpg", "a/deep/0.jpg")
    assert list(layout(root)) == ["z.jpg", "a/1.jpg", "a/2.jpg", "a/deep/0.jpg", "b/1.jpg"]


def test_counting_agrees_with_scanning_and_stops_when_asked(tmp_path: Path) -> None:
    root = tree(tmp_path, "cod/a.jpg", "cod/b.jpg", "notes.txt", "c.png")
    stop = StopToken()
    assert count_candidates((root,), stop) == 3
    stop.request()
    with pytest.raises(Stopped):
        count_candidates((root,), stop)


# --- names ---


def test_names_are_bytes_and_any_name_is_found(tmp_path: Path) -> None:
    names = [
        b"caf\xe9.jpg",
        b"-rf.jpg",
        b"new\nline.jpg",
        b"quote'\".jpg",
        "\N{FISH}.jpg".encode(),
        "\u202egpj.exe.jpg".encode(),
        b"x" * 251 + b".jpg",
    ]
    root = tree(tmp_path, *names)
    assert {os.path.basename(item.path) for item in found(root) if isinstance(item, Candidate)} == set(names)


def test_paths_too_long_to_open_are_reported(tmp_path: Path) -> None:
    here = os.getcwd()
    os.chdir(tmp_path)
    try:
        for _ in range(25):
            os.mkdir("d" * 200)
            os.chdir("d" * 200)
    finally:
        os.chdir(here)
    items = found(os.fsencode(tmp_path))
    assert [type(item) for item in items] == [Unreadable]


def test_class_names_are_tidied_so_that_twins_become_one() -> None:
    composed, decomposed = "Ørret é", unicodedata.normalize("NFD", "Ørret é")
    assert class_name(composed.encode()) == class_name(decomposed.encode()) == composed
    assert class_name(b" Cod  fish ") == "Cod fish"
    assert class_name(b"new\nline") == "new line"
    assert class_name(b"caf\xe9") == "café"
    assert class_name(b"  ") is None


def test_only_the_known_words_are_parts() -> None:
    assert [part_named(name) for name in (b"TRAIN", b"Valid", b"validation", b"val", b"test", b"trains", b"\xff")] == [
        "train",
        "val",
        "val",
        "val",
        "test",
        None,
        None,
    ]
