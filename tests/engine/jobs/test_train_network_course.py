"""What a training of a network makes of requests, of earlier runs and of its recipe while it runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pytest
import torch

from engine.base.errors import Stopped
from engine.base.events import AnyEvent, Checkpointed, Epoch, NetworkReady, Notice, Paused, Phase, Step
from engine.base.fspath import to_bytes, to_path
from engine.base.stop import StopToken
from engine.data.manifest import Manifest, ManifestClass
from engine.data.predictions import read_predictions
from engine.insight.curve_files import read_curves
from engine.jobs import train, train_network
from engine.jobs.spec import TrainSpec
from engine.nets.network import Network, build_network, load_network
from engine.nets.network_file import read_network
from engine.recipe.head_cfg import DenseHeadCfg
from engine.recipe.model_cfg import BuiltCfg, blocks
from engine.recipe.recipe import InputCfg, Recipe
from engine.recipe.training_cfg import AUGMENTS, AugmentCfg, OptimCfg, ScheduleCfg, StageCfg, StoppingCfg, TrainingCfg
from engine.train import judge, loop
from tests.helpers.learning import Heard, draw_photos, manifest_of, train_spec

pytestmark = pytest.mark.usefixtures("one_thread")

CNN = Recipe(
    name="cnn",
    title="Small network",
    input=InputCfg(size=32),
    model=BuiltCfg(layers=blocks((8, 16), norm=True)),
    head=DenseHeadCfg(),
    training=TrainingCfg(
        stages=(StageCfg(epochs=2, lr=3e-3),), batch=8, augment=AUGMENTS["off"], schedule=ScheduleCfg(kind="constant")
    ),
)
Make = Callable[..., TrainSpec]


def changed(recipe: Recipe = CNN, **training: object) -> Recipe:
    assert recipe.training is not None
    return msgspec.structs.replace(recipe, training=msgspec.structs.replace(recipe.training, **training))


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Manifest:
    """Three classes of twelve drawn photos: three of each to test, three to judge the epochs."""
    manifest = manifest_of(draw_photos(tmp_path_factory.mktemp("course"), 12), n_test=3)
    rows = [
        msgspec.structs.replace(photo, part="val") if 3 <= at % 12 < 6 else photo
        for at, photo in enumerate(manifest.photos)
    ]
    return msgspec.structs.replace(manifest, photos=tuple(rows))


@pytest.fixture
def make(tmp_path: Path, photos: Manifest) -> Make:
    """`make(recipe, name)` is a job with a run folder of its own; caches are shared within a test."""

    def spec(recipe: Recipe = CNN, name: str = "run", manifest: Manifest = photos, **more: object) -> TrainSpec:
        made = train_spec(tmp_path, manifest, tmp_path / "machine", run=name)
        return msgspec.structs.replace(made, recipe=recipe, pixels=to_bytes(tmp_path / "pixels"), **more)

    return spec


def carry_out(spec: TrainSpec, stop: StopToken | None = None, on: Callable[[AnyEvent], None] | None = None) -> Heard:
    heard = Heard()

    def emit(event: AnyEvent) -> None:
        heard(event)
        if on is not None:
            on(event)

    train.run(spec, emit, stop or StopToken())
    return heard


def answers(spec: TrainSpec) -> np.ndarray:
    return read_predictions(to_path(spec.run_folder) / "predictions.npz").probs


def val_epochs(heard: Heard) -> list[Epoch]:
    return [event for event in heard.of(Epoch) if event.part == "val"]


def losses(spec: TrainSpec) -> list[tuple[int, float, float]]:
    """Of each epoch, as the run's record has them."""
    rows = read_curves(to_path(spec.run_folder)).rows()
    return [(row.epoch, row.train_loss, row.val_loss) for row in rows]


def judged_by(monkeypatch: pytest.MonkeyPatch, act: Callable[[int], None]) -> None:
    """`act(n)` is called when the n-th portion of photos, from 1, is about to be judged."""
    real, n = judge.logits_of, [0]

    def logits_of(*given: object, heed: Callable[[], object], **more: object) -> object:
        def counted() -> None:
            n[0] += 1
            act(n[0])
            heed()

        return real(*given, heed=counted, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(judge, "JUDGE_BATCH", 4)
    for module in (loop, train_network):
        monkeypatch.setattr(module, "logits_of", logits_of)


# Nine photos to judge by are three portions: 2 is in the first epoch, 5 in the last one, 8 among the final answers.
@pytest.mark.parametrize(("portion", "n_steps"), [(2, 3), (5, 6), (8, 6)])
def test_a_stop_while_photos_are_judged_acts_at_once_and_loses_nothing(
    make: Make, monkeypatch: pytest.MonkeyPatch, portion: int, n_steps: int
) -> None:
    judged_by(monkeypatch, lambda n: None)
    whole, spec, stop = make(name="whole"), make(), StopToken()
    carry_out(whole)
    judged_by(monkeypatch, lambda n: stop.request() if n == portion else None)
    with pytest.raises(Stopped):
        carry_out(spec, stop)
    judged_by(monkeypatch, lambda n: None)
    again = carry_out(msgspec.structs.replace(spec, resume=True))
    assert all(event.step > n_steps for event in again.of(Step)), "no step is learned twice"
    assert losses(spec) == losses(whole)
    assert np.array_equal(answers(spec), answers(whole))


def test_a_pause_while_photos_are_judged_holds(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    stop, said = StopToken(), []
    judged_by(monkeypatch, lambda n: stop.pause() if n in (2, 8) else None)

    def on(event: AnyEvent) -> None:
        if isinstance(event, Paused):
            said.append(event.on)
            stop.resume()

    carry_out(make(), stop, on)
    assert said == [True, False, True, False]


def test_a_pause_while_photos_are_read_holds(make: Make) -> None:
    stop, said = StopToken(), []

    def on(event: AnyEvent) -> None:
        if isinstance(event, Phase) and event.name == train_network.PHASE_READING and not said:
            stop.pause()
        if isinstance(event, Paused):
            said.append(event.on)
            stop.resume()
        if isinstance(event, NetworkReady):
            assert said == [True, False]

    carry_out(make(), stop, on)
    assert said == [True, False]


def test_photos_that_judge_are_never_augmented(make: Make) -> None:
    """A network that hardly moves is judged alike whatever is done to the photos it learns from."""
    still = {"stages": (StageCfg(epochs=1, layers="head", lr=1e-8),), "optim": OptimCfg(name="sgd", weight_decay=0.0)}
    everything = AugmentCfg(
        flip_h=0.5, flip_v=0.5, rotate=90.0, zoom=0.5, colour=0.9, mixup=1.0, erase=1.0, up_front=True
    )
    heard = [
        carry_out(make(changed(augment=a, **still), name)) for a, name in ((AUGMENTS["off"], "a"), (everything, "b"))
    ]
    plain, augmented = (list(some.of(Epoch)) for some in heard)
    assert augmented[1].loss == pytest.approx(plain[1].loss, rel=1e-6)
    assert (plain[1].n, augmented[1].n) == (9, 9)
    assert (plain[0].n, augmented[0].n) == (18, 8 * 18), "each photo to learn from stands in eight versions"
    assert augmented[0].loss != pytest.approx(plain[0].loss, rel=1e-3)


def test_classes_of_few_photos_are_answered_as_often_as_others_where_they_weigh_alike(
    make: Make, photos: Manifest
) -> None:
    """Labels that have nothing to do with the photos: how often a class is answered is what its size came to."""
    rows = [msgspec.structs.replace(photo, class_no=at % 3) for at, photo in enumerate(photos.photos)]
    rare = [photo for photo in rows if photo.class_no == 2 and photo.part == "train"]
    few = msgspec.structs.replace(photos, photos=tuple(photo for photo in rows if photo not in rare[1:]))
    steady = {"stages": (StageCfg(epochs=12, layers="head", lr=3e-3),), "stopping": StoppingCfg(restore_best=False)}
    shares = {}
    for imbalance in ("none", "class_weights", "balanced_sampler"):
        spec = make(changed(imbalance=imbalance, **steady), imbalance, few)
        carry_out(spec)
        # Before the temperature, which takes all confidence from answers that are only guesses.
        plain = answers(spec) ** read_network(to_path(spec.run_folder)).info.temperature
        shares[imbalance] = float((plain / plain.sum(axis=1, keepdims=True))[:, 2].mean())
    assert shares["class_weights"] > 1.15 * shares["none"]
    assert shares["balanced_sampler"] > 1.15 * shares["none"]


def test_less_memory_means_the_same_training(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without batch norm, which looks at what is held at once, parts of a batch come to the same."""
    recipe = msgspec.structs.replace(CNN, model=BuiltCfg(layers=blocks((8, 16))))
    whole, spec = make(recipe, "whole"), make(recipe)
    wanted = carry_out(whole)
    real = Network.forward

    def forward(self: Network, x: torch.Tensor) -> torch.Tensor:
        if len(x) > 3:
            raise torch.OutOfMemoryError("out of memory")
        return real(self, x)

    monkeypatch.setattr(Network, "forward", forward)
    found = carry_out(spec)
    assert len(found.of(Notice)) == 2
    assert [e.loss for e in found.of(Epoch)] == pytest.approx([e.loss for e in wanted.of(Epoch)], rel=1e-3)
    assert np.allclose(answers(spec), answers(whole), atol=1e-3)


def test_a_lone_photo_at_the_end_of_an_epoch_is_learned_from(make: Make) -> None:
    recipe = msgspec.structs.replace(changed(batch=17), head=DenseHeadCfg(norm=True))
    heard = carry_out(make(recipe))
    assert {event.n for event in heard.of(Epoch) if event.part == "train"} == {18}


def test_weights_that_became_no_numbers_are_left_behind(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    real, n = loop.logits_of, [0]

    def logits_of(*given: object, **more: object) -> np.ndarray:
        n[0] += 1
        found = real(*given, **more)  # type: ignore[arg-type]
        return found * np.nan if n[0] == 2 else found

    monkeypatch.setattr(loop, "logits_of", logits_of)
    spec = make()
    heard = carry_out(spec)
    [notice] = heard.of(Notice)
    assert "30%" in notice.text
    assert [event.epoch for event in val_epochs(heard)] == [1, 2]
    assert np.isfinite(answers(spec)).all()


def test_an_extended_run_begins_with_what_the_earlier_one_knew(make: Make, photos: Manifest) -> None:
    learned = changed(stages=(StageCfg(epochs=12, lr=5e-3),))
    first = make(learned, "first")
    carry_out(first)
    one_more = Manifest(
        classes=(ManifestClass(class_id=99, name="new"), *photos.classes),
        photos=tuple(msgspec.structs.replace(photo, class_no=photo.class_no + 1) for photo in photos.photos),
    )
    still = changed(stages=(StageCfg(epochs=1, layers="head", lr=1e-8),))
    second, third = make(still, "second", one_more, start_from=first.run_folder), make(still, "third", one_more)
    heard, anew = carry_out(second), carry_out(third)
    assert not heard.of(Notice)
    assert val_epochs(heard)[0].loss < val_epochs(anew)[0].loss
    assert np.array_equal(answers(second)[:, 1:].argmax(axis=1), answers(first).argmax(axis=1))


def test_an_earlier_run_of_another_network_is_told_and_left_aside(make: Make) -> None:
    first = make(name="first")
    carry_out(first)
    other = msgspec.structs.replace(CNN, model=BuiltCfg(layers=blocks((4,))))
    heard = carry_out(make(other, "second", start_from=first.run_folder))
    assert [notice.text[:15] for notice in heard.of(Notice)] == ["The earlier run"]


def test_stages_learn_what_they_say_at_their_own_rates(make: Make) -> None:
    stages = (StageCfg(epochs=1, layers="head", lr=1e-2), StageCfg(epochs=1, layers="last", lr=1e-3))
    spec = make(changed(stages=stages, stopping=StoppingCfg(restore_best=False)))
    heard = carry_out(spec)
    assert [(event.stage, event.lr) for event in val_epochs(heard)] == [(0, 1e-2), (1, 1e-3)]
    network = build_network(spec.recipe, 3, library=None, seed=spec.recipe.seed)
    after = load_network(spec.recipe, 3, to_path(spec.run_folder) / "net.safetensors")
    moved = [
        any(not torch.equal(a, b) for a, b in zip(before, now, strict=True))
        for before, now in zip(network.stages(), after.stages(), strict=True)
    ]
    assert moved == [False, True, True]


@pytest.mark.parametrize("metric", ["loss", "accuracy", "macro_f1"])
def test_the_best_weights_by_the_metric_are_the_result(make: Make, metric: str) -> None:
    recipe = changed(stages=(StageCfg(epochs=6, lr=0.03),), stopping=StoppingCfg(metric=metric))
    heard = carry_out(make(recipe))
    numbers = [getattr(event, metric) for event in val_epochs(heard)]
    best = int(np.argmin(numbers) if metric == "loss" else np.argmax(numbers)) + 1
    assert [event.epoch for event in heard.of(Checkpointed) if event.is_best][-1] == best


def test_checkpoints_are_made_by_the_clock_within_an_epoch_but_not_all_the_time(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    def places(seconds: float, rest: float) -> list[int]:
        monkeypatch.setattr(loop, "CHECKPOINT_SECONDS", seconds)
        monkeypatch.setattr(loop, "SAVING_REST", rest)
        spec = make(changed(stages=(StageCfg(epochs=1),)), f"{seconds}-{rest}")
        return [event.step for event in carry_out(spec).of(Checkpointed)]

    assert places(0.0, 0) == [0, 1, 2, 3, 3]
    assert places(0.0, 1e9) == [0, 3]
    assert places(1e9, 0) == [0, 3]
