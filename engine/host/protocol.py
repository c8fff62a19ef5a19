"""The protocol between a supervisor and its worker: commands down stdin, events up stdout, one JSON line each."""

from __future__ import annotations

import msgspec

from engine.base.errors import EngineBug
from engine.jobs.spec import AnySpec

VERSION = 1
# A line longer than this is a fault, not a message; the largest event (200 photos) is about 200 kB.
MAX_LINE_BYTES = 64 * 1024 * 1024


class Start(msgspec.Struct, frozen=True, kw_only=True, tag_field="command", tag="start"):
    """Carry out a job; the worker answers with `Started ... Ended`."""

    version: int = VERSION
    spec: AnySpec


class Stop(msgspec.Struct, frozen=True, kw_only=True, tag_field="command", tag="stop"):
    """End the present job at the next opportunity; it answers `Ended(cancelled)`."""


class Pause(msgspec.Struct, frozen=True, kw_only=True, tag_field="command", tag="pause"):
    """Hold the present job where it is (`on`), or let it go on; jobs that cannot pause go on regardless."""

    on: bool


Command = Start | Stop | Pause
_decoder: msgspec.json.Decoder[Command] = msgspec.json.Decoder(Command)


def encode_command(command: Command) -> bytes:
    """One line with its newline."""
    return msgspec.json.encode(command) + b"\n"


def decode_command(line: bytes) -> Command:
    """The command a line holds.

    Raises:
        EngineBug: not a command of this version.
    """
    try:
        command = _decoder.decode(line)
    except msgspec.DecodeError as error:
        raise EngineBug("The worker was sent something it does not understand.", details=repr(error)) from error
    if isinstance(command, Start) and command.version != VERSION:
        raise EngineBug(
            "The worker and the program are of different versions.",
            advice="Restart Fieldmark.",
        )
    return command
