"""Fetching a file from the hub: with progress, going on where it stopped, and checked."""

from __future__ import annotations

import http.client
import re
import shutil
import urllib.error
import urllib.request
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import IO
from urllib.parse import quote, urljoin, urlsplit

from engine.base.errors import DamagedInput, StorageError, UserError
from engine.base.events import Emit
from engine.base.meter import Meter
from engine.base.stop import StopToken
from engine.weights.digest import sha256_of
from engine.weights.part import Part

DEFAULT_HUB = "https://huggingface.co"
_TIMEOUT_SECONDS = 30.0
_BLOCK = 1 << 18
# Attempts in a row that bring nothing new.
_ATTEMPTS = 3
_SHA256 = re.compile(r"[0-9a-f]{64}")
_SPARE_BYTES = 64 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class HubFile:
    """A file of the hub: `repo` is OWNER/NAME."""

    repo: str
    file: str
    revision: str = "main"

    def url(self, hub: str) -> str:
        """Its address, in the layout all hubs share."""
        return f"{hub.rstrip('/')}/{quote(self.repo)}/resolve/{quote(self.revision, safe='')}/{quote(self.file)}"


class _Said(urllib.request.HTTPRedirectHandler):
    """Follows redirects, remembers what the hub itself said of the file, and never leaves encryption again."""

    def __init__(self) -> None:
        self.etag = ""
        self.n_bytes = 0

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        """The request to go on with; it asks for the same part of the file."""
        self.note(headers)
        if urlsplit(req.full_url).scheme == "https" and urlsplit(urljoin(req.full_url, newurl)).scheme != "https":
            raise urllib.error.URLError("the hub sent us on to an address without encryption")
        return super().redirect_request(req, fp, code, msg, headers, newurl)

    def note(self, headers: Message) -> None:
        """The tag (for large files the SHA-256) and size; the first to name one is the hub, after it comes a store."""
        tag = headers.get("X-Linked-ETag") or headers.get("ETag") or ""
        self.etag = self.etag or tag.removeprefix("W/").strip('"')
        self.n_bytes = self.n_bytes or int(headers.get("X-Linked-Size") or 0)


def fetch(source: HubFile, path: Path, *, hub: str, sha256: str, emit: Emit, stop: StopToken) -> str:
    """`path` holds the hub's file; the hex digest of its content is returned.

    What was fetched stays beside `path` when the job is stopped or the line breaks, and the next call goes on there.
    The content must have the digest `sha256`, or the one the hub states; where there is neither, only its length is
    checked.

    Raises:
        Stopped: on request; what was fetched is kept.
        UserError: the hub cannot be reached, has no such file, or wants a permission.
        DamagedInput: the content is not what was announced; nothing is kept.
        StorageError: the disk refused or is too small.
    """
    part = Part(path)
    meter = Meter(emit, f"Fetching {source.repo}", 0, unit="bytes")
    n_vain = 0
    while True:
        n_before = part.size
        try:
            etag = _attempt(source.url(hub), part, meter, stop)
            break
        except (OSError, http.client.HTTPException) as error:
            _raise_refusal(error, source)
            n_vain = n_vain + 1 if part.size <= n_before else 0
            if n_vain >= _ATTEMPTS:
                raise _unreachable(error) from error
    found = sha256_of(part.path)
    wanted = sha256 or (etag if _SHA256.fullmatch(etag) else found)
    if found != wanted:
        part.forget()
        raise _not_as_announced(found, wanted)
    part.become_whole()
    meter.finish()
    return found


def _attempt(url: str, part: Part, meter: Meter, stop: StopToken) -> str:
    """One request; afterwards the part is the whole file, and the tag of its content is returned."""
    stop.raise_if_set()
    etag = part.etag()
    request = urllib.request.Request(url, headers={"User-Agent": "fieldmark", "Accept-Encoding": "identity"})
    if etag and part.size:
        request.add_header("Range", f"bytes={part.size}-")
    said = _Said()
    try:
        response = urllib.request.build_opener(said).open(request, timeout=_TIMEOUT_SECONDS)
    except urllib.error.HTTPError as error:
        said.note(error.headers)
        if error.code == http.client.REQUESTED_RANGE_NOT_SATISFIABLE and etag:
            return _nothing_more(error, said, part, etag)
        raise
    with response:
        said.note(response.headers)
        resumed = response.status == http.client.PARTIAL_CONTENT
        if resumed and said.etag != etag:
            part.forget()
            raise http.client.IncompleteRead(b"")
        if not resumed:
            part.begin(said.etag)
        _receive(response, said, part, meter, stop)
    return said.etag


def _nothing_more(error: urllib.error.HTTPError, said: _Said, part: Part, etag: str) -> str:
    """The hub has nothing after what we have: that is all of it, unless the file has changed; then begin anew."""
    n_whole = (error.headers.get("Content-Range") or "").rpartition("/")[2]
    error.close()
    if said.etag in ("", etag) and n_whole == str(part.size):
        return etag
    part.forget()
    raise http.client.IncompleteRead(b"")


def _receive(response: http.client.HTTPResponse, said: _Said, part: Part, meter: Meter, stop: StopToken) -> None:
    """What the response brings is appended to the part, which is then complete."""
    n_left = int(response.headers.get("Content-Length") or 0)
    n_whole = said.n_bytes or part.size + n_left
    _check_room(part.path.parent, n_whole - part.size)
    meter.set_total(n_whole)
    meter.add(part.size - meter.done)
    with part.appending() as out:
        while block := response.read1(_BLOCK):
            out.write(block)
            meter.add(len(block))
            stop.raise_if_set()
        out.to_disk()
    if part.size < n_whole:
        raise http.client.IncompleteRead(b"", n_whole - part.size)


def _check_room(folder: Path, n_bytes: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < n_bytes + _SPARE_BYTES:
        raise StorageError(
            f"The weights need {n_bytes / 1e6:.0f} MB, and {free / 1e6:.0f} MB are free.",
            safe="What was fetched so far is kept.",
            advice="Make room on the disk, then try again.",
        )


def _raise_refusal(error: Exception, source: HubFile) -> None:
    """Raise what trying again cannot help; return for the rest."""
    if not isinstance(error, urllib.error.HTTPError):
        return
    error.close()
    if error.code in (401, 403):
        raise UserError(
            f"The hub gives {source.repo} only to people it knows.",
            advice="Fetch the file with a browser on the hub's page, then import it here.",
            details=str(error),
        ) from error
    if 400 <= error.code < 500 and error.code not in (408, 429):
        raise UserError(
            f"The hub has no {source.file} of {source.repo}.",
            advice="Choose another network, or import a file of weights.",
            details=str(error),
        ) from error


def _unreachable(error: Exception) -> UserError:
    return UserError(
        "The hub cannot be reached.",
        safe="What was fetched so far is kept.",
        advice="Check the connection and try again, or import a file of weights that was fetched elsewhere.",
        details=repr(error),
    )


def _not_as_announced(found: str, wanted: str) -> DamagedInput:
    return DamagedInput(
        "damaged",
        "What came from the hub is not what was announced.",
        safe="Nothing of it was kept.",
        advice="Fetch it again. If that does not help, something on the way changes what passes through it.",
        details=f"sha256 {found}, announced {wanted}",
    )
