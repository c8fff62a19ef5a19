"""Fixtures for running backbones."""

import pytest

from engine.nets.backbones import Backbone, load_backbone


@pytest.fixture(scope="session")
def backbone() -> Backbone:
    """The built-in backbone, loaded once."""
    return load_backbone("efficientnet_lite0")
