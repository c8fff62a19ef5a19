"""The frame of every page of HTML that needs nothing else: its head, and how text, tables and bars look."""

from __future__ import annotations

from html import escape

_STYLE = """
:root { color-scheme: light dark; --ink: #1a1f24; --quiet: #57606a; --line: #d0d7de; --bar: #0b766e; --paper: #fff; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6edf3; --quiet: #9aa4ae; --line: #30363d; --bar: #35b3a7; --paper: #0f1419; }
}
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 60rem;
  margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; }
h2 { font-size: 1.15rem; margin-top: 2.2rem; }
p.quiet { color: var(--quiet); }
table { border-collapse: collapse; width: 100%; margin-bottom: 1rem; }
th, td { text-align: left; padding: .25rem .6rem .25rem 0; border-bottom: 1px solid var(--line); }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
.cell { width: 40%; }
.bar { background: var(--bar); height: .7rem; border-radius: 3px; min-width: 1px; }
"""
_HEAD = (
    '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width"><title>{0}</title><style>{1}</style></head><body>\n'
)


def page(title: str, style: str, body: str) -> str:
    """The whole page.

    Args:
        title: of the window, which is escaped. style: CSS of this page, after that of all pages. body: HTML.
    """
    return _HEAD.format(escape(title), _STYLE + style) + body + "\n</body></html>\n"
