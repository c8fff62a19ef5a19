"""Photos before and after augmentation beside its settings in the recipe dialog: live, only the newest counts."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from engine.base.events import AnyEvent, Ended
from engine.data.augment_preview import AugmentPreview, write_preview
from engine.jobs.spec import AnySpec, PreviewAugmentSpec
from engine.recipe.presets import PRESETS
from gui.app import Application
from gui.dialogs.recipe import RecipeDialog
from gui.pages.train import TrainPage
from tests.gui.fake_runner import TestRunners
from tests.gui.helpers import open_dialog, wait_quiet
from tests.gui.test_accessible_names import unnamed

SIDE = 8


def draw(spec: AnySpec) -> list[AnyEvent]:
    """Grey photos, the brighter the more they are turned; without augmentation there is a failure to tell of."""
    assert isinstance(spec, PreviewAugmentSpec)
    if spec.augment.colour == 1.0:
        return [Ended(reason="failed", user_text="Too colourful.", advice="Choose less.")]
    p = len(spec.photos)
    shares = np.tile(np.eye(p, dtype=np.float32)[:, None], (1, spec.n_drawn, 1))
    if spec.augment.mixup:
        shares[0, 0] = [0.75, 0.25, *np.zeros(p - 2)]
    seen = np.zeros((p, SIDE, SIDE, 3), dtype=np.uint8)
    drawn = np.full((p, spec.n_drawn, SIDE, SIDE, 3), spec.augment.rotate, dtype=np.uint8)
    preview = AugmentPreview(
        photo_ids=np.array([photo.photo_id for photo in spec.photos]), seen=seen, drawn=drawn, shares=shares
    )
    write_preview(Path(os.fsdecode(spec.out)), preview)
    return []


@pytest.fixture
def dialog(qtbot: QtBot, opened: Application, runners: TestRunners) -> RecipeDialog:
    """The dialog of a recipe that trains a network, at its augmentation; nothing is drawn yet."""
    runners.scripted.script = draw
    opened.window.turn_to("train")
    wait_quiet(qtbot, opened)
    page = opened.window.page()
    assert isinstance(page, TrainPage)
    page.setup.card.choose("from_scratch")
    page.setup.card.edit.click()
    dialog = open_dialog(qtbot, RecipeDialog)
    dialog.form.show_section("augment")
    assert runners.scripted.specs == []
    dialog.form.preview.click()
    assert dialog.augments.said() == "Drawing your photos…"
    qtbot.waitUntil(lambda: bool(dialog.augments.sheet.cells()))
    return dialog


def brightness(dialog: RecipeDialog) -> int:
    """Of the first change of the first photo."""
    return dialog.augments.sheet.cells()[0][1].picture.pixmap().toImage().pixelColor(0, 0).red()


def specs(runners: TestRunners) -> list[PreviewAugmentSpec]:
    return [spec for spec in runners.scripted.specs if isinstance(spec, PreviewAugmentSpec)]


def test_the_photos_follow_the_settings(
    qtbot: QtBot, opened: Application, runners: TestRunners, dialog: RecipeDialog
) -> None:
    assert specs(runners)[-1].augment == PRESETS["from_scratch"].training.augment
    cells = dialog.augments.sheet.cells()
    assert len(cells) == len(opened_classes(qtbot, opened)), "one photo of each class"
    assert "as it is" in cells[0][0].picture.accessibleName()
    assert "as training sees it, 1" in cells[0][1].picture.accessibleName()
    assert unnamed(dialog) == []
    rotate = dialog.form.form("training", "augment").editor("rotate").control
    for value in (90, 120, 150):
        rotate.setValue(value)
    qtbot.waitUntil(lambda: brightness(dialog) == 150)
    n_asked, seed = len(specs(runners)), specs(runners)[-1].seed
    dialog.augments.again.click()
    qtbot.waitUntil(lambda: len(specs(runners)) == n_asked + 1)
    assert specs(runners)[-1].seed == seed + 1
    qtbot.waitUntil(lambda: brightness(dialog) == 150)
    dialog.reject()
    wait_quiet(qtbot, opened)


def opened_classes(qtbot: QtBot, opened: Application) -> list[str]:
    from tests.gui.helpers import asked

    return [row.name for row in asked(qtbot, opened, lambda project: project.browse.classes()) if row.n_photos]


def test_mixed_photos_fixed_versions_and_failures_are_told(
    qtbot: QtBot, opened: Application, dialog: RecipeDialog
) -> None:
    form = dialog.form.form("training", "augment")
    form.editor("mixup").control.setValue(0.5)
    qtbot.waitUntil(lambda: "25 %" in dialog.augments.sheet.cells()[0][1].picture.accessibleName())
    assert "mixed in pairs" in dialog.augments.said()
    form.editor("up_front").control.setChecked(True)
    qtbot.waitUntil(lambda: len(dialog.augments.sheet.cells()[0]) == 9)
    form.editor("colour").control.setValue(1.0)
    qtbot.waitUntil(lambda: dialog.augments.said() == "Too colourful. Choose less.")
    assert not dialog.augments.sheet.cells()
    form.editor("colour").control.setValue(0.5)
    qtbot.waitUntil(lambda: bool(dialog.augments.sheet.cells()))
    dialog.form.set_recipe(PRESETS["quick"])
    dialog.augments.show_recipe(PRESETS["quick"])
    assert "no photo is changed" in dialog.augments.said()
    dialog.reject()
    wait_quiet(qtbot, opened)


def test_photos_selected_on_the_photos_page_can_be_shown(
    qtbot: QtBot, opened: Application, runners: TestRunners
) -> None:
    runners.scripted.script = draw
    page = opened.window.page()
    wait_quiet(qtbot, opened)
    chosen = [page.photos.id_at(at) for at in (1, 2)]
    page.grid.select_ids(chosen)
    opened.window.turn_to("train")
    wait_quiet(qtbot, opened)
    card = opened.window.page().setup.card
    card.choose("from_scratch")
    card.edit.click()
    dialog = open_dialog(qtbot, RecipeDialog)
    dialog.views.setCurrentWidget(dialog.augments)
    qtbot.waitUntil(lambda: bool(dialog.augments.sheet.cells()))
    assert [photo.photo_id for photo in specs(runners)[-1].photos] == chosen
    dialog.augments.source.setCurrentIndex(0)
    qtbot.waitUntil(lambda: [photo.photo_id for photo in specs(runners)[-1].photos] != chosen)
    dialog.reject()
    wait_quiet(qtbot, opened)
