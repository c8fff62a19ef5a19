"""Curves of a training: gathered from events in bounded room, read back from a run's folder, smoothed and thinned."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from engine.base.events import Checkpointed, Epoch, NetworkReady, Notice, Step, encode
from engine.insight.curve_files import read_curves
from engine.insight.curves import Curves, Trace, smoothed, thinned
from engine.insight.curves_csv import epochs_csv


def step(number: int, *, loss: float = 1.0, per_epoch: int = 10) -> Step:
    return Step(step=number, epoch=number / per_epoch, loss=loss, lr=0.1, images_per_s=50.0, memory_bytes=0)


def epoch(number: int, part: str = "val", *, loss: float = 1.0, accuracy: float = 0.5) -> Epoch:
    f1 = accuracy if part == "val" else None
    return Epoch(
        epoch=number, stage=1, part=part, n=20, loss=loss, accuracy=accuracy, macro_f1=f1, seconds=2.0, lr=0.1
    )  # fmt: skip


def gathered(*events: object) -> Curves:
    curves = Curves()
    for event in events:
        curves.add(event)
    return curves


def test_steps_and_epochs_are_kept_in_order() -> None:
    curves = gathered(step(5, loss=2.0), step(10, loss=1.5), epoch(1, "train", loss=1.7), epoch(1, loss=1.4))
    assert curves.step_epochs().tolist() == [0.5, 1.0]
    assert curves.step_losses().tolist() == [2.0, 1.5]
    assert (curves.losses("train").tolist(), curves.losses("val").tolist()) == ([1.7], [1.4])


def test_other_events_change_nothing() -> None:
    curves = Curves()
    assert not curves.add(Notice(level="info", text="Hello."))
    assert curves.is_empty()


def test_the_best_epoch_is_the_one_whose_weights_are_kept() -> None:
    curves = gathered(epoch(1, loss=0.9), epoch(2, loss=0.5), epoch(3, loss=0.7))
    assert curves.best_epoch() == 2
    curves.add(Checkpointed(epoch=3, step=30, is_best=True))
    curves.add(Checkpointed(epoch=4, step=40, is_best=False))
    assert curves.best_epoch() == 3


def test_without_validation_there_is_no_best_epoch() -> None:
    assert gathered(epoch(1, "train")).best_epoch() is None


def test_what_a_resumed_run_repeats_replaces_what_was_there() -> None:
    curves = gathered(*(step(n, loss=1.0) for n in range(1, 26)), *(epoch(n) for n in (1, 2)))
    for event in (*(step(n, loss=9.0) for n in range(11, 14)), epoch(2, loss=3.0)):
        curves.add(event)
    assert len(curves.step_losses()) == 13
    assert curves.step_losses()[9:].tolist() == [1.0, 9.0, 9.0, 9.0]
    assert curves.losses("val").tolist() == [1.0, 3.0]


def test_rows_bring_training_and_validation_together() -> None:
    rows = gathered(epoch(1, "train", loss=2.0), epoch(1, loss=1.0, accuracy=0.75), epoch(2, "train", loss=1.5)).rows()
    assert [(row.epoch, row.train_loss) for row in rows] == [(1, 2.0), (2, 1.5)]
    assert (rows[0].val_loss, rows[0].val_accuracy, rows[0].val_macro_f1) == (1.0, 0.75, 0.75)
    assert math.isnan(rows[1].val_loss)


def test_a_trace_never_outgrows_its_room_and_keeps_the_mean() -> None:
    trace = Trace(2, capacity=8)
    for n in range(100):
        trace.append((float(n), float(n % 2)))
    assert len(trace) <= 8
    assert (np.diff(trace.column(0)) > 0).all()
    assert trace.column(1).tolist() == [0.5] * len(trace)


def test_curves_come_back_from_the_folder(tmp_path: Path) -> None:
    ready = NetworkReady(
        title="CNN", n_parameters=9, n_buffers=0, device="cpu", variant="f32", n_epochs=2, n_steps_per_epoch=10
    )  # fmt: skip
    events = (ready, step(10), epoch(1, "train"), epoch(1), Checkpointed(epoch=1, step=10, is_best=True))
    lines = [*(encode(event) for event in events), b'{"part":"cv","strength":1.0}', b'{"event":"Step","st']
    (tmp_path / "metrics.jsonl").write_bytes(b"\n".join(lines))
    curves = read_curves(tmp_path)
    assert curves.network == ready
    assert (curves.step_epochs().tolist(), curves.epochs("val").tolist(), curves.best_epoch()) == ([1.0], [1.0], 1)


def test_epochs_come_from_the_table_where_there_are_no_lines(tmp_path: Path) -> None:
    (tmp_path / "epochs.csv").write_text(
        "epoch,stage,part,n,loss,accuracy,macro_f1,seconds,lr\n"
        "1,1,train,80,2.0,0.3,,4.5,0.001\n1,1,val,20,1.5,0.45,0.4,1.0,0.001\nhalf a li"
    )
    (row,) = read_curves(tmp_path).rows()
    assert (row.train_loss, row.val_loss, row.val_macro_f1, row.lr) == (2.0, 1.5, 0.4, 0.001)


def test_a_run_that_left_nothing_has_no_curves(tmp_path: Path) -> None:
    assert read_curves(tmp_path / "nowhere").is_empty()


@pytest.mark.parametrize("weight", [0.1, 0.6, 0.9, 0.999])
def test_smoothing_is_the_moving_average_by_its_definition(weight: float) -> None:
    values = np.random.default_rng(0).normal(size=3000)
    average, expected = 0.0, []
    for n, value in enumerate(values, start=1):
        average = weight * average + (1 - weight) * value
        expected.append(average / (1 - weight**n))
    np.testing.assert_allclose(smoothed(values, weight), expected, rtol=1e-9, atol=1e-12)


def test_no_smoothing_leaves_the_values() -> None:
    values = np.array([3.0, 1.0, 2.0])
    assert smoothed(values, 0.0).tolist() == values.tolist()


def test_a_missing_value_does_not_spread() -> None:
    out = smoothed(np.array([1.0, math.nan, 1.0]), 0.5)
    assert out == pytest.approx([1.0, 1.0, 1.0])


def test_thinning_keeps_to_what_is_seen_and_to_the_number_of_points() -> None:
    x = np.arange(10_000, dtype=np.float64)
    seen_x, seen_y = thinned(x, 2 * x, 100.0, 5000.0, 500)
    assert len(seen_x) == 500
    assert seen_x[0] == pytest.approx(103.4, abs=1)
    assert seen_x[-1] == pytest.approx(4996, abs=1)
    np.testing.assert_allclose(seen_y, 2 * seen_x)


def test_few_points_are_left_as_they_are_with_a_neighbour_on_either_side() -> None:
    x = np.arange(10, dtype=np.float64)
    assert thinned(x, x, 3.5, 5.5, 100)[0].tolist() == [3.0, 4.0, 5.0, 6.0]


def test_the_table_of_epochs_leaves_out_what_was_not_said_and_is_never_computed() -> None:
    rows = gathered(epoch(1, "train", loss=2.0, accuracy=0.25), epoch(1, loss=1.0 / 3.0)).rows()
    lines = epochs_csv([("=SUM(1)", rows), ("B", gathered(epoch(2, "train")).rows())]).decode().splitlines()
    assert lines[0] == "run,epoch,train_loss,train_accuracy,val_loss,val_accuracy,val_macro_f1,lr,seconds"
    assert lines[1] == "'=SUM(1),1,2,0.25,0.333333,0.5,0.5,0.1,2"
    assert lines[2] == "B,2,1,0.5,,,,0.1,2"
