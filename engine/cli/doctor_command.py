"""`fieldmark doctor`: what is installed and what this machine offers, to copy into a question."""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path

import msgspec

from engine.base.dirs import machine_dir
from engine.cli.jobs import finish_job
from engine.cli.output import print_result, table
from engine.data.machine import DeviceFacts, MachineFacts, machine_facts
from engine.jobs.spec import DoctorSpec


def doctor(args: argparse.Namespace) -> None:
    """Print facts about versions, devices and disk."""
    here = machine_facts(Path.cwd())
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "devices.json"
        finish_job(DoctorSpec(out=os.fsencode(out), machine=os.fsencode(machine_dir())))
        devices = msgspec.json.decode(out.read_bytes(), type=DeviceFacts)
    values = {**msgspec.to_builtins(here), **msgspec.to_builtins(devices)}
    print_result(values, _text(here, devices), as_json=args.json)


def _text(here: MachineFacts, devices: DeviceFacts) -> str:
    rows = [
        ("Fieldmark", here.fieldmark),
        ("Python", here.python),
        ("System", here.system),
        ("SQLite", here.sqlite),
        *((name, found or "not installed") for name, found in here.packages.items()),
        ("Free disk", f"{here.free_disk_bytes / 1e9:.0f} GB"),
        ("Threads", str(devices.n_threads)),
        ("Processor can", devices.cpu_capability),
        *(
            (
                d.kind.upper(),
                d.name if d.usable else f"{d.name}: cannot be used, {d.problem}",
            )
            for d in devices.devices
        ),
    ]
    return table(("what", "found"), rows)
