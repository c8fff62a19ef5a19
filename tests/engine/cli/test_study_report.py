"""`fieldmark study report --html`: one page that needs nothing else, and that says only what is stored."""

from __future__ import annotations

import html
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from pypdf import PdfReader

from engine.base.events import Diverged, Emit, Ended, Epoch, encode
from engine.base.fspath import to_path
from engine.base.stop import StopToken
from engine.cli import jobs
from engine.jobs.spec import AnySpec, TrainSpec
from engine.project.project import Project
from tests.engine.cli.conftest import Say
from tests.engine.cli.test_compare import OneInThreeWrong

PLAN = """
name = "Reef & more"
about = "Is <b>small</b> enough?"
reference = "small <1>"
[[rows]]
recipe = "quick"
name = "small <1>"
set = ["input.size=160"]
[[rows]]
recipe = "quick"
name = "breaks"
set = ["input.size=192"]
[[rows]]
recipe = "quick"
name = "large"
set = ["input.size=320"]
[[rows]]
recipe = "study1_resnet50"
name = "waits"
"""


class WithEpochs(OneInThreeWrong):
    """As its parent, with epochs told; photos of 192 pixels are too much for it."""

    def run(self, spec: AnySpec, emit: Emit, stop: StopToken) -> Ended:
        if not isinstance(spec, TrainSpec):
            return super().run(spec, emit, stop)
        if spec.recipe.input.size == 192:
            return Ended(reason="failed", user_text="The disk is <full>.")
        epochs = [
            Epoch(
                epoch=at,
                stage=1,
                part=part,
                n=36,
                loss=1 / at,
                accuracy=0.2 * at,
                macro_f1=None,
                seconds=1.0,
                lr=0.1,
            )
            for at in (1, 2, 3)
            for part in ("train", "val")
        ]
        told = [*epochs, Diverged(epoch=2, rate=0.0)] if spec.recipe.input.size == 320 else epochs
        (to_path(spec.run_folder) / "metrics.jsonl").write_bytes(b"".join(encode(one) + b"\n" for one in told))
        return super().run(spec, emit, stop)


@pytest.fixture
def project(say: Say, class_folders: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A study with two runs done, one failed and one that waits."""
    runner = WithEpochs()
    monkeypatch.setattr(jobs, "ChildRunner", lambda: runner)
    folder = Path(say("new", tmp_path / "Reef", "--json").values["project"])
    say("import", folder, class_folders)
    (tmp_path / "plan.toml").write_text(PLAN)
    return folder


def test_the_page_tells_the_study_and_needs_nothing_else(say: Say, project: Path, tmp_path: Path) -> None:
    plan, out = tmp_path / "plan.toml", tmp_path / "study.html"
    say("study", "run", project, plan)
    assert say("study", "report", project, plan, "--html", out).status == 0
    page = out.read_text()
    assert "<script" not in page
    assert all(source.startswith("data:image/jpeg;base64,") for source in re.findall(r'(?:src|href)="([^"]*)"', page))
    assert "<1>" not in page, "what people wrote is escaped"
    assert "<b>" not in page
    text = html.unescape(re.sub(r"<[^>]+>", "\n", page))
    for said in (
        "Reef & more",
        "Is <b>small</b> enough?",
        "small <1> (reference)",
        "The disk is <full>.",
        "waits for pretrained weights",
        "input.size",
        "The loss was not a number once in epoch 2.",
        "Photos that only this run has right: 12, 8 of them shown",
        "better",
    ):
        assert said in text, said
    drawings = [ET.fromstring(drawing) for drawing in re.findall(r"<svg.*?</svg>", page, re.DOTALL)]
    assert len(drawings) == 2 * 3, "loss, share right and reliability of each run"
    assert page.count("<polyline") == 2 * 4, "loss and share right of two runs, each of both parts"
    assert page.count("data:image/jpeg") == 8
    assert page.count('<table class="matrix">') == 2


def test_the_same_is_written_as_a_pdf(say: Say, project: Path, tmp_path: Path) -> None:
    plan, out = tmp_path / "plan.toml", tmp_path / "study.pdf"
    say("study", "run", project, plan)
    assert say("study", "report", project, plan, "--pdf", out).status == 0
    pages = PdfReader(out, strict=True).pages
    text = re.sub(r"\s", "", "".join(page.extract_text() for page in pages))
    for said in ("Is<b>small</b>enough?", "small<1>(reference)", "waitsforpretrainedweights", "12,8ofthemshown"):
        assert said in text, said
    assert sum(len(page.images) for page in pages) == 8


def test_each_number_of_the_methods_is_the_studys_own(say: Say, project: Path, tmp_path: Path) -> None:
    plan, out = tmp_path / "plan.toml", tmp_path / "study.html"
    say("study", "run", project, plan)
    found = say("study", "report", project, plan, "--html", out, "--json").values["comparison"]
    methods = html.unescape(out.read_text().partition('<p class="methods">')[2].partition("</p>")[0])
    opened = Project.open(project)
    split = opened.splits.report(opened.splits.plan())
    version = opened.runs.versions(opened.runs.rows()[0].id)["fieldmark"]
    opened.close()
    assert split is not None
    row = split.split
    for said in (
        f"has {row.n_train + row.n_val + row.n_test} labelled photos of {len(split.strata)} classes",
        f"{row.n_train} ({100 * row.n_train / 36:.1f} %) taught",
        f"{row.n_test} ({100 * row.n_test / 36:.1f} %) were held out",
        f"{found['n']} photos in {found['n_groups']} groups",
        "160 x 160 pixels",
        "5-fold",
        f"scored {split.n_runs} models so far",
        f"fieldmark {version}",
    ):
        assert said in methods, said


def test_a_study_that_has_not_begun_has_a_page_that_says_so(say: Say, project: Path, tmp_path: Path) -> None:
    out = tmp_path / "study.html"
    assert say("study", "report", project, tmp_path / "plan.toml", "--html", out).status == 0
    page = out.read_text()
    assert "0 of 4 runs done" in page
    assert page.count("not trained yet") == 3
    assert "Fewer than two runs are done" in page
