"""`fieldmark weights`: which pretrained weights are here, fetching more, and taking in a file of them."""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path

import msgspec

from engine.base.dirs import weights_dir
from engine.base.errors import UserError
from engine.base.fspath import to_bytes
from engine.cli.jobs import finish_job
from engine.cli.output import print_result, table
from engine.jobs.spec import FetchWeightsSpec, ImportWeightsSpec
from engine.weights.fit_report import FitReport
from engine.weights.listing import WeightsRow, weights_rows

_STATES = {
    "built_in": "built in",
    "fetched": "here, fetched",
    "imported": "here, imported",
    "on_hub": "can be fetched",
    "not_installed": "not installed",
}


def weights(args: argparse.Namespace) -> None:
    """List the weights, or fetch those of a network, or take in a file."""
    if args.fetch:
        library = os.fsencode(weights_dir())
        finish_job(FetchWeightsSpec(backbone=args.fetch, library=library, hub=args.hub))
    if args.file:
        _take_in(args)
    else:
        rows = weights_rows(weights_dir())
        print_result({"weights": msgspec.to_builtins(rows)}, _text(rows), as_json=args.json)


def _take_in(args: argparse.Namespace) -> None:
    if not args.network:
        raise UserError(
            "It was not said for which network the file is.",
            advice="Add --as NETWORK, as --as timm/resnet50.",
        )
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "report.json"
        finish_job(
            ImportWeightsSpec(
                path=to_bytes(args.file),
                backbone=args.network,
                library=os.fsencode(weights_dir()),
                out=os.fsencode(out),
                licence=args.licence,
                keep=not args.check,
            )
        )
        report = msgspec.json.decode(out.read_bytes(), type=FitReport)
    values = {**msgspec.to_builtins(report), "usable": report.usable, "kept": not args.check}
    print_result(values, f"{report.summary()}\n{report.details()}".rstrip(), as_json=args.json)


def _text(rows: tuple[WeightsRow, ...]) -> str:
    cells = [
        (
            row.name,
            _STATES[row.state],
            "" if row.n_bytes is None else f"{row.n_bytes / 1e6:.0f} MB",
            "" if row.n_parameters is None else f"{row.n_parameters / 1e6:.1f} M",
            "" if row.top1 is None else f"{row.top1:.1f} % at {row.top1_size}",
            row.licence or "not known",
        )
        for row in rows
    ]
    return table(("network", "weights", "size", "parameters", "ImageNet top-1", "licence"), cells)
