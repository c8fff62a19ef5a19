"""Which form a file of labelled photos is in, and reading it."""

from __future__ import annotations

from engine.base.errors import DamagedInput
from engine.base.fspath import shown
from engine.data.names import is_table
from engine.exchange import camera_traps, csv_manifest, fiftyone
from engine.exchange.reading import Reading


def read_data_set(path: bytes) -> Reading:
    """The photos that a CSV manifest, a `metadata.csv`, a `labels.json` or a COCO Camera Traps file names.

    Raises:
        DamagedInput: it is in none of these forms; the text says what was expected.
    """
    if is_table(path):
        return csv_manifest.read(path)
    refused = []
    for read in (camera_traps.read, fiftyone.read):
        try:
            return read(path)
        except DamagedInput as error:
            if error.kind != "damaged":
                raise
            refused.append(f"{error.what} {error.details}")
    raise DamagedInput(
        "damaged",
        f"{shown(path).rpartition('/')[2]} is in none of the forms that can be read.",
        safe="Nothing was changed.",
        advice="It should be a CSV manifest, FiftyOne's labels.json, or COCO Camera Traps.",
        details="\n".join(refused),
    )
