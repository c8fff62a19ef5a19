"""Carrying out studies from the shell: one run after the other, or several at a time, each in a process of its own."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

import msgspec

from engine.base.errors import AppError, UserError
from engine.base.events import Ended
from engine.base.ids import RunId
from engine.base.stop import StopToken
from engine.cli.jobs import JobFailed, interrupt_requests, run_job
from engine.cli.verdict_words import tell_verdicts
from engine.jobs.spec import TrainSpec
from engine.project.project import Project
from engine.project.run_verdicts import run_verdicts
from engine.project.study_queue import NextRun, StudyQueue
from engine.recipe.study_plan import PlannedRun, StudyPlan

_ABOUT_STOP = "What is done is kept; the same command goes on with it."


@dataclass(frozen=True, slots=True, kw_only=True)
class _UnderWay:
    run_id: RunId
    slot: int
    title: str


def carry_out(project: Project, studies: Sequence[tuple[StudyPlan, Sequence[PlannedRun]]], *, at_once: int = 1) -> None:
    """Every run of the studies that can be trained now has been tried, or the budgets are used up.

    Trainings are processes that write into the folder of their run; this process alone writes to the project.

    Args:
        at_once: how many runs are trained at the same time, each with an equal share of the cores and one of the GPUs.
    Raises:
        UserError: `at_once` is below 1. JobFailed: Ctrl-C; what was under way can go on.
    """
    if at_once < 1:
        raise UserError("One run at a time is the least.", advice="Choose 1 or more, or leave it out.")
    queue = StudyQueue()
    for plan, planned in studies:
        queue.add(plan, planned)
    stop = StopToken()
    with interrupt_requests(stop), ThreadPoolExecutor(at_once) as pool:
        try:
            _train_all(project, queue, pool, stop, at_once)
        except BaseException:
            # Nobody would take in what the others come to; they can go on later.
            stop.request()
            raise
    if stop.is_set():
        raise JobFailed(Ended(reason="cancelled", advice=_ABOUT_STOP))
    for name in sorted(queue.cut_short()):
        print(f"{name}: the budget is used up; `fieldmark study resume` goes on.", file=sys.stderr)


def _train_all(project: Project, queue: StudyQueue, pool: ThreadPoolExecutor, stop: StopToken, at_once: int) -> None:
    """The queue is empty, or `stop` is set; nothing is under way."""
    under_way: dict[Future[Ended], _UnderWay] = {}
    while True:
        while len(under_way) < at_once and not stop.is_set():
            following = queue.next(project)
            if following is None:
                break
            slot = min(set(range(at_once)) - {one.slot for one in under_way.values()})
            begun = _begin(project, following, slot)
            if begun is not None:
                one, spec = begun
                under_way[pool.submit(_run, spec, stop, slot, at_once)] = one
        if not under_way:
            return
        done, _ = wait(under_way, return_when=FIRST_COMPLETED)
        for future in done:
            ended = future.result()
            _finish(project, under_way.pop(future), ended, alone=at_once == 1)
            if ended.reason == "cancelled":
                stop.request()


def _begin(project: Project, following: NextRun, slot: int) -> tuple[_UnderWay, TrainSpec] | None:
    """The run as it stands in the project, and its job; None if it cannot be trained, which is told."""
    one = following.one
    title = f"{one.planned.name} ({following.number} of {following.n})"
    print(title, file=sys.stderr)
    try:
        if one.state == "interrupted" and one.run is not None:
            run_id, spec = one.run.id, project.runs.resume(one.run.id)
        else:
            name = project.studies.run_name(following.study, one.planned)
            recipe = project.studies.recipe_of(one.planned)
            run_id, spec = project.runs.begin(recipe, name=name, takes_over=False)
            spec = msgspec.structs.replace(spec, variant=one.planned.variant)
    except AppError as error:
        # One row that cannot be trained must not take the others with it.
        print(f"  {error.what}", file=sys.stderr)
        return None
    project.runs.mark_running(run_id)
    return _UnderWay(run_id=run_id, slot=slot, title=title), spec


def _run(spec: TrainSpec, stop: StopToken, slot: int, at_once: int) -> Ended:
    try:
        if at_once == 1:
            return run_job(spec, stop=stop)
        return run_job(spec, stop=stop, environment=_share(slot, at_once), quiet=True)
    except Exception as error:  # noqa: BLE001 - the border of this thread: this training ends, and the study goes on
        return Ended(
            reason="crashed",
            user_text="The background process could not be run.",
            advice="Go on with the study to try again.",
            details="".join(traceback.format_exception(error)),
            error_code="bug",
        )


def _finish(project: Project, one: _UnderWay, ended: Ended, *, alone: bool) -> None:
    try:
        # A study compares; which model is used is for the user to say.
        project.runs.finish(one.run_id, ended, takes_over=False)
    except AppError as error:
        ended = Ended(reason="failed", user_text=error.what, advice=error.advice, details=error.details)
        project.runs.finish(one.run_id, ended)
    if ended.reason == "finished":
        if not alone:
            print(f"{one.title}: done", file=sys.stderr)
        tell_verdicts(run_verdicts(project, one.run_id))
    elif ended.reason != "cancelled":
        print(f"  {'' if alone else f'{one.title}: '}{ended.user_text}", file=sys.stderr)


def _share(slot: int, at_once: int) -> dict[str, str]:
    """The environment in which a training takes its part of the machine and no more."""
    n_threads = max(1, (os.cpu_count() or 1) // at_once)
    found = {name: str(n_threads) for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")}
    gpus = [gpu for gpu in os.environ.get("CUDA_VISIBLE_DEVICES", "").split(",") if gpu.strip()]
    if len(gpus) > 1:
        found["CUDA_VISIBLE_DEVICES"] = gpus[slot % len(gpus)]
    return found
