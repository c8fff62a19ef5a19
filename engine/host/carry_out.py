"""Carrying out one job so that it always ends with exactly one `Ended`, whatever happens inside."""

from __future__ import annotations

import traceback

from engine.base.errors import AppError, Stopped
from engine.base.events import Emit, Ended, Started
from engine.base.stop import StopToken
from engine.jobs.spec import AnySpec
from engine.jobs.table import job_of, title_of


def carry_out(spec: AnySpec, emit: Emit, stop: StopToken) -> Ended:
    """Run the job: emit `Started`, the job's events and one `Ended`, which is also returned. Never raises."""
    emit(Started(job=type(spec).__name__, title=title_of(spec)))
    ended = _outcome(spec, emit, stop)
    emit(ended)
    return ended


def _outcome(spec: AnySpec, emit: Emit, stop: StopToken) -> Ended:
    try:
        run, _ = job_of(spec)
        run(spec, emit, stop)
    except Stopped:
        return Ended(reason="cancelled")
    except AppError as error:
        text = " ".join(part for part in (error.what, error.safe) if part)
        details = error.details or traceback.format_exc()
        return Ended(
            reason="failed",
            user_text=text,
            advice=error.advice,
            details=details,
            error_code=error.code,
        )
    except MemoryError:
        return Ended(
            reason="failed",
            user_text="There was not enough memory. Your photos and labels are unchanged.",
            advice="Close other programs, or choose a smaller input size, and try again.",
            details=traceback.format_exc(),
            error_code="memory",
        )
    # The border of the process: whatever went wrong is told, not lost.
    except Exception:  # noqa: BLE001
        return Ended(
            reason="failed",
            user_text="Something went wrong inside Fieldmark. Your photos and labels are unchanged.",
            advice="Try again. If it happens again, copy the details and send them to the makers.",
            details=traceback.format_exc(),
            error_code="bug",
        )
    return Ended(reason="finished")
