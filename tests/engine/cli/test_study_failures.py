"""A study from the shell goes on where one training goes wrong in a way that nobody foresaw."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.base.events import Emit, Ended
from engine.base.stop import StopToken
from engine.cli import jobs
from engine.jobs.spec import AnySpec, TrainSpec
from tests.engine.cli.conftest import Say
from tests.engine.cli.test_compare import OneInThreeWrong

PLAN = """
name = "Sizes"
[[rows]]
recipe = "quick"
name = "small"
set = ["input.size=96"]
[[rows]]
recipe = "quick"
name = "large"
"""


class SmallGoesWrong(OneInThreeWrong):
    """The training of small photos leaves no answers, or cannot even be begun."""

    def __init__(self, *, raises: bool) -> None:
        super().__init__()
        self._raises = raises

    def run(self, spec: AnySpec, emit: Emit, stop: StopToken) -> Ended:
        if isinstance(spec, TrainSpec) and spec.recipe.input.size == 96:
            if self._raises:
                raise OSError("too many open files")
            return Ended(reason="finished")
        return super().run(spec, emit, stop)


@pytest.mark.parametrize("raises", [False, True])
@pytest.mark.parametrize("at_once", [1, 2])
def test_a_training_without_a_result_has_failed_and_the_others_are_done(
    say: Say,
    monkeypatch: pytest.MonkeyPatch,
    class_folders: Path,
    tmp_path: Path,
    *,
    raises: bool,
    at_once: int,
) -> None:
    monkeypatch.setattr(jobs, "ChildRunner", lambda environment=None: SmallGoesWrong(raises=raises))
    folder = Path(say("new", tmp_path / "Reef", "--json").values["project"])
    say("import", folder, class_folders)
    (tmp_path / "sizes.toml").write_text(PLAN)
    said = say("study", "run", folder, tmp_path / "sizes.toml", "--at-once", str(at_once), "--json")
    assert [run["state"] for run in said.values["runs"]] == ["failed", "done"]
