"""Running commands as a user would, in a home of their own, and timing them as whole processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """A finished command: wall seconds and what it printed on stdout."""

    seconds: float
    stdout: str

    def json(self) -> dict[str, object]:
        """The last line of stdout as a JSON object."""
        return json.loads(self.stdout.strip().splitlines()[-1])


def fresh_home(folder: Path) -> dict[str, str]:
    """An environment whose caches and settings are empty and lie in `folder`."""
    names = ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME")
    return {**os.environ, **{name: str(folder / name.lower()) for name in names}}


def run(argv: list[str], environment: dict[str, str]) -> Timed:
    """The command has succeeded.

    Raises:
        RuntimeError: it failed; the message holds what it printed.
    """
    begin = time.perf_counter()
    done = subprocess.run(argv, env=environment, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - begin
    if done.returncode:
        raise RuntimeError(f"{' '.join(argv)}\n{done.stdout}\n{done.stderr}")
    return Timed(seconds=seconds, stdout=done.stdout)


def fieldmark(environment: dict[str, str], *words: str | Path) -> Timed:
    """A Fieldmark command with `--json`, from the shell, cold."""
    command, *rest = [str(word) for word in words]
    return run([sys.executable, "-m", "engine", command, "--json", *rest], environment)


def script(environment: dict[str, str], name: str, *words: str | Path) -> Timed:
    """A program of this folder (`rivals.plain_features`, say), in a process of its own."""
    return run(
        [
            sys.executable,
            "-m",
            f"benchmarks.{name}",
            *[str(word) for word in words],
        ],
        environment,
    )
