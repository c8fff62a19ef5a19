"""A hub on this machine: the layout of the real one, and every way in which it can go wrong."""

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest
from safetensors.numpy import save


def some_weights(seed: int = 0, n_bytes: int = 400_000) -> bytes:
    values = np.random.default_rng(seed).random(n_bytes // 4, dtype=np.float32)
    return save({"layer.weight": values})


@dataclass
class Hub:
    """What the stand-in serves, how it misbehaves, and what it was asked.

    `files`: content by path. `break_after`: of each answer only so many bytes, then the line is cut. `ranges`: whether
    it can begin in the middle. `announces`: the tag it states instead of the content's digest. `status`: answered to
    everything. `moved_to`: where it sends everybody on.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    break_after: int | None = None
    ranges: bool = True
    announces: str | None = None
    status: int | None = None
    moved_to: str | None = None
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    url: str = ""


class Handler(BaseHTTPRequestHandler):
    """As the real hub: `/resolve/` says what the file is and sends on to a store, which says something else."""

    hub: Hub

    def do_GET(self) -> None:
        hub = self.hub
        hub.asked.append((self.path, self.headers.get("Range")))
        if hub.status is not None:
            self.answer(hub.status)
        elif self.path.startswith("/store/"):
            self.serve(hub.files[self.path.removeprefix("/store")])
        elif self.path not in hub.files:
            self.answer(404)
        else:
            content = hub.files[self.path]
            tag = hub.announces if hub.announces is not None else hashlib.sha256(content).hexdigest()
            to = hub.moved_to or f"/store{self.path}"
            self.answer(302, {"Location": to, "X-Linked-ETag": f'"{tag}"', "X-Linked-Size": str(len(content))})

    def serve(self, content: bytes) -> None:
        begin, status, headers = 0, 200, {"ETag": '"of-the-store"'}
        if self.hub.ranges and (asked := self.headers.get("Range")):
            begin, status = int(asked.removeprefix("bytes=").removesuffix("-")), 206
            headers["Content-Range"] = f"bytes {begin}-{len(content) - 1}/{len(content)}"
            if begin >= len(content):
                self.answer(416, {"Content-Range": f"bytes */{len(content)}"})
                return
        body = content[begin:]
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body if self.hub.break_after is None else body[: self.hub.break_after])

    def answer(self, status: int, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": "0", **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Quiet."""


@contextmanager
def standing_hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    state = Hub()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"hub": state}))
    state.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield state
    server.shutdown()
    server.server_close()
    thread.join()
