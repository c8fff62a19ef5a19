"""Journeys drive the whole window."""

from tests.gui.conftest import (  # noqa: F401 - fixtures
    application,
    class_folders,
    opened,
    pytest_collection_modifyitems,
    runners,
    session,
    settings,
)
