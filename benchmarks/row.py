"""One line of the benchmark table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What was measured; `ratio` is how many times better ours is (above 1: better), `target` what was asked for."""

    name: str
    what: str
    ours: str
    rival: str
    ratio: float
    target: str

    def markdown(self) -> str:
        """The row as a Markdown table line."""
        return f"| {self.name} | {self.what} | {self.ours} | {self.rival} | {self.ratio:.2f} | {self.target} |"


HEADER = "| row | what | ours | rival or limit | ratio | target |\n| --- | --- | --- | --- | --- | --- |"
