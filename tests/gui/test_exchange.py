"""Tables and manifests come in by a look at them first; photos and labels go out into a new folder."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QLabel
from pytestqt.qtbot import QtBot

from engine.exchange.catalogue import Catalogue, CataloguePhoto
from engine.host.local import LocalRunner
from gui.app import Application
from gui.dialogs.export_photos import ExportPhotosDialog
from gui.dialogs.import_preview import ImportPreviewDialog
from gui.dialogs.import_table import ImportTableDialog
from gui.dialogs.read_manifest import ReadManifestDialog
from gui.dialogs.row_problems import RowProblemsDialog
from tests.gui.fake_runner import TestRunners
from tests.gui.helpers import draw_photo, open_dialog, wait_quiet
from tests.gui.test_accessible_names import unnamed

SITES = "site;species;image;depth\nnorth;Ling;0000;12\nnorth;Cod;0001.jpg;\nsouth;;seal.jpg;3\n"


def told(qtbot: QtBot, application: Application) -> dict[str, CataloguePhoto]:
    """What is said of each photo, by file name."""
    answers: list[Catalogue] = []
    application.session.store.ask(lambda project: project.exchange.catalogue(), answers.append)
    qtbot.waitUntil(lambda: bool(answers))
    return {photo.rel_path.rpartition("/")[2]: photo for photo in answers[0].photos}


def read_table(qtbot: QtBot, application: Application, file: Path) -> ImportTableDialog:
    assert application.window.drops.promise((os.fsencode(file),)) == f"Drop to read {file.name}"
    application.window.drops.take((os.fsencode(file),))
    dialog = open_dialog(qtbot, ImportTableDialog)
    assert isinstance(dialog, ImportTableDialog)
    return dialog


def test_a_table_is_looked_at_and_taken_in(qtbot: QtBot, opened: Application, tmp_path: Path) -> None:
    (tmp_path / "sites.csv").write_text(SITES, "utf-8")
    dialog = read_table(qtbot, opened, tmp_path / "sites.csv")
    assert dialog.accept_button is not None
    qtbot.waitUntil(dialog.accept_button.isEnabled)
    assert dialog.key.currentText() == "image"
    assert dialog.preview.model().rowCount() == 3
    assert unnamed(dialog) == []
    dialog.problems_button.click()
    problems = open_dialog(qtbot, RowProblemsDialog)
    assert unnamed(problems) == []
    problems.reject()
    dialog.key.setCurrentIndex(0)
    dialog.key.activated.emit(0)
    wait_quiet(qtbot, opened)
    assert not dialog.accept_button.isEnabled()
    dialog.key.setCurrentIndex(2)
    dialog.key.activated.emit(2)
    qtbot.waitUntil(dialog.accept_button.isEnabled)
    assert not dialog.replace.isEnabled()
    dialog.labels.setCurrentIndex(2)
    dialog.labels.activated.emit(2)
    assert dialog.replace.isEnabled()
    dialog.columns.model().setData(
        dialog.columns.model().index(3, 0), Qt.CheckState.Unchecked, Qt.ItemDataRole.CheckStateRole
    )
    with qtbot.waitSignal(opened.session.changed):
        dialog.accept()
    photos = told(qtbot, opened)
    assert [photos[name].columns for name in ("0000.jpg", "0001.jpg")] == [(("site", "north"),)] * 2
    assert photos["0000.jpg"].label == "Cod", "labels that are there stay"
    assert "stays Cod" in opened.session.notices.history[-1].advice
    opened.window.commands.actions["undo"].trigger()
    wait_quiet(qtbot, opened)
    assert told(qtbot, opened)["0000.jpg"].columns == ()


def test_what_is_of_no_use_is_refused_in_words(qtbot: QtBot, opened: Application, tmp_path: Path) -> None:
    (tmp_path / "seals.csv").write_text("image,site\nseal.jpg,x\n", "utf-8")
    dialog = read_table(qtbot, opened, tmp_path / "seals.csv")
    qtbot.waitUntil(lambda: "No column" in dialog._headline.text())
    assert dialog.accept_button is not None
    assert not dialog.accept_button.isEnabled()
    dialog.reject()
    history = opened.session.notices.history
    for name in ("x.csv", "x.json"):
        (tmp_path / name).write_bytes(b"\0\1\2")
        n_before = len(history)
        with qtbot.waitSignal(opened.session.notices.posted):
            opened.window.exchange.read(os.fsencode(tmp_path / name))
        assert [notice.level for notice in history[n_before:]] == ["error"]
        assert history[-1].safe


def test_photos_go_out_and_come_back_with_their_labels(
    qtbot: QtBot, opened: Application, runners: TestRunners, tmp_path: Path
) -> None:
    runners.scripted = LocalRunner()  # type: ignore[assignment]
    opened.window.commands.actions["export_photos"].trigger()
    dialog = open_dialog(qtbot, ExportPhotosDialog)
    assert isinstance(dialog, ExportPhotosDialog)
    assert unnamed(dialog) == []
    assert dialog.accept_button is not None
    assert dialog.accept_button.isEnabled()
    dialog.name.setText("photos")
    assert not dialog.accept_button.isEnabled(), "a folder of that name is there"
    for name, place in (("x" * 300, str(tmp_path)), ("Out", ""), ("Out", "~nobody-here")):
        dialog.name.setText(name)
        dialog.place.setText(place)
        assert not dialog.accept_button.isEnabled(), "there cannot be such a folder"
    dialog.place.setText(str(tmp_path))
    dialog.name.setText("Out")
    dialog.form.setCurrentIndex(dialog.form.findData("coco-camera-traps"))
    dialog.none.setChecked(True)
    dialog.form.setCurrentIndex(dialog.form.findData("imagefolder"))
    assert dialog.copy.isChecked(), "this form is made of photos"
    dialog.form.setCurrentIndex(dialog.form.findData("csv"))
    dialog.accept()
    qtbot.waitUntil(lambda: "15 photos exported" in opened.session.notices.history[-1].text)
    out = tmp_path / "Out"
    assert json.loads((out / "fieldmark-export.json").read_bytes())["n_photos"] == 15
    # The same with one photo more, and another label.
    draw_photo(out / "new.jpg", 99)
    text = (out / "manifest.csv").read_text("utf-8").replace("Cod/0000.jpg,Cod", "Cod/0000.jpg,Ling")
    (out / "manifest.csv").write_text(text + "new.jpg,Ling\ngone.jpg,Ling\n", "utf-8")
    opened.window.imports.preview((os.fsencode(out),))
    preview = open_dialog(qtbot, ImportPreviewDialog)
    qtbot.waitUntil(lambda: preview.summary.contents is not None)
    texts = [one.text() for one in preview.summary.findChildren(QLabel)]
    assert any(text.startswith("manifest.csv may say what the photos show.") for text in texts)
    preview.reject()
    opened.window.exchange.read(os.fsencode(out / "manifest.csv"))
    plan = open_dialog(qtbot, ReadManifestDialog)
    assert unnamed(plan) == []
    plan.findChild(QCheckBox).setChecked(True)
    plan.accept()
    qtbot.waitUntil(lambda: "1 photo added" in opened.session.notices.history[-1].text)
    photos = told(qtbot, opened)
    assert (len(photos), photos["new.jpg"].label, photos["0000.jpg"].label) == (16, "Ling", "Ling")
    shutil.rmtree(out)
