"""Dropped files keep the bytes of their names."""

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QUrl

from gui.core.drops import has_files, paths_in
from tests.gui.helpers import uri_list


@pytest.mark.parametrize(
    "path",
    [b"/photos/Cod", b"/with space/\xc3\xa4", b"/not utf-8/\xff\xfe", b"/100%/a#b?c", b"/new\nline", "/鱼/🐟".encode()],
)
def test_a_name_comes_out_as_the_bytes_it_is(path: bytes) -> None:
    assert paths_in(uri_list(path)) == (path,)


def test_several_things_keep_their_order() -> None:
    assert paths_in(uri_list(Path("/b"), Path("/a"))) == (b"/b", b"/a")


def test_a_slash_at_the_end_of_a_folder_does_not_count() -> None:
    assert paths_in(uri_list(b"/photos/Cod/")) == (b"/photos/Cod",)


def test_what_is_not_on_this_machine_is_left_out() -> None:
    mime = QMimeData()
    mime.setUrls([QUrl("https://example.org/a.jpg"), QUrl("file://server/share/b.jpg"), QUrl("file:///c.jpg")])
    assert paths_in(mime) == (b"/c.jpg",)


def test_text_is_no_drop_of_files() -> None:
    mime = QMimeData()
    mime.setText("/photos/Cod")
    assert not has_files(mime)
