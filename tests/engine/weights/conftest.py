"""The hub that stands on this machine."""

from collections.abc import Iterator

import pytest

from tests.engine.hub_stand_in import Hub, standing_hub


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    with standing_hub(monkeypatch) as state:
        yield state
