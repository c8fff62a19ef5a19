"""A training in several processes: the curve of one process, one record, stops, pauses, deaths, and going on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pytest

from engine.base.errors import AppError, Stopped, UserError
from engine.base.events import (
    AnyEvent,
    Checkpointed,
    Epoch,
    NetworkReady,
    Notice,
    Paused,
    Phase,
    ResultReady,
    Step,
    decode,
)
from engine.base.fspath import to_bytes, to_path
from engine.base.stop import StopToken
from engine.data.manifest import Manifest
from engine.data.predictions import read_predictions
from engine.jobs import launch_ranks, train
from engine.jobs.launch_ranks import n_processes
from engine.jobs.spec import TrainSpec, encode
from engine.recipe.head_cfg import DenseCfg, DenseHeadCfg
from engine.recipe.model_cfg import BuiltCfg, blocks
from engine.recipe.recipe import InputCfg, Recipe
from engine.recipe.training_cfg import AugmentCfg, OptimCfg, ScheduleCfg, StageCfg, TrainingCfg
from tests.helpers.learning import Heard, draw_photos, manifest_of, train_spec

# Each process loads torch anew, which takes a minute where many things run at once.
pytestmark = [pytest.mark.usefixtures("one_thread"), pytest.mark.timeout(600)]

ROOT = Path(train.__file__).parents[2]
CNN = Recipe(
    name="cnn",
    title="Small network",
    input=InputCfg(size=32),
    model=BuiltCfg(layers=blocks((8, 16), norm=True)),
    head=DenseHeadCfg(dense=(DenseCfg(width=16, dropout=0.3),)),
    training=TrainingCfg(
        stages=(StageCfg(epochs=4, lr=0.01),),
        batch=8,
        augment=AugmentCfg(flip_h=0.5, shift=0.1, rotate=10.0, mixup=0.4, cutmix=1.0, colour=0.2),
        # Adam makes full steps of the rounding in gradients that are nothing, as of a bias before batch norm.
        optim=OptimCfg(name="sgd"),
        schedule=ScheduleCfg(kind="cosine", warmup=0.1),
    ),
)
Make = Callable[..., TrainSpec]


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Manifest:
    """Three classes of thirteen drawn photos: three of each to test, three to judge the epochs."""
    manifest = manifest_of(draw_photos(tmp_path_factory.mktemp("ranks"), 13), n_test=3)
    rows = [
        msgspec.structs.replace(photo, part="val") if 3 <= at % 13 < 6 else photo
        for at, photo in enumerate(manifest.photos)
    ]
    return msgspec.structs.replace(manifest, photos=tuple(rows))


@pytest.fixture
def make(tmp_path: Path, photos: Manifest) -> Make:
    """`make(processes, name)` is a job with a run folder of its own; caches are shared within a test."""

    def spec(processes: int, name: str = "run", recipe: Recipe = CNN) -> TrainSpec:
        made = train_spec(tmp_path, photos, tmp_path / "machine", run=name)
        pixels = to_bytes(tmp_path / "pixels")
        return msgspec.structs.replace(made, recipe=recipe, pixels=pixels, processes=processes)

    return spec


def carry_out(spec: TrainSpec, stop: StopToken | None = None, on: Callable[[AnyEvent], None] | None = None) -> Heard:
    heard = Heard()

    def emit(event: AnyEvent) -> None:
        heard(event)
        if on is not None:
            on(event)

    train.run(spec, emit, stop or StopToken())
    return heard


def losses(spec: TrainSpec) -> dict[int, float]:
    lines = (to_path(spec.run_folder) / "metrics.jsonl").read_bytes().splitlines()
    return {event.step: event.loss for event in map(decode, filter(None, lines)) if isinstance(event, Step)}


def judged(heard: Heard) -> list[tuple[int, int, float, float, float | None]]:
    return [(e.epoch, e.n, e.loss, e.accuracy, e.macro_f1) for e in heard.of(Epoch) if e.part == "val"]


def ranks_of(spec: TrainSpec) -> list[int]:
    """Ids of the processes that train the run."""
    wanted = os.fsencode(to_path(spec.run_folder) / launch_ranks.RANKS_FILE)
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().split(b"\0")
        except OSError:
            continue
        if wanted in words and b"torch.distributed.run" not in words:
            found.append(int(path.parent.name))
    return found


@pytest.mark.slow
def test_two_processes_come_to_what_one_comes_to(make: Make) -> None:
    one, two = make(1, "one"), make(2, "two")
    alone, pair = carry_out(one), carry_out(two)
    assert sorted(losses(two)) == sorted(losses(one)) == list(range(1, 13))
    np.testing.assert_allclose(
        [losses(two)[n] for n in range(1, 13)], [losses(one)[n] for n in range(1, 13)], rtol=1e-4
    )
    for ours, theirs in zip(judged(pair), judged(alone), strict=True):
        assert ours == pytest.approx(theirs, rel=1e-5)
    found = [read_predictions(to_path(spec.run_folder) / "predictions.npz").probs for spec in (one, two)]
    np.testing.assert_allclose(found[1], found[0], atol=1e-5)
    assert len(pair.of(NetworkReady)) == len(pair.of(ResultReady)) == 1
    assert {path.name for path in to_path(two.run_folder).iterdir()} == {
        path.name for path in to_path(one.run_folder).iterdir()
    }
    assert not pair.of(Notice)


def test_how_many_processes_train_is_asked_for_or_follows_from_the_gpus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    assert [n_processes(wanted) for wanted in (0, 1, 3)] == [1, 1, 3]
    monkeypatch.setattr("torch.cuda.is_available", lambda: True)
    monkeypatch.setattr("torch.cuda.device_count", lambda: 2)
    assert [n_processes(wanted) for wanted in (0, 1, 2)] == [2, 1, 2]
    with pytest.raises(UserError, match="2 GPUs"):
        n_processes(3)


def played(monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    """In place of torchrun a small program runs."""
    monkeypatch.setattr(launch_ranks, "_torchrun", lambda n: [sys.executable, "-c", program])


def launched(spec: TrainSpec, stop: StopToken | None = None, on: Callable[[AnyEvent], None] | None = None) -> Heard:
    heard = Heard()

    def emit(event: AnyEvent) -> None:
        heard(event)
        if on is not None:
            on(event)

    launch_ranks.launch(spec, 2, emit, stop or StopToken())
    return heard


def test_events_and_requests_pass_between_the_job_and_its_processes(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    played(
        monkeypatch,
        """if True:
        import sys
        print('not an event')
        print('{"event":"Notice","level":"info","text":"' + sys.argv[-1].rpartition("/")[2] + '"}', flush=True)
        for _ in range(3):
            word = sys.stdin.readline().strip()
            print('{"event":"Notice","level":"info","text":"' + word + '"}', flush=True)
        print('{"event":"Ended","reason":"cancelled"}', flush=True)
        """,
    )
    stop, spec, words = StopToken(), make(2), []

    def on(event: AnyEvent) -> None:
        assert isinstance(event, Notice)
        words.append(event.text)
        follow = {"ranks.json": stop.pause, "pause": stop.resume, "resume": stop.request}
        follow.get(event.text, lambda: None)()

    with pytest.raises(Stopped):
        launched(spec, stop, on)
    assert words == ["ranks.json", "pause", "resume", "stop"]
    assert not (to_path(spec.run_folder) / "ranks.json").exists()


def test_a_process_that_refuses_is_quoted_and_one_that_dies_is_told_with_what_to_do(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusal = '{"event":"Ended","reason":"failed","user_text":"No.","advice":"Stop it.","error_code":"input"}'
    played(monkeypatch, f"import sys; print('{refusal}'); sys.exit(1)")
    with pytest.raises(AppError, match=r"^No\.") as told:
        launched(make(2, "refused"))
    assert (told.value.code, told.value.advice) == ("input", "Stop it.")
    played(monkeypatch, "import sys; print('it hurts', file=sys.stderr); sys.exit(3)")
    with pytest.raises(UserError, match="ended unexpectedly") as died:
        launched(make(2, "died"))
    assert "it hurts" in died.value.details
    assert "exit status 3" in died.value.details
    assert "Go on with the run" in died.value.advice


@pytest.mark.slow
def test_a_stop_and_a_pause_reach_all_and_the_run_goes_on_in_one_process(make: Make) -> None:
    whole, spec, stop = make(1, "whole"), make(2, "halves"), StopToken()
    carry_out(whole)

    def on(event: AnyEvent) -> None:
        if isinstance(event, Step) and not stop.is_paused():
            stop.pause()
        if isinstance(event, Paused) and event.on:
            stop.resume()
        elif isinstance(event, Paused):
            stop.request()

    with pytest.raises(Stopped):
        carry_out(spec, stop, on)
    n_done = max(losses(spec))
    assert 1 <= n_done < 12
    assert ranks_of(spec) == []
    carry_out(msgspec.structs.replace(spec, resume=True, processes=1))
    np.testing.assert_allclose(list(losses(spec).values()), list(losses(whole).values()), rtol=1e-5)


@pytest.mark.slow
def test_a_process_that_is_killed_ends_the_run_which_goes_on_in_another_number(make: Make) -> None:
    whole, spec, killed = make(1, "whole"), make(2, "killed"), list[int]()
    carry_out(whole)

    def on(event: AnyEvent) -> None:
        if isinstance(event, Checkpointed) and event.step and not killed:
            killed.append(max(ranks_of(spec)))
            os.kill(killed[0], signal.SIGKILL)

    with pytest.raises(UserError, match="ended unexpectedly"):
        carry_out(spec, on=on)
    assert ranks_of(spec) == []
    carry_out(msgspec.structs.replace(spec, resume=True, processes=1))
    np.testing.assert_allclose(list(losses(spec).values()), list(losses(whole).values()), rtol=1e-5)


@pytest.mark.slow
def test_processes_end_with_the_worker_that_started_them(make: Make) -> None:
    assert CNN.training is not None
    long = msgspec.structs.replace(CNN.training, stages=(StageCfg(epochs=2000, lr=1e-3),))
    spec, ids = make(2, "orphans", msgspec.structs.replace(CNN, training=long)), list[int]()
    worker = subprocess.Popen(
        [sys.executable, "-m", "engine.host.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
    )
    assert worker.stdin is not None
    assert worker.stdout is not None
    with worker.stdin, worker.stdout:
        worker.stdin.write(b'{"command":"start","version":1,"spec":' + encode(spec) + b"}\n")
        worker.stdin.flush()
        for line in worker.stdout:
            if isinstance(decode(line), Step):
                ids = ranks_of(spec)
                worker.kill()
                break
        worker.wait()
    assert len(ids) == 2
    until = time.monotonic() + 30
    while ranks_of(spec) and time.monotonic() < until:
        threading.Event().wait(0.1)
    assert ranks_of(spec) == []


@pytest.mark.slow
def test_machines_that_torchrun_brings_together_come_to_the_same(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = make(1, "one"), make(1, "two")
    carry_out(one)
    words = {"NNODES": "2", "NODE_RANK": "0", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "29517"}
    for name, word in words.items():
        monkeypatch.setenv(f"PET_{name}", word)
    if sys.platform == "linux":
        monkeypatch.setenv("GLOO_SOCKET_IFNAME", "lo")
    second: list[subprocess.Popen[bytes]] = []

    def join(event: AnyEvent) -> None:
        path = to_path(two.run_folder) / launch_ranks.RANKS_FILE
        if isinstance(event, Phase) and event.done == event.total and not second:
            # What the job leaves there itself, a moment later.
            path.write_bytes(encode(two))
            argv = [sys.executable, "-m", "torch.distributed.run", "-m", "engine.jobs.train_rank", os.fspath(path)]
            environment = {**os.environ, "PET_NODE_RANK": "1", "OMP_NUM_THREADS": "1"}
            second.append(subprocess.Popen(argv, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL))

    carry_out(two, on=join)
    assert second[0].wait(60) == 0
    np.testing.assert_allclose(list(losses(two).values()), list(losses(one).values()), rtol=1e-5)
