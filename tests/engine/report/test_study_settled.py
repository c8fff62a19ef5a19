"""A report that was gathered can be written without asking the project again."""

from __future__ import annotations

from dataclasses import replace

from engine.report.study_page import study_page
from engine.report.study_settled import settled
from tests.engine.report.study import drawn_study


def test_what_is_settled_asks_nobody_any_more() -> None:
    asked: list[int] = []
    study = drawn_study()

    def picture(photo_id: int) -> bytes | None:
        asked.append(photo_id)
        return study.picture(photo_id)

    found = settled(replace(study, picture=picture))
    n_asked = len(asked)
    assert n_asked
    assert study_page(found) == study_page(study)
    assert len(asked) == n_asked
