"""Fixtures for jobs that learn and look."""

from pathlib import Path

import pytest

from engine.base.stop import StopToken
from engine.data.manifest import Manifest
from engine.jobs import train_quick as train
from engine.nets.source import installed
from engine.predict.variants import fastest
from tests.helpers.learning import SIZE, Heard, draw_photos, manifest_of, train_spec


@pytest.fixture(scope="session")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the fastest way to run the built-in backbone on small inputs is known."""
    folder = tmp_path_factory.mktemp("machine")
    fastest(installed("efficientnet_lite0"), SIZE, folder)
    return folder


@pytest.fixture(scope="session")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Manifest:
    """Three classes of eight drawn photos, two of each for testing."""
    return manifest_of(draw_photos(tmp_path_factory.mktemp("photos"), 8))


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory, machine: Path, manifest: Manifest) -> Path:
    """A folder with the features and the finished run (`run`) of the manifest; not to be changed."""
    folder = tmp_path_factory.mktemp("trained")
    train.run(train_spec(folder, manifest, machine), Heard(), StopToken())
    return folder
