"""A report's contents that ask nobody any more, so that another thread than the project's can give them a form."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from engine.report.study_blocks import Pictures
from engine.report.study_contents import StudyContents
from engine.report.study_document import study_document


def settled(study: StudyContents) -> StudyContents:
    """The same contents; what the report shows of single photos has been asked for, and is remembered."""
    found = replace(study, picture=cache(study.picture), name=cache(study.name), label=cache(study.label))
    for block in study_document(found).blocks:
        if isinstance(block, Pictures):
            for photo_id, _ in block.shown:
                found.picture(photo_id)
    return found
