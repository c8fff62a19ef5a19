"""An import that a file kills is begun again without the user's doing, and ends with everything else in the project."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.base.events import AnyEvent, Ended, FilesRefused, FilesSkipped, Notice, PhotosFound, Started
from engine.base.fspath import to_bytes
from engine.base.stop import StopToken
from engine.host.child import ChildRunner
from engine.jobs import import_folder
from engine.project.project import Project
from tests.helpers.learning import drawing


def test_files_that_kill_the_reader_are_set_aside_and_the_rest_comes_in_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    photos = tmp_path / "photos" / "cod"
    photos.mkdir(parents=True)
    for n in range(5):
        drawing(0, n).save(photos / f"{n}.png")
    drawing(1, 0).save(photos / "killer-a.png")
    drawing(1, 1).save(photos / "killer-b.png")
    (photos / "empty.png").touch()
    monkeypatch.setenv(import_folder.CRASH_VARIABLE, "killer")
    project = Project.create(tmp_path / "p")
    session = project.photos.begin_import([to_bytes(photos.parent)])
    heard: list[AnyEvent] = []

    def take(event: AnyEvent) -> None:
        heard.append(event)
        if isinstance(event, PhotosFound | FilesRefused | FilesSkipped):
            project.photos.ingest(event, session)

    ended = ChildRunner().run(project.photos.import_spec([to_bytes(photos.parent)]), take, StopToken())
    summary, _ = project.photos.finish_import(session)
    project.close()
    assert ended.reason == "finished"
    assert [type(event) for event in heard].count(Started) == 1
    assert [type(event) for event in heard].count(Ended) == 1
    assert heard[-1] == ended
    assert any(isinstance(event, Notice) and "read again without it" in event.text for event in heard)
    assert (summary.added, summary.already_here) == (5, 0)
    refused = {Path(row.path.decode()).name: row.kind for row in summary.refused}
    assert refused.pop("empty.png") == "empty"
    assert refused == {"killer-a.png": "quarantined", "killer-b.png": "quarantined"}
