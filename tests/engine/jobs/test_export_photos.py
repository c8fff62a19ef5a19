"""The job that exports photos: it tells how far it is and what was left out, and stops without a trace."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from engine.base.events import AnyEvent, Notice, Phase, ResultReady
from engine.base.stop import StopToken
from engine.exchange.catalogue import Catalogue, CataloguePhoto, write_catalogue
from engine.exchange.export import read_record
from engine.host.local import LocalRunner
from engine.jobs.spec import ExportPhotosSpec


def spec_of(folder: Path, n: int) -> ExportPhotosSpec:
    """An export of `n` labelled photos, the last of which is gone, and one without a label."""
    photos = []
    for number in range(n + 1):
        path = folder / f"{number}.jpg"
        path.write_bytes(b"%d" % number)
        digest = hashlib.sha256(b"%d" % number).digest()
        label = "cod" if number < n else ""
        photos.append(
            CataloguePhoto(
                path=os.fsencode(path),
                rel_path=path.name,
                sha256=digest,
                class_name=label,
                state="labelled" if label else "unlabelled",
            )
        )
    (folder / f"{n - 1}.jpg").unlink()
    write_catalogue(folder / "list", Catalogue(classes=("cod",), photos=tuple(photos)))
    return ExportPhotosSpec(
        catalogue=os.fsencode(folder / "list"), out=os.fsencode(folder / "out"), form="imagefolder", photos="link"
    )


def test_it_tells_how_far_it_is_and_what_was_left_out(tmp_path: Path) -> None:
    said: list[AnyEvent] = []
    ended = LocalRunner().run(spec_of(tmp_path, 4), said.append, StopToken())
    assert ended.reason == "finished"
    phases = [event for event in said if isinstance(event, Phase)]
    assert (phases[0].total, phases[-1].done) == (4, 4)
    assert [event.text.startswith("Photos left out") for event in said if isinstance(event, Notice)] == [True]
    assert [event.path for event in said if isinstance(event, ResultReady)] == [os.fsencode(tmp_path / "out")]
    record = read_record(tmp_path / "out")
    assert (record.n_photos, record.n_without_label) == (3, 1)


def test_stopped_it_leaves_nothing(tmp_path: Path) -> None:
    stop = StopToken()
    before = set(tmp_path.iterdir())
    spec = spec_of(tmp_path, 4)
    listed = set(tmp_path.iterdir()) - before

    def stop_at_once(event: AnyEvent) -> None:
        stop.request()

    assert LocalRunner().run(spec, stop_at_once, stop).reason == "cancelled"
    assert set(tmp_path.iterdir()) == before | listed
