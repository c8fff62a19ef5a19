"""Networks trained as a whole: they learn, stop, pause, resume to the same numbers, and survive what goes wrong."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pytest
import torch

from engine.base.errors import Stopped, UserError
from engine.base.events import (
    Answered,
    AnyEvent,
    Checkpointed,
    Classified,
    Epoch,
    NetworkReady,
    Notice,
    Paused,
    ResultReady,
    Score,
    Step,
    decode,
)
from engine.base.fspath import to_bytes, to_path
from engine.base.stop import StopToken
from engine.data.manifest import Manifest
from engine.data.predictions import read_predictions
from engine.insight.curve_files import read_curves
from engine.insight.verdicts import verdicts
from engine.jobs import classify, export, train
from engine.jobs.spec import ClassifySpec, ExportSpec, TrainSpec, encode
from engine.project.run_facts import run_facts
from engine.recipe.head_cfg import DenseCfg, DenseHeadCfg
from engine.recipe.model_cfg import BuiltCfg, blocks
from engine.recipe.recipe import InputCfg, Recipe
from engine.recipe.training_cfg import AugmentCfg, OptimCfg, ScheduleCfg, StageCfg, StoppingCfg, TrainingCfg
from engine.train import learner, loop
from tests.helpers.learning import Heard, draw_photos, drawing, manifest_of, train_spec

pytestmark = pytest.mark.usefixtures("one_thread")

SIDE = 32
ROOT = Path(train.__file__).parents[2]
TRAINING = TrainingCfg(
    stages=(StageCfg(epochs=3, lr=3e-3),),
    batch=8,
    augment=AugmentCfg(flip_h=0.5, shift=0.1),
    optim=OptimCfg(name="adamw"),
    schedule=ScheduleCfg(kind="cosine", warmup=0.1),
)
CNN = Recipe(
    name="cnn",
    title="Small network",
    input=InputCfg(size=SIDE),
    model=BuiltCfg(layers=blocks((8, 16), norm=True)),
    head=DenseHeadCfg(dense=(DenseCfg(width=16, dropout=0.1),)),
    training=TRAINING,
)


def changed(recipe: Recipe = CNN, **training: object) -> Recipe:
    assert recipe.training is not None
    return msgspec.structs.replace(recipe, training=msgspec.structs.replace(recipe.training, **training))


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Manifest:
    """Three classes of twenty drawn photos: four of each to test, four to judge the epochs."""
    manifest = manifest_of(draw_photos(tmp_path_factory.mktemp("network"), 20), n_test=4)
    seen: dict[int, int] = {}
    rows = []
    for photo in manifest.photos:
        seen[photo.class_no] = seen.get(photo.class_no, 0) + (photo.part == "train")
        part = "val" if photo.part == "train" and seen[photo.class_no] <= 4 else photo.part
        rows.append(msgspec.structs.replace(photo, part=part))
    return msgspec.structs.replace(manifest, photos=tuple(rows))


Make = Callable[..., TrainSpec]


@pytest.fixture
def make(tmp_path: Path, photos: Manifest) -> Make:
    """`make(recipe, name)` is a job with a run folder of its own; caches are shared within a test."""

    def spec(recipe: Recipe = CNN, name: str = "run") -> TrainSpec:
        made = train_spec(tmp_path, photos, tmp_path / "machine", run=name)
        return msgspec.structs.replace(made, recipe=recipe, pixels=to_bytes(tmp_path / "pixels"))

    return spec


def carry_out(spec: TrainSpec, stop: StopToken | None = None) -> Heard:
    heard = Heard()
    train.run(spec, heard, stop or StopToken())
    return heard


def losses(spec: TrainSpec) -> dict[int, float]:
    """The loss of each step by its number, as the record has it; repeated steps count as they were last."""
    lines = (to_path(spec.run_folder) / "metrics.jsonl").read_bytes().splitlines()
    return {event.step: event.loss for event in map(decode, filter(None, lines)) if isinstance(event, Step)}


def answers(spec: TrainSpec) -> np.ndarray:
    return read_predictions(to_path(spec.run_folder) / "predictions.npz").probs


def val_losses(heard: Heard) -> list[float]:
    return [event.loss for event in heard.of(Epoch) if event.part == "val"]


def test_it_learns_and_tells_how(make: Make) -> None:
    spec = make(changed(stages=(StageCfg(epochs=20, lr=5e-3),)))
    heard = carry_out(spec)
    found = read_predictions(to_path(spec.run_folder) / "predictions.npz")
    assert len(found.photo_ids) == 12
    assert np.mean(found.probs.argmax(axis=1) == found.true_columns) > 0.7
    [ready] = heard.of(NetworkReady)
    assert (ready.n_epochs, ready.n_steps_per_epoch) == (20, 5)
    assert ready.device == ("cuda" if torch.cuda.is_available() else "cpu")
    epochs = heard.of(Epoch)
    assert [(event.epoch, event.part) for event in epochs] == [(n, p) for n in range(1, 21) for p in ("train", "val")]
    assert {event.n for event in epochs} == {36, 12}
    assert val_losses(heard)[-1] < 0.7 * val_losses(heard)[0]
    said = heard.of(Answered)[-1]
    assert (said.epoch, sum(said.answered), said.shown) == (20, 12, (4, 4, 4))
    assert [event.part for event in heard.of(Score)] == ["test"]
    assert heard.of(ResultReady)
    assert sorted(losses(spec)) == list(range(1, 101)), "every step stands in the record"
    left = {path.name for path in to_path(spec.run_folder).iterdir()}
    metrics = {"metrics.jsonl", "epochs.csv", "facts.json"}
    assert left == {"manifest.msgpack", "model.json", "net.safetensors", "predictions.npz", *metrics}


def test_the_run_says_what_it_was_and_how_it_stood_when_its_weights_were_kept(make: Make) -> None:
    spec = make()
    heard = carry_out(spec)
    facts = run_facts(to_path(spec.run_folder), "2026-05-01T10:00:00+00:00", "2026-05-01T10:03:00+00:00")
    [ready] = heard.of(NetworkReady)
    assert facts.n_parameters == facts.n_trainable == ready.n_parameters
    kept = [event.epoch for event in heard.of(Checkpointed) if event.is_best][-1]
    [val] = [event for event in heard.of(Epoch) if (event.epoch, event.part) == (kept, "val")]
    assert (facts.val_loss, facts.val_accuracy) == pytest.approx((val.loss, val.accuracy))
    assert facts.train_loss is not None
    assert facts.minutes == 3.0
    assert facts.learn_rate is not None
    assert facts.answer_rate is not None
    assert min(facts.learn_rate, facts.answer_rate) > 0


def test_the_same_seed_gives_the_same_numbers_and_another_others(make: Make) -> None:
    specs = [make(CNN, "a"), make(CNN, "b"), make(msgspec.structs.replace(CNN, seed=1), "c")]
    for spec in specs:
        carry_out(spec)
    assert losses(specs[0]) == losses(specs[1])
    assert np.array_equal(answers(specs[0]), answers(specs[1]))
    assert losses(specs[0]) != losses(specs[2])


@pytest.mark.parametrize(
    "training",
    [
        {},
        pytest.param({"ema": 0.9, "optim": OptimCfg(name="sgd")}, marks=pytest.mark.slow),
        {"stages": (StageCfg(epochs=1, layers="head"), StageCfg(epochs=2, lr=1e-3, layer_decay=0.5))},
        {"augment": AugmentCfg(mixup=0.4, cutmix=1.0, policy="trivialaugment", erase=0.5, colour=0.3, rotate=10)},
        pytest.param(
            {"schedule": ScheduleCfg(kind="plateau", patience=0, factor=0.5), "imbalance": "balanced_sampler"},
            marks=pytest.mark.slow,
        ),
    ],
    ids=["plain", "running mean", "stages", "mixed", "plateau"],
)
@pytest.mark.parametrize("stopped_at", [pytest.param(3, marks=pytest.mark.slow), 7])
def test_a_stopped_training_goes_on_to_the_same_numbers(
    make: Make, training: dict[str, object], stopped_at: int
) -> None:
    recipe = changed(**training)
    whole = make(recipe, "whole")
    carry_out(whole)
    spec, stop = make(recipe, "halves"), StopToken()
    heard = Heard()

    def emit(event: AnyEvent) -> None:
        heard(event)

    _stop_at(stop, stopped_at)
    with pytest.raises(Stopped):
        train.run(spec, emit, stop)
    _never_stop()
    assert max(losses(spec)) == stopped_at
    assert not (to_path(spec.run_folder) / "model.json").exists()
    carry_out(msgspec.structs.replace(spec, resume=True))
    assert losses(spec) == losses(whole)
    assert np.array_equal(answers(spec), answers(whole))


_real_count = loop.Fit._count


def _stop_at(stop: StopToken, step: int) -> None:
    def count(self: loop.Fit, *numbers: float) -> None:
        _real_count(self, *numbers)
        if self._progress.step == step:
            stop.request()

    loop.Fit._count = count


def _never_stop() -> None:
    loop.Fit._count = _real_count


@pytest.fixture(autouse=True)
def _as_it_was() -> object:
    yield
    _never_stop()


_KILLED = """
import os, signal, sys, torch
torch.set_num_threads(1)
from engine.base.stop import StopToken
from engine.jobs import train
from engine.jobs.spec import decode
from engine.train import checkpoint, loop
loop.CHECKPOINT_SECONDS, loop.SAVING_REST = 0.0, 0
when = int(sys.argv[1])
real, n = checkpoint.atomic_write, 0
def write(path, data):
    global n
    n += 1
    if n == when:
        # Half of the file, and dead.
        path.with_name("." + path.name + ".part").write_bytes(data[: len(data) // 2])
        os.kill(os.getpid(), signal.SIGKILL)
    real(path, data)
checkpoint.atomic_write = write
train.run(decode(sys.stdin.buffer.read()), lambda event: None, StopToken())
"""


@pytest.mark.slow
@pytest.mark.parametrize("write", [3, 4, 15])
def test_a_killed_training_goes_on_to_the_same_numbers(make: Make, write: int) -> None:
    whole, spec = make(CNN, "whole"), make(CNN, "killed")
    carry_out(whole)
    child = subprocess.run(
        [sys.executable, "-c", _KILLED, str(write)], input=encode(spec), cwd=ROOT, capture_output=True, timeout=120
    )
    assert child.returncode == -signal.SIGKILL
    carry_out(msgspec.structs.replace(spec, resume=True))
    assert losses(spec) == losses(whole)
    assert np.array_equal(answers(spec), answers(whole))


def test_a_pause_holds_it_and_changes_nothing(make: Make) -> None:
    whole, spec = make(CNN, "whole"), make(CNN, "paused")
    carry_out(whole)
    stop, said = StopToken(), []

    def emit(event: AnyEvent) -> None:
        if isinstance(event, Step) and not said:
            stop.pause()
        if isinstance(event, Paused):
            said.append(event.on)
            stop.resume()

    train.run(spec, emit, stop)
    assert said == [True, False]
    assert losses(spec) == losses(whole)


def test_it_ends_early_with_the_best_weights_when_nothing_gets_better(make: Make) -> None:
    # A rate this high learns something first and then breaks it.
    recipe = changed(
        stages=(StageCfg(epochs=30, lr=0.05),),
        schedule=ScheduleCfg(kind="constant"),
        stopping=StoppingCfg(metric="accuracy", patience=2),
    )
    spec = make(recipe)
    heard = carry_out(spec)
    accuracies = [event.accuracy for event in heard.of(Epoch) if event.part == "val"]
    best = int(np.argmax(accuracies))
    assert len(accuracies) == best + 3 < 30
    assert [event.epoch for event in heard.of(Checkpointed) if event.is_best][-1] == best + 1


def test_a_frozen_body_does_not_move_and_the_head_does(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    recipe = changed(stages=(StageCfg(epochs=2, layers="head", lr=0.01),), stopping=StoppingCfg(restore_best=False))
    states: list[dict[str, torch.Tensor]] = []
    real = learner.Learner.begin_stage

    def begin(self: learner.Learner, stage: StageCfg) -> None:
        states.append({name: t.clone() for name, t in self.network.state_dict().items()})
        real(self, stage)

    monkeypatch.setattr(learner.Learner, "begin_stage", begin)
    spec = make(recipe)
    carry_out(spec)
    from engine.nets.network import load_network

    after = load_network(recipe, 3, to_path(spec.run_folder) / "net.safetensors").state_dict()
    moved = {name for name, tensor in after.items() if not torch.equal(tensor, states[0][name])}
    assert moved
    assert all(name.startswith("head.") for name in moved), "not even the means of batch norm"


@pytest.mark.parametrize("kind", [torch.OutOfMemoryError, MemoryError])
def test_where_memory_is_short_less_is_held_at_once(
    make: Make, monkeypatch: pytest.MonkeyPatch, kind: type[Exception]
) -> None:
    real = learner.loss_of

    def loss(logits: torch.Tensor, *more: object) -> torch.Tensor:
        if len(logits) > 3:
            raise kind("out of memory")
        return real(logits, *more)

    monkeypatch.setattr(learner, "loss_of", loss)
    spec = make(changed(stages=(StageCfg(epochs=1),)))
    heard = carry_out(spec)
    assert [notice.text[:40] for notice in heard.of(Notice)] == [
        "Memory was short: 4 photos are held at o",
        "Memory was short: 2 photos are held at o",
    ]
    assert len(losses(spec)) == 5, "as many steps as ever"


def test_where_not_even_one_photo_fits_it_says_so(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    def loss(*_: object) -> torch.Tensor:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(learner, "loss_of", loss)
    with pytest.raises(UserError) as told:
        carry_out(make())
    assert "smaller photo size" in told.value.advice


def test_any_other_error_is_no_lack_of_memory(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    def loss(*_: object) -> torch.Tensor:
        raise RuntimeError("shapes do not fit")

    monkeypatch.setattr(learner, "loss_of", loss)
    with pytest.raises(RuntimeError, match="shapes"):
        carry_out(make())


def test_a_loss_that_is_no_number_lowers_the_rate_and_goes_on(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    real, n = learner.loss_of, [0]

    def loss(*given: object) -> torch.Tensor:
        n[0] += 1
        found = real(*given)
        return found * float("nan") if n[0] == 8 else found

    monkeypatch.setattr(learner, "loss_of", loss)
    spec = make()
    heard = carry_out(spec)
    [notice] = heard.of(Notice)
    assert "30%" in notice.text
    worst = verdicts(read_curves(to_path(spec.run_folder)), ("stripes", "dots", "plain"))[0]
    assert (worst.kind, worst.epoch) == ("not_a_number", 2)
    assert sorted(losses(spec)) == list(range(1, 16))
    assert np.isfinite(list(losses(spec).values())).all()
    assert np.isfinite(answers(spec)).all()


def test_a_training_that_always_diverges_ends_with_advice(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learner, "loss_of", lambda logits, *_: logits.sum() * float("nan"))
    spec = make()
    with pytest.raises(UserError) as told:
        carry_out(spec)
    assert "learning rate" in told.value.advice
    [verdict] = verdicts(read_curves(to_path(spec.run_folder)), ("stripes", "dots", "plain"))
    assert "4 times, first in epoch 1. The training ended" in verdict.text


def test_a_checkpoint_of_another_recipe_is_refused(make: Make) -> None:
    spec, stop = make(), StopToken()
    _stop_at(stop, 2)
    with pytest.raises(Stopped):
        carry_out(spec, stop)
    _never_stop()
    other = msgspec.structs.replace(spec, recipe=changed(batch=9), resume=True)
    with pytest.raises(Exception, match="another recipe"):
        carry_out(other)


def test_photos_are_decoded_once_for_all_runs(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    carry_out(make(changed(stages=(StageCfg(epochs=1),)), "first"))
    from engine.predict import features

    def never(*_: object, **__: object) -> object:
        raise AssertionError("a photo was decoded again")

    monkeypatch.setattr(features, "open_image", never)
    carry_out(make(changed(stages=(StageCfg(epochs=1),), batch=6), "second"))


def test_it_answers_the_same_from_a_bundle(make: Make, tmp_path: Path) -> None:
    spec = make()
    carry_out(spec)
    bundle = tmp_path / "m.fieldmark-model"
    export.run(ExportSpec(run_folder=spec.run_folder, out=to_bytes(bundle)), Heard(), StopToken())
    (tmp_path / "new").mkdir()
    for n in range(3):
        drawing(n, 70 + n).save(tmp_path / "new" / f"{n}.png")
    found = []
    for model in (to_path(spec.run_folder), bundle):
        heard = Heard()
        wanted = ClassifySpec(model=to_bytes(model), inputs=(to_bytes(tmp_path / "new"),), machine=spec.machine)
        classify.run(wanted, heard, StopToken())
        found.append([row.probs for event in heard.of(Classified) for row in event.rows])
    assert found[0] == found[1]
    assert len(found[0]) == 3


def test_what_it_says_of_a_photo_is_what_it_said_in_the_test(make: Make, photos: Manifest) -> None:
    spec = make()
    carry_out(spec)
    stored = read_predictions(to_path(spec.run_folder) / "predictions.npz")
    path_of = {photo.photo_id: photo.path for photo in photos.photos}
    heard = Heard()
    inputs = tuple(path_of[int(photo_id)] for photo_id in stored.photo_ids)
    classify.run(ClassifySpec(model=spec.run_folder, inputs=inputs, machine=spec.machine), heard, StopToken())
    again = {row.path: row.probs for event in heard.of(Classified) for row in event.rows}
    for at, path in enumerate(inputs):
        assert again[path] == pytest.approx(stored.probs[at].tolist(), abs=1e-4)


def test_photos_that_cannot_be_read_are_left_out_and_told(make: Make, photos: Manifest, tmp_path: Path) -> None:
    gone = msgspec.structs.replace(photos.photos[-1], path=to_bytes(tmp_path / "gone.png"), sha256=b"\1" * 32)
    from engine.data.manifest import write_manifest

    spec = make(changed(stages=(StageCfg(epochs=1),)))
    write_manifest(to_path(spec.manifest), msgspec.structs.replace(photos, photos=(*photos.photos[:-1], gone)))
    [notice] = carry_out(spec).of(Notice)
    assert notice.text.startswith("1 of 60 photos could not be read")
