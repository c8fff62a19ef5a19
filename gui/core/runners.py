"""Which process carries out a job of which lane: short ones keep their child warm, long ones get a fresh one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gui.core.job_thread import Role, Runner

if TYPE_CHECKING:
    from engine.host.child import ResidentRunner

# Training may take all the time it needs, but never the time of whoever is labelling meanwhile.
TRAIN_NICE = 10
# Reading photos takes all cores too; the window goes first.
IMPORT_NICE = 5


class Runners:
    """One resident child for `import` and one for `light`; each is started by its first job."""

    def __init__(self) -> None:
        self._resident: dict[Role, ResidentRunner] = {}

    def runner(self, role: Role) -> Runner:
        """What runs the next job of this lane."""
        from engine.host.child import ChildRunner, ResidentRunner

        if role == "train":
            return ChildRunner(nice=TRAIN_NICE)
        if role == "fetch":
            return ChildRunner()
        if role not in self._resident:
            self._resident[role] = ResidentRunner(nice=IMPORT_NICE if role == "import" else 0)
        return self._resident[role]

    def close(self) -> None:
        """No child is kept; to be called when no job runs."""
        for runner in self._resident.values():
            runner.close()
        self._resident.clear()
