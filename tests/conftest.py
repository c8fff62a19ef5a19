"""What every test stands on: no screen, no network, a home of its own."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# On photos as small as drawn ones threads wait for one another more than they work, and the tests share the cores.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import socket
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

XDG = ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME")
ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Names of folders that are not there yet; pytest's own would be looked for among thousands for each test."""
    base = tmp_path_factory.mktemp("homes")
    return (base / str(number) for number in count())


@pytest.fixture(autouse=True)
def fresh_home(homes: Iterator[Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings, caches and logs of a test lie in a folder of its own."""
    home = next(homes)
    home.mkdir()
    for name in XDG:
        monkeypatch.setenv(name, str(home / name.lower()))
    monkeypatch.setenv("HOME", str(home))
    return home


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection to anything but this machine fails the test that tries it."""
    for name in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, name, _only_here(getattr(socket.socket, name)))


def _only_here(real: Callable[[socket.socket, Any], object]) -> Callable[[socket.socket, Any], object]:
    def connect(self: socket.socket, address: Any) -> object:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in ("127.0.0.1", "::1", "localhost"):
            pytest.fail(f"the code tried to reach {address} over the network")
        return real(self, address)

    return connect


@pytest.fixture
def shared_data() -> Path:
    """The folder of real photos beside the project; tests that need it are skipped where it is absent."""
    folder = ROOT.parent / "shared" / "data"
    if not (folder / "fish14").is_dir():
        pytest.skip("the folder of real photos is not beside the project")
    return folder
