"""Errors that can be shown to a person: what happened, what is safe, what to do, and details to copy."""

from __future__ import annotations


class AppError(Exception):
    """Root of every error Fieldmark raises on purpose.

    Args:
        what: one sentence, past tense, in the user's words.
        safe: what was not lost or changed; empty if there is nothing to say.
        advice: what to do next; empty if there is nothing to do.
        details: technical text for a bug report; never needed to understand `what`.
    """

    code = "error"

    def __init__(self, what: str, *, safe: str = "", advice: str = "", details: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.safe = safe
        self.advice = advice
        self.details = details

    def user_text(self) -> str:
        """The sentences shown to the user, joined by spaces; details are left out."""
        return " ".join(part for part in (self.what, self.safe, self.advice) if part)


class UserError(AppError):
    """The request cannot be carried out as asked; the user can change it."""

    code = "request"


class DamagedInput(AppError):
    """A file cannot be used as a photo, a table or a model.

    Args:
        kind: short stable word for lists and tests: `empty`, `not_image`, `truncated`, `damaged`, `too_large`,
            `not_a_file`, `unreadable`, `missing`, `quarantined`, `no_space`.
    """

    code = "input"

    def __init__(self, kind: str, what: str, *, safe: str = "", advice: str = "", details: str = "") -> None:
        super().__init__(what, safe=safe, advice=advice, details=details)
        self.kind = kind


class StorageError(AppError):
    """The disk, the database or a lock refused; nothing was reported as saved."""

    code = "storage"


class EngineBug(AppError):
    """Something that cannot happen has happened; the fault is ours."""

    code = "bug"


class Stopped(Exception):
    """Raised inside a job when the user asked it to stop; not an error and never shown as one."""
