"""A study made up of drawn answers, as a report is given it."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
from PIL import Image

from engine.base.ids import OpId, RunId, SplitId
from engine.data.manifest import Part
from engine.insight.calibration import calibration
from engine.insight.comparison import Comparison, Judged, compare
from engine.insight.curves import EpochRow
from engine.insight.leaks import leak_report, strata
from engine.insight.metrics import report
from engine.insight.overview import PhotoFacts, overview
from engine.insight.verdicts import Verdict
from engine.recipe.difference import differences
from engine.recipe.presets import preset
from engine.recipe.recipe import SplitCfg
from engine.recipe.study_plan import StudyPlan
from engine.report.study_contents import RunMissing, RunTold, SplitTold, StudyContents
from engine.store.rows import SplitRow

PARTS: tuple[Part, ...] = ("train", "val", "test")
EPOCHS = tuple(
    EpochRow(epoch=n, train_loss=2 / n, train_accuracy=0.2 * n, val_loss=2.2 / n, val_accuracy=0.15 * n)
    for n in (1, 2, 3)
)
NAMES = ("eel", "carp", "pike")


def drawn_study(names: Sequence[str] = NAMES, runs: Sequence[str] = ("small", "large")) -> StudyContents:
    """Five test photos of each class; of run number n, every (n + 3)rd is answered wrongly."""
    judged = [_judged(number, run, len(names)) for number, run in enumerate(runs, start=1)]
    compared = compare(judged, RunId(1), {}) if len(judged) > 1 else None
    facts = [_facts(photo_id, names) for photo_id in range(15 * len(names))]
    return StudyContents(
        project="Reef",
        made_on="2026-05-04",
        plan=StudyPlan(name="Small or large", about="Is small enough?"),
        overview=overview(facts),
        split=_split(facts),
        comparison=compared,
        runs=tuple(_told(one, names, compared) for one in judged),
        missing=(RunMissing(name="huge", state="waits", why="There are no pretrained weights for it."),),
        n_elsewhere=0,
        picture=lambda photo_id: _jpeg() if photo_id % 2 else None,
        name=lambda photo_id: f"{photo_id}.jpg",
        label=lambda photo_id: names[photo_id % len(names)],
    )


def _facts(photo_id: int, names: Sequence[str]) -> PhotoFacts:
    return PhotoFacts(
        photo_id=photo_id,
        class_name=names[photo_id % len(names)],
        state="labelled",
        part=PARTS[photo_id // len(names) % 3],
        width=640,
        height=480,
        n_bytes=20_000,
        format="JPEG",
    )


def _split(facts: Sequence[PhotoFacts]) -> SplitTold:
    parts: dict[int, Part] = {row.photo_id: PARTS[PARTS.index(row.part)] for row in facts}  # type: ignore[arg-type]
    n = len(facts) // 3
    return SplitTold(
        row=SplitRow(id=SplitId(1), uuid="", name="", plan="", as_of_op=OpId(1), n_train=n, n_val=n, n_test=n),
        plan=SplitCfg(),
        strata=strata(parts, {row.photo_id: row.class_name for row in facts}),
        leaks=(leak_report("bursts", parts, {0: b"a", 1: b"a"}),),
        n_given=0,
        n_tests=4,
        n_outside=2,
        copies_searched=False,
    )


def _judged(number: int, name: str, k: int) -> Judged:
    photo_ids = np.arange(5 * k)
    true = photo_ids % k
    said = np.where(photo_ids % (number + 3) == 0, (true + 1) % k, true)
    probs = np.full((len(said), k), 0.2 / k, dtype=np.float32)
    probs[photo_ids, said] += 0.8
    return Judged(
        run_id=RunId(number), name=name, photo_ids=photo_ids, true_classes=true, class_ids=np.arange(k), probs=probs
    )


def _told(judged: Judged, names: Sequence[str], compared: Comparison | None) -> RunTold:
    base, recipe = preset("quick"), preset("fine_tune")
    is_reference = judged.run_id == RunId(1)
    alone = () if compared is None else next(row.only_right for row in compared.runs if row.run_id == judged.run_id)
    true = judged.true_classes.astype(np.int32)
    return RunTold(
        name=judged.name,
        recipe=base if is_reference else recipe,
        is_reference=is_reference,
        differences=() if is_reference else differences(base, recipe),
        verdicts=() if is_reference else (Verdict(kind="overfits", text="It overfits.", advice="Train it less."),),
        epochs=() if is_reference else EPOCHS,
        best_epoch=None if is_reference else 2,
        strength=0.1 if is_reference else None,
        score=report(list(names), true, judged.probs),
        calibration=calibration(true, judged.probs),
        minutes=1.5,
        versions={"fieldmark": "0.1.0"},
        only_right=tuple(int(photo_id) for photo_id in alone),
    )


def _jpeg() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (60, 40), "teal").save(file, "JPEG")
    return file.getvalue()
