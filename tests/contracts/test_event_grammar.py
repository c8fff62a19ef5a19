"""Every job, given what it cannot work with, still says `Started`, anything, and exactly one `Ended`."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.base import events
from engine.base.stop import StopToken
from engine.host.local import LocalRunner
from engine.jobs.spec import (
    AnswerInViewsSpec,
    AnySpec,
    ClassifySpec,
    DoctorSpec,
    ExportPhotosSpec,
    ExportSpec,
    FindCopiesSpec,
    ImportSpec,
    ScoreViewsSpec,
    TrainSpec,
    decode,
    encode,
)
from engine.recipe.recipe import Recipe
from engine.recipe.views_cfg import ViewsCfg

GONE = b"/nowhere/at/all"
HOPELESS: list[AnySpec] = [
    ImportSpec(roots=(GONE,)),
    ImportSpec(roots=(GONE,), known_file=GONE),
    TrainSpec(recipe=Recipe(), manifest=GONE, run_folder=GONE, features=GONE, machine=GONE),
    ClassifySpec(model=GONE, inputs=(GONE,), machine=GONE),
    ExportSpec(run_folder=GONE, out=GONE),
    AnswerInViewsSpec(run_folder=GONE, manifest=GONE, machine=GONE, views=ViewsCfg(flip_h=True), out=GONE),
    ScoreViewsSpec(run_folder=GONE, manifest=GONE, features=GONE, machine=GONE, views=ViewsCfg(flip_h=True), out=GONE),
    DoctorSpec(out=GONE, machine=GONE),
    FindCopiesSpec(photos=GONE, thumbs=GONE, cache=GONE, out=GONE),
    ExportPhotosSpec(catalogue=GONE, out=GONE, form="csv"),
]


@pytest.mark.parametrize("spec", HOPELESS, ids=lambda spec: type(spec).__name__)
def test_grammar_holds_when_nothing_works(spec: AnySpec) -> None:
    said: list[events.AnyEvent] = []
    ended = LocalRunner().run(spec, said.append, StopToken())
    assert isinstance(said[0], events.Started)
    assert said[-1] == ended
    assert sum(isinstance(event, events.Ended) for event in said) == 1
    assert sum(isinstance(event, events.Started) for event in said) == 1
    if ended.reason == "failed":
        assert ended.error_code != "bug", ended.details


@pytest.mark.parametrize("spec", HOPELESS, ids=lambda spec: type(spec).__name__)
def test_specs_survive_the_wire(spec: AnySpec) -> None:
    assert decode(encode(spec)) == spec


@given(path=st.binary(min_size=1), sha=st.binary(min_size=32, max_size=32), name=st.text())
def test_photos_survive_the_wire(path: bytes, sha: bytes, name: str) -> None:
    photo = events.FoundPhoto(
        path=path, sha256=sha, n_bytes=1, mtime_ns=2, width=3, height=4, format="JPEG", folder_class=_text(name)
    )
    event = events.PhotosFound(rows=(photo,))
    line = events.encode(event)
    assert b"\n" not in line
    assert events.decode(line) == event


def _text(name: str) -> str:
    # Class names are cleaned before they travel: lone surrogates cannot be in them.
    return name.encode("utf-8", "replace").decode()


def test_every_event_has_a_place_in_the_union() -> None:
    kinds = {kind for kind in vars(events).values() if isinstance(kind, type) and issubclass(kind, events.Event)}
    assert kinds - {events.Event} == set(events.AnyEvent.__args__)


def test_no_job_is_without_a_module() -> None:
    from engine.jobs.table import _MODULES

    folder = Path(events.__file__).parents[1] / "jobs"
    assert {module.rsplit(".", 1)[1] for module, _ in _MODULES.values()} <= {path.stem for path in folder.glob("*.py")}
