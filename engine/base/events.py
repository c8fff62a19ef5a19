"""What a running job says, as frozen values that travel as one JSON line each.

Grammar of every job, checked by tests/contracts/test_event_grammar.py: `Started (anything else)* Ended`, exactly one
`Ended`, nothing after it. Paths travel as bytes (base64 in JSON), because a file name need not be valid text.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import msgspec

EndReason = Literal["finished", "cancelled", "failed", "crashed"]


class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="event"):
    """Base of all events; the JSON field `event` holds the class name."""


class Started(Event, frozen=True, kw_only=True, tag=True):
    """The job has begun; `title` is a sentence for the user."""

    job: str
    title: str


class Phase(Event, frozen=True, kw_only=True, tag=True):
    """Progress within a named phase; `total` 0 means unknown, `seconds_left` None means not known yet.

    `unit`: what is counted, pieces of work or bytes.
    """

    name: str
    done: int
    total: int
    seconds_left: float | None = None
    unit: Literal["pieces", "bytes"] = "pieces"


class FoundPhoto(msgspec.Struct, frozen=True, kw_only=True):
    """A photo that was read completely and can be used.

    `path` is absolute, as the operating system's bytes; `folder_class` and `folder_part` are what its folders suggest
    (class folder name; `train`, `val` or `test`), None where they suggest nothing; `format` is Pillow's name of the
    true format; `note` says what the reader had to do that the user should know (empty: nothing). `taken` (ISO 8601,
    local time), `camera`, `latitude` and `longitude` (degrees) are what its metadata says; empty or None: nothing.
    """

    path: bytes
    sha256: bytes
    n_bytes: int
    mtime_ns: int
    width: int
    height: int
    format: str
    folder_class: str | None = None
    folder_part: Literal["train", "val", "test"] | None = None
    note: str = ""
    taken: str = ""
    camera: str = ""
    latitude: float | None = None
    longitude: float | None = None


class RefusedFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file that looked like a photo and cannot be used; `kind` as in `DamagedInput`, `text` is for the user."""

    path: bytes
    kind: str
    text: str


class SkippedFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file left alone on purpose; `reason`: `known` (already in the project, unchanged), `not_photo`, `system`.

    `folder_class`: of a known file, what its folders suggest.
    """

    path: bytes
    reason: Literal["known", "not_photo", "system"]
    folder_class: str | None = None


class PhotosFound(Event, frozen=True, kw_only=True, tag=True):
    """Up to 200 photos, in the order they were read."""

    rows: tuple[FoundPhoto, ...]


class FilesRefused(Event, frozen=True, kw_only=True, tag=True):
    """Files that cannot be used, each with its reason."""

    rows: tuple[RefusedFile, ...]


class FilesSkipped(Event, frozen=True, kw_only=True, tag=True):
    """Files left alone on purpose."""

    rows: tuple[SkippedFile, ...]


class Score(Event, frozen=True, kw_only=True, tag=True):
    """A headline number as soon as it is known; `part` as in a split, plus `cv` for cross-validated photos."""

    part: str
    n: int
    accuracy: float
    ci95_low: float
    ci95_high: float


class NetworkReady(Event, frozen=True, kw_only=True, tag=True):
    """The network that is about to learn, on which device (`cpu`, `cuda`) and in which variant it runs.

    `idle_gpu`: name of a GPU that this machine has and that is not used; empty if there is none.
    """

    title: str
    n_parameters: int
    n_buffers: int
    device: str
    variant: str
    n_epochs: int
    n_steps_per_epoch: int
    idle_gpu: str = ""


class Step(Event, frozen=True, kw_only=True, tag=True):
    """Training so far, at most 20 a second; every step stands in the run's `metrics.jsonl`.

    `step`: steps done since the run began, rising. `epoch`: epochs done, with the fraction. `loss`: mean since the last
    event. `memory_bytes`: of the device, 0 where unknown.
    """

    step: int
    epoch: float
    loss: float
    lr: float
    images_per_s: float
    memory_bytes: int
    seconds_left: float | None = None


class Epoch(Event, frozen=True, kw_only=True, tag=True):
    """An epoch is over: what it came to on the photos of `part`; `epoch` counts from 1.

    `train` numbers are means over the epoch, with augmentation and dropout; `val` numbers are of the weights as they
    stand now. `macro_f1` is None for `train`.
    """

    epoch: int
    stage: int
    part: Literal["train", "val"]
    n: int
    loss: float
    accuracy: float
    macro_f1: float | None
    seconds: float
    lr: float


class Answered(Event, frozen=True, kw_only=True, tag=True):
    """What the validation photos were called at the end of an epoch.

    `answered`: how many were called each class; `shown`: how many show it; both in the order of the run's classes.
    """

    epoch: int
    answered: tuple[int, ...]
    shown: tuple[int, ...]


class Diverged(Event, frozen=True, kw_only=True, tag=True):
    """The loss was not a number; the training goes on from where it was saved last.

    `epoch`: the one in which it happened, from 1. `rate`: share of the recipe's learning rates with which it goes on;
    0 if it has happened too often and the training ends.
    """

    epoch: int
    rate: float


class Checkpointed(Event, frozen=True, kw_only=True, tag=True):
    """The run can go on from here whatever happens; `is_best`: these are the best weights so far."""

    epoch: int
    step: int
    is_best: bool


class Paused(Event, frozen=True, kw_only=True, tag=True):
    """The job waits (`on`), or has gone on."""

    on: bool


class ModelLoaded(Event, frozen=True, kw_only=True, tag=True):
    """The model a job uses: its title and its class names, in the order of all probabilities that follow."""

    title: str
    classes: tuple[str, ...]


class Classified(Event, frozen=True, kw_only=True, tag=True):
    """Results for new photos, in input order; `probs` are in the order of the model's classes and sum to 1."""

    rows: tuple[ClassifiedPhoto, ...]


class ClassifiedPhoto(msgspec.Struct, frozen=True, kw_only=True):
    """One photo's result: index of the likeliest class and the whole distribution."""

    path: bytes
    top: int
    probs: tuple[float, ...]


class Notice(Event, frozen=True, kw_only=True, tag=True):
    """A sentence the user should read; the job goes on."""

    level: Literal["info", "warning"]
    text: str
    advice: str = ""


class ResultReady(Event, frozen=True, kw_only=True, tag=True):
    """A result file was written completely; `kind` says which reader understands it."""

    kind: str
    path: bytes


class Ended(Event, frozen=True, kw_only=True, tag=True):
    """The last event of every job; for `failed` and `crashed` the texts say what happened and what is safe."""

    reason: EndReason
    user_text: str = ""
    advice: str = ""
    details: str = ""
    error_code: str = ""


AnyEvent = (
    Started
    | Phase
    | PhotosFound
    | FilesRefused
    | FilesSkipped
    | Score
    | NetworkReady
    | Step
    | Epoch
    | Answered
    | Diverged
    | Checkpointed
    | Paused
    | ModelLoaded
    | Classified
    | Notice
    | ResultReady
    | Ended
)
Emit = Callable[[AnyEvent], None]

_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[AnyEvent] = msgspec.json.Decoder(AnyEvent)


def encode(event: AnyEvent) -> bytes:
    """One line of JSON without the newline."""
    return _encoder.encode(event)


def decode(line: bytes) -> AnyEvent:
    """The event a line holds.

    Raises:
        msgspec.DecodeError: the line is not JSON, or not an event of this version.
    """
    return _decoder.decode(line)
