"""A recipe whose pretrained weights are not here: said where it is chosen and edited, with a clear choice."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from pytestqt.qtbot import QtBot
from safetensors.numpy import save

from engine.base.dirs import weights_dir
from engine.recipe.head_cfg import DenseHeadCfg
from engine.recipe.model_cfg import BackboneCfg
from engine.recipe.presets import PRESETS
from engine.weights.library import WeightsInfo, keep_info
from gui.app import Application
from gui.dialogs.recipe import RecipeDialog
from gui.pages.train import TrainPage
from gui.pages.weights import WeightsDialog
from tests.gui.helpers import open_dialog, wait_quiet
from tests.gui.test_accessible_names import unnamed

# Asked by `.ci/run`, and by `pytest -m slow`.
pytestmark = pytest.mark.slow

TEXT = "There are no pretrained weights for vgg19 on this machine."


@pytest.fixture
def page(qtbot: QtBot, opened: Application) -> TrainPage:
    """The Train page with a recipe that builds on VGG19."""
    opened.window.turn_to("train")
    wait_quiet(qtbot, opened)
    page = opened.window.page()
    assert isinstance(page, TrainPage)
    recipe = msgspec.structs.replace(PRESETS["quick"], model=BackboneCfg(backbone="timm/vgg19"))
    page.recipes.keep(msgspec.structs.replace(recipe, name="vgg", title="Quick with VGG19"))
    qtbot.waitUntil(lambda: page.setup.card.missing.said() == TEXT, timeout=20_000)
    return page


def put_in_library() -> None:
    """Somebody has got the weights."""
    path = weights_dir() / "vgg19.tv_in1k.safetensors"
    path.write_bytes(save({"layer": np.zeros(4, np.float32)}))
    info = WeightsInfo(
        architecture="vgg19.tv_in1k", title="VGG19", n_classes=1000, origin="fetched", source="hub",
        licence="BSD-3-Clause", sha256="0" * 64, n_bytes=16,
    )  # fmt: skip
    keep_info(path, info)


def test_getting_the_weights_leads_to_the_network_and_ends_the_warning(
    qtbot: QtBot, opened: Application, page: TrainPage
) -> None:
    page.setup.card.choose("quick")
    qtbot.waitUntil(lambda: page.setup.card.missing.said() == "")
    page.setup.card.choose("vgg")
    qtbot.waitUntil(lambda: page.setup.card.missing.said() == TEXT)
    page.setup.card.missing.get.click()
    dialog = open_dialog(qtbot, WeightsDialog)
    qtbot.waitUntil(lambda: dialog.page.chosen() is not None and dialog.page.chosen().row.name == "timm/vgg19")
    put_in_library()
    opened.session.weights_changed.emit()
    qtbot.waitUntil(lambda: page.setup.card.missing.said() == "")
    dialog.reject()


def test_training_from_scratch_is_the_other_choice_in_the_dialog_and_on_the_card(
    qtbot: QtBot, opened: Application, page: TrainPage
) -> None:
    page.setup.card.edit.click()
    dialog = open_dialog(qtbot, RecipeDialog)
    qtbot.waitUntil(lambda: dialog.missing.said() == TEXT)
    assert unnamed(dialog) == []
    dialog.missing.get.click()
    weights = open_dialog(qtbot, WeightsDialog)
    assert weights.parent() is dialog
    weights.reject()
    dialog.missing.scratch.click()
    qtbot.waitUntil(lambda: dialog.missing.said() == "")
    assert dialog.form.recipe().model.weights == "none"
    assert "model.weights" in [row.place for row in dialog.changes.model.rows()]
    dialog.reject()
    card = page.setup.card
    card.missing.scratch.click()
    qtbot.waitUntil(lambda: card.recipe().title == "Quick with VGG19 from scratch")
    assert card.recipe().model == BackboneCfg(backbone="timm/vgg19", weights="none")
    assert isinstance(card.recipe().head, DenseHeadCfg)
    qtbot.waitUntil(lambda: card.missing.said() == "")
    wait_quiet(qtbot, opened)
