"""What leaving out one group after another came to, in lines of text."""

from __future__ import annotations

from engine.cli.output import percent, table
from engine.insight.leave_one_out import GroupScore, LeaveOneOut

_MOST_GROUPS = 30
_OF_CLASSES = (
    "Each of these groups is all there is of a class, so no answer could be right, and this says nothing of the model. "
    "Leave out something else: days, cameras, sites, or a column that a table told."
)


def leave_out_lines(found: LeaveOneOut) -> list[str]:
    """The groups as a table, the lowest share first, and what they come to together."""
    low, high = found.accuracy_ci95
    more = len(found.groups) - _MOST_GROUPS
    together = (
        f"All photos: {percent(found.accuracy)} right (95 % interval {percent(low)} to {percent(high)}, over groups); "
        f"mean over groups: {percent(found.macro)}"
    )
    return [
        f"Each of {len(found.groups):,} groups ({found.relation}) answered by a model that learned from the others:",
        "",
        table(
            ("group", "photos", "right", "share", "95 % interval", "of a class of its own"),
            [_cells(row) for row in found.groups[:_MOST_GROUPS]],
        ),
        *([f"and {more:,} more groups"] if more > 0 else []),
        "",
        together,
        *([_OF_CLASSES] if found.is_by_class else []),
        *_reservations(found),
        f"One strength for all models: {found.strength:g}, chosen by cross-validation with these groups kept together.",
    ]


def _cells(row: GroupScore) -> tuple[str, ...]:
    low, high = row.accuracy_ci95
    return (
        row.name,
        f"{row.n:,}",
        f"{row.n_right:,}",
        percent(row.accuracy),
        f"{percent(low)} to {percent(high)}",
        f"{row.n_untaught:,}" if row.n_untaught else "",
    )


def _reservations(found: LeaveOneOut) -> list[str]:
    """What was counted how, where it was not simply counted."""
    n_set_aside = sum(row.n_set_aside for row in found.groups)
    told = (
        (found.n_untaught, "photos show a class that no other group shows: they count, and cannot be right."),
        (found.n_unknown, "photos only taught: it is not known which group they are of."),
        (found.n_locked, "photos are locked away for the test: they neither taught nor were asked."),
        (n_set_aside, "times a photo did not teach, being a copy of a group's photo or of one burst with it."),
    )
    return [f"{n:,} {what}" for n, what in told if n]
