"""Sizes of files and of memory in words."""

from __future__ import annotations


def file_size(n_bytes: int) -> str:
    """A size for people: `870 kB`, `3.2 MB`, `1.2 GB`."""
    if n_bytes >= 1e9:
        return f"{n_bytes / 1e9:.1f} GB"
    return f"{n_bytes / 1e6:.1f} MB" if n_bytes >= 1e6 else f"{max(1, round(n_bytes / 1e3))} kB"
