"""Which module carries out which job; modules are imported only where the job runs, because most of them are heavy."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import cast

from engine.base.errors import EngineBug
from engine.base.events import Emit
from engine.base.stop import StopToken
from engine.jobs import spec as specs
from engine.jobs.spec import AnySpec

JobRun = Callable[[AnySpec, Emit, StopToken], None]

_MODULES: dict[type, tuple[str, str]] = {
    specs.ImportSpec: ("engine.jobs.import_folder", "Reading photos"),
    specs.TrainSpec: ("engine.jobs.train", "Training"),
    specs.FindRateSpec: ("engine.jobs.find_rate", "Finding a learning rate"),
    specs.ClassifySpec: ("engine.jobs.classify", "Classifying photos"),
    specs.ScoreViewsSpec: ("engine.jobs.score_views", "Looking several times"),
    specs.AnswerInViewsSpec: ("engine.jobs.answer_in_views", "Looking several times"),
    specs.ExportSpec: ("engine.jobs.export", "Saving the model"),
    specs.MeasureSpec: ("engine.jobs.measure", "Getting ready"),
    specs.LayersSpec: ("engine.jobs.layers", "Working out the layers"),
    specs.MeasureBackbonesSpec: ("engine.jobs.measure_backbones", "Measuring networks"),
    specs.DoctorSpec: ("engine.jobs.doctor", "Looking at this machine"),
    specs.FetchWeightsSpec: ("engine.jobs.fetch_weights", "Fetching weights"),
    specs.LookUpWeightsSpec: ("engine.jobs.look_up_weights", "Looking up a network"),
    specs.CompareSplitsSpec: ("engine.jobs.compare_splits", "Comparing honest and naive scores"),
    specs.LookSpec: ("engine.jobs.look_at_photos", "Looking at your photos"),
    specs.ImportWeightsSpec: ("engine.jobs.import_weights", "Matching the weights"),
    specs.FindCopiesSpec: ("engine.jobs.find_copies", "Looking for copies"),
    specs.ExportPhotosSpec: ("engine.jobs.export_photos", "Exporting photos and labels"),
    specs.FindAlikeSpec: ("engine.jobs.find_alike", "Comparing your photos"),
    specs.LeaveOneOutSpec: ("engine.jobs.leave_one_out", "Leaving out one group after another"),
    specs.PreviewAugmentSpec: ("engine.jobs.preview_augment", "Changing photos"),
}


def job_of(spec: AnySpec) -> tuple[JobRun, str]:
    """The function that carries out the spec, and the job's title; imports the job's module.

    Raises:
        EngineBug: no job for this kind of spec.
    """
    try:
        module, title = _MODULES[type(spec)]
    except KeyError:
        raise EngineBug(f"There is no job for {type(spec).__name__}.") from None
    return cast("JobRun", importlib.import_module(module).run), title


def title_of(spec: AnySpec) -> str:
    """The job's title, without importing anything."""
    return _MODULES[type(spec)][1]
