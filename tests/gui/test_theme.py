"""Every text can be read in both schemes, and every class can be seen."""

import pytest
from PySide6.QtWidgets import QApplication

from engine.project.classes import COLOURS
from gui.core import theme

AA_TEXT, AA_SIGN = 4.5, 3.0
TEXT_ON = [
    ("text", "window"), ("text", "surface"), ("text", "sunken"), ("text", "raised"), ("text", "hover"),
    ("text", "accent_soft"), ("text", "warning_soft"), ("text_muted", "window"), ("text_muted", "surface"),
    ("text_muted", "sunken"), ("on_accent", "accent"), ("on_accent", "accent_hover"), ("accent", "surface"),
    ("accent", "window"), ("accent", "raised"), ("danger", "surface"), ("danger", "raised"), ("success", "raised"),
    ("warning", "surface"), ("info", "raised"), ("viewer_text", "viewer_ground"),
]  # fmt: skip


@pytest.mark.parametrize("scheme", theme.SCHEMES)
@pytest.mark.parametrize(("ink", "ground"), TEXT_ON)
def test_text_reads_on_its_ground(scheme: theme.Scheme, ink: str, ground: str) -> None:
    tokens = theme.SCHEMES[scheme]
    assert theme.contrast(tokens[ink], tokens[ground]) >= AA_TEXT


@pytest.mark.parametrize("scheme", theme.SCHEMES)
def test_the_edge_of_a_control_can_be_seen(scheme: theme.Scheme) -> None:
    tokens = theme.SCHEMES[scheme]
    assert theme.contrast(tokens["border_strong"], tokens["surface"]) >= AA_SIGN


@pytest.mark.parametrize("scheme", theme.SCHEMES)
def test_the_lines_of_a_plot_stand_out_and_differ(scheme: theme.Scheme) -> None:
    tokens = theme.SCHEMES[scheme]
    lines = [value for name, value in tokens.items() if name.startswith("plot_line")]
    assert min(theme.contrast(value, tokens["plot_ground"]) for value in lines) >= AA_SIGN
    assert len(set(lines)) == len(lines) == 6


@pytest.mark.parametrize("scheme", theme.SCHEMES)
def test_every_class_colour_stands_out(qapp: QApplication, scheme: theme.Scheme) -> None:
    theme.apply(qapp, scheme)
    drawn = [theme.class_colour(value).name() for value in COLOURS]
    assert min(theme.contrast(value, theme.token("surface")) for value in drawn) >= AA_SIGN
    assert len(set(drawn)) == len(COLOURS)


def test_both_schemes_have_the_same_tokens() -> None:
    assert theme.LIGHT.keys() == theme.DARK.keys()


@pytest.mark.parametrize(("ground", "ink"), [("#ffffff", "#101214"), ("#000000", "#ffffff"), ("#332288", "#ffffff")])
def test_text_on_a_colour_is_whichever_reads_better(ground: str, ink: str) -> None:
    assert theme.on_colour(ground) == ink


def test_contrast_of_black_on_white_is_21() -> None:
    assert theme.contrast("#000000", "#ffffff") == pytest.approx(21.0)
