"""Small pictures with captions for a page of HTML that needs nothing else."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable
from html import escape

Picture = Callable[[int], bytes | None]

STYLE = """
.sheet { display: flex; flex-wrap: wrap; gap: .6rem; margin-bottom: .8rem; }
figure { margin: 0; width: 7.5rem; }
figure img { width: 100%; height: 6rem; object-fit: contain; border-radius: 4px;
  background: color-mix(in srgb, var(--line) 40%, transparent); }
figcaption { font-size: .75rem; overflow-wrap: anywhere; color: var(--quiet); }
"""


def sheet(shown: Iterable[tuple[int, str]], picture: Picture) -> str:
    """Pictures beside one another, as many in a line as there is room for.

    Args:
        shown: photo ids with captions, which are escaped. picture: a small JPEG of a photo, or None if it cannot be
            read.
    """
    return f'<div class="sheet">{figures(shown, picture)}</div>'


def figures(shown: Iterable[tuple[int, str]], picture: Picture) -> str:
    """The pictures of `sheet` alone."""
    found = []
    for photo_id, caption in shown:
        jpeg = picture(photo_id)
        source = "" if jpeg is None else f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}"
        image = f'<img src="{source}" alt="{escape(caption)}">' if source else "<p>cannot be read</p>"
        found.append(f"<figure>{image}<figcaption>{escape(caption)}</figcaption></figure>")
    return "".join(found)
