"""Data files that ship with the program, found wherever it is installed."""

from pathlib import Path

_HERE = Path(__file__).parent


def path(name: str) -> Path:
    """Where the file or folder `name` (relative, with `/`) lies on disk.

    Raises:
        FileNotFoundError: nothing of that name ships with the program.
    """
    found = _HERE / name
    if not found.exists():
        raise FileNotFoundError(f"the program was installed without its file {name}")
    return found
