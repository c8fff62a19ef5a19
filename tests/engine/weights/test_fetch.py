"""Fetching weights from a hub that stands on this machine."""

import hashlib
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest
from filelock import FileLock
from safetensors.numpy import save

from engine.base.errors import DamagedInput, Stopped, StorageError, UserError
from engine.base.events import Event, Phase
from engine.base.stop import StopToken
from engine.recipe.catalogue import HubFacts
from engine.weights import hub as hub_module
from engine.weights.fetch import fetch_weights
from engine.weights.library import KeptWeights, find_weights, kept_weights
from tests.engine.hub_stand_in import Hub, some_weights

FACTS = HubFacts(
    architecture="small_net.some_tag",
    title="A small network",
    repo="owner/small_net.some_tag",
    licence="Apache-2.0",
    n_parameters=100_000,
    n_buffers=0,
    native_size=32,
    top1=50.0,
    top1_size=32,
    source="a table",
)
PATH = "/owner/small_net.some_tag/resolve/main/model.safetensors"
WHOLE = some_weights()


class Run:
    """One fetch, its events, and a stop after a number of them."""

    def __init__(self, hub: Hub, library: Path, facts: HubFacts = FACTS) -> None:
        self.hub, self.library, self.facts = hub, library, facts
        self.events: list[Event] = []
        self.stop = StopToken()
        self.stop_at: int | None = None

    def __call__(self) -> KeptWeights:
        return fetch_weights(self.facts, self.library, emit=self.emit, stop=self.stop, hub=self.hub.url)

    def emit(self, event: Event) -> None:
        self.events.append(event)
        if self.stop_at is not None and isinstance(event, Phase) and event.done >= self.stop_at:
            self.stop.request()


@pytest.fixture
def fetching(hub: Hub, tmp_path: Path) -> Run:
    hub.files[PATH] = WHOLE
    return Run(hub, tmp_path)


def interrupted(run: Run, monkeypatch: pytest.MonkeyPatch) -> int:
    """The fetch is stopped on the way; the number of bytes it kept."""
    monkeypatch.setattr(hub_module, "_BLOCK", 10_000)
    monkeypatch.setattr("engine.base.meter.MIN_GAP_SECONDS", 0.0)
    first = Run(run.hub, run.library, run.facts)
    first.stop_at = 1
    with pytest.raises(Stopped):
        first()
    return next(run.library.glob(".*.part")).stat().st_size


def ranges(hub: Hub) -> list[str | None]:
    return [asked for path, asked in hub.asked if path.startswith("/store")]


def test_fetched_weights_are_in_the_library_with_all_that_is_known_of_them(fetching: Run) -> None:
    kept = fetching()
    assert kept.path.read_bytes() == WHOLE
    assert kept_weights(fetching.library) == (kept,)
    assert kept.info.sha256 == hashlib.sha256(WHOLE).hexdigest()
    assert (kept.info.licence, kept.info.origin, kept.info.n_bytes) == ("Apache-2.0", "fetched", len(WHOLE))
    assert kept.info.source == fetching.hub.url + PATH
    assert find_weights(fetching.library, "small_net") == kept
    assert find_weights(fetching.library, "small_net.some_tag") == kept


def test_weights_that_are_here_are_not_fetched_again(fetching: Run) -> None:
    kept = fetching()
    fetching.hub.asked.clear()
    assert fetching() == kept
    assert fetching.hub.asked == []


def test_progress_counts_bytes_to_the_end(fetching: Run) -> None:
    fetching()
    phases = [event for event in fetching.events if isinstance(event, Phase)]
    assert (phases[-1].done, phases[-1].total) == (len(WHOLE), len(WHOLE))
    assert [phase.done for phase in phases] == sorted(phase.done for phase in phases)


def test_stopped_fetch_goes_on_where_it_stopped(fetching: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    n_kept = interrupted(fetching, monkeypatch)
    assert 0 < n_kept < len(WHOLE)
    assert kept_weights(fetching.library) == ()
    fetching.hub.asked.clear()
    assert fetching().path.read_bytes() == WHOLE
    assert ranges(fetching.hub) == [f"bytes={n_kept}-"]


def test_stop_before_the_first_byte_asks_for_nothing(fetching: Run) -> None:
    fetching.stop.request()
    with pytest.raises(Stopped):
        fetching()
    assert fetching.hub.asked == []


def test_hub_that_cannot_begin_in_the_middle_is_asked_from_the_beginning(
    fetching: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupted(fetching, monkeypatch)
    fetching.hub.ranges = False
    assert fetching().path.read_bytes() == WHOLE


def test_file_that_changed_meanwhile_is_fetched_from_the_beginning(
    fetching: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupted(fetching, monkeypatch)
    fetching.hub.files[PATH] = some_weights(seed=1)
    assert fetching().path.read_bytes() == some_weights(seed=1)


def test_beginning_of_a_shorter_file_is_not_taken_for_the_whole(fetching: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    n_kept = interrupted(fetching, monkeypatch)
    fetching.hub.files[PATH] = some_weights(seed=1, n_bytes=n_kept // 2)
    assert fetching().path.read_bytes() == some_weights(seed=1, n_bytes=n_kept // 2)


def test_beginning_that_is_already_the_whole_is_taken(fetching: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    interrupted(fetching, monkeypatch)
    next(fetching.library.glob(".*.part")).write_bytes(WHOLE)
    assert fetching().path.read_bytes() == WHOLE


def test_line_that_breaks_again_and_again_brings_the_file_in_pieces(fetching: Run) -> None:
    fetching.hub.break_after = 150_000
    assert fetching().path.read_bytes() == WHOLE
    assert len(ranges(fetching.hub)) == 3


def test_line_that_brings_nothing_is_given_up_and_what_there_is_kept(
    fetching: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    n_kept = interrupted(fetching, monkeypatch)
    fetching.hub.break_after = 0
    with pytest.raises(UserError, match="cannot be reached") as told:
        fetching()
    assert "kept" in told.value.safe
    assert next(fetching.library.glob(".*.part")).stat().st_size == n_kept


def test_content_other_than_announced_is_refused_and_not_kept(fetching: Run) -> None:
    fetching.hub.announces = hashlib.sha256(b"something else").hexdigest()
    with pytest.raises(DamagedInput, match="not what was announced"):
        fetching()
    assert [path.name for path in fetching.library.iterdir() if not path.name.endswith(".lock")] == []


def test_content_must_have_the_digest_that_the_catalogue_knows(fetching: Run) -> None:
    fetching.facts = replace(FACTS, sha256="0" * 64)
    with pytest.raises(DamagedInput, match="not what was announced"):
        fetching()


def test_file_that_is_no_weights_is_refused_and_not_kept(fetching: Run) -> None:
    for content in (b"<html>log in first</html>" * 99, save({"nothing": np.zeros(0, np.float32)})[:4], save({})):
        fetching.hub.files[PATH] = content
        with pytest.raises(DamagedInput, match="no file of weights"):
            fetching()
        assert kept_weights(fetching.library) == ()
        assert not list(fetching.library.glob("*.safetensors"))


@pytest.mark.parametrize(
    ("status", "said"),
    [(401, "only to people it knows"), (403, "only to people it knows"), (404, "has no model"), (503, "be reached")],
)
def test_refusals_are_told_with_what_to_do(fetching: Run, status: int, said: str) -> None:
    fetching.hub.status = status
    with pytest.raises(UserError, match=said) as told:
        fetching()
    assert "import" in told.value.advice


def test_a_busy_hub_is_asked_three_times_and_one_without_the_file_once(fetching: Run) -> None:
    for status, n_times in ((503, 3), (404, 1)):
        fetching.hub.asked.clear()
        fetching.hub.status = status
        with pytest.raises(UserError):
            fetching()
        assert len(fetching.hub.asked) == n_times


def test_hub_that_is_not_there_is_told_as_such(fetching: Run) -> None:
    fetching.hub.url = "http://127.0.0.1:9"
    with pytest.raises(UserError, match="cannot be reached"):
        fetching()


def test_hub_may_not_send_us_to_a_file_of_this_machine(fetching: Run, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(WHOLE)
    fetching.hub.moved_to = (tmp_path / "secret").as_uri()
    with pytest.raises(UserError):
        fetching()
    assert kept_weights(fetching.library) == ()


def test_disk_without_room_is_told_before_anything_is_fetched(fetching: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub_module, "_SPARE_BYTES", 1 << 60)
    with pytest.raises(StorageError, match="are free"):
        fetching()
    assert not list(fetching.library.glob(".*.part"))


def test_same_weights_are_fetched_by_one_at_a_time(fetching: Run) -> None:
    with FileLock(fetching.library / ".small_net.some_tag.safetensors.lock"), pytest.raises(UserError, match="already"):
        fetching()


def test_description_beside_the_file_can_be_read_by_people(fetching: Run) -> None:
    kept = fetching()
    text = kept.path.with_suffix(".json").read_text("utf-8")
    assert msgspec.json.decode(text)["architecture"] == "small_net.some_tag"
    assert len(text.splitlines()) > 5
