"""What a collection of photos is like as one HTML page that needs nothing else: tables, bars and small pictures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from engine.insight.overview import Count, OddPhotos, Overview
from engine.report import alike_part, figures
from engine.report.alike_part import AlikeOnPage
from engine.report.figures import Picture, sheet
from engine.report.page import page

SAMPLES_PER_CLASS = 8
SHOWN_PER_LIST = 24
_MOST_ROWS = 30

ODD_NAMES = {
    "blurred": "Blurred",
    "dark": "Very dark",
    "bright": "Very bright",
    "empty": "Little to see",
    "shape": "Long and narrow",
    "tiny": "Tiny",
    "size": "Unusual size",
}
ODD_RULES = {
    "blurred": "sharpness below {0:g}",
    "dark": "mean brightness below {0:g}",
    "bright": "mean brightness above {0:g}",
    "empty": "less than {0:g} bits of grey levels",
    "shape": "long side over {0:g} times the short one",
    "tiny": "short side below {0:g} pixels",
    "size": "area or shape more than {0:g} usual distances from the median",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A label in doubt, as the page tells of it; `doubt` in 0..1; `alike`: (photo id, class) of what it looks like."""

    photo_id: int
    label: str
    suggested: str
    doubt: float
    alike: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PageContents:
    """All that the page says.

    Args:
        samples: photo ids of each class. doubts: None if no model was trained yet. alike: None if the photos were not
            compared.
        picture: a small JPEG of a photo, or None if it cannot be read. name: of a photo, for people.
    """

    title: str
    made_on: str
    overview: Overview
    samples: Mapping[str, Sequence[int]]
    doubts: Sequence[Doubt] | None
    alike: AlikeOnPage | None
    picture: Picture
    name: Callable[[int], str]


def explore_page(contents: PageContents) -> str:
    """The whole page; every text from outside is escaped."""
    found = contents.overview
    body = [
        f"<h1>{escape(contents.title)}</h1>",
        f'<p class="quiet">{escape(contents.made_on)}. {_summary(found)}</p>',
        "<h2>Classes</h2>",
        _classes(found),
        "<h2>A look at each class</h2>",
        *(_sheet(name, ids, contents) for name, ids in contents.samples.items()),
        "<h2>Widths and heights</h2>",
        _sizes(found),
        "<h2>File sizes by class, in kB</h2>",
        _bytes(found),
        "<h2>Formats and colour modes</h2>",
        _counts("Format", found.formats),
        _counts("Colour mode", found.modes),
        "<h2>When and with what they were taken</h2>",
        _counts("Month", found.months),
        _counts("Camera", found.cameras),
        "<h2>Odd photos</h2>",
        *(_odd(odd, contents) for odd in found.odd),
        *([] if contents.alike is None else [alike_part.alike_part(contents.alike, contents.picture, contents.name)]),
        "<h2>Labels in doubt</h2>",
        _doubts(contents),
    ]
    return page(contents.title, figures.STYLE + alike_part.STYLE, "\n".join(body))


def _summary(found: Overview) -> str:
    text = f"{found.n:,} photos, {found.n_labelled:,} of them labelled in {len(found.classes)} classes"
    if found.n_excluded:
        text += f"; {found.n_excluded:,} more are excluded"
    unseen = found.n - found.n_looked
    return text + (f"; {unseen:,} could not be looked at." if unseen else ".")


def _classes(found: Overview) -> str:
    most = max((row.n for row in found.classes), default=1) or 1
    rows = "".join(
        f'<tr><td>{escape(row.name)}</td><td class="n">{row.n:,}</td><td class="n">{100 * row.share:.1f} %</td>'
        f'<td class="n">{row.n_train:,}</td><td class="n">{row.n_val:,}</td><td class="n">{row.n_test:,}</td>'
        f'<td class="n">{row.n_excluded:,}</td>'
        f'<td class="cell"><div class="bar" style="width:{100 * row.n / most:.1f}%"></div></td></tr>'
        for row in found.classes
    )
    head = "".join(f'<th class="n">{text}</th>' for text in ("Photos", "Share", "Teach", "Tune", "Test", "Excluded"))
    return f"<table><tr><th>Class</th>{head}<th></th></tr>{rows}</table>"


def _sizes(found: Overview) -> str:
    odd = [size for size in found.sizes if size.is_outlier]
    shown = [*found.sizes[:_MOST_ROWS], *(size for size in odd if size not in found.sizes[:_MOST_ROWS])]
    rows = "".join(
        f'<tr><td>{size.width} x {size.height}</td><td class="n">{size.n:,}</td>'
        f"<td>{'unlike the others' if size.is_outlier else ''}</td></tr>"
        for size in shown
    )
    more = len(found.sizes) - len(shown)
    rest = f'<p class="quiet">{more:,} further sizes, none of them unusual.</p>' if more else ""
    return f'<table><tr><th>Pixels</th><th class="n">Photos</th><th></th></tr>{rows}</table>{rest}'


def _bytes(found: Overview) -> str:
    def kilo(value: float) -> str:
        return f'<td class="n">{value / 1000:,.1f}</td>'

    rows = "".join(
        f'<tr><td>{escape(row.name) or "no label"}</td><td class="n">{row.n:,}</td>{kilo(row.mean)}{kilo(row.std)}'
        f"{kilo(row.smallest)}{kilo(row.quartile1)}{kilo(row.median)}{kilo(row.quartile3)}{kilo(row.largest)}</tr>"
        for row in found.bytes
    )
    names = ("Photos", "Mean", "Std", "Min", "25 %", "50 %", "75 %", "Max")
    head = "".join(f'<th class="n">{name}</th>' for name in names)
    return f"<table><tr><th>Class</th>{head}</tr>{rows}</table>"


def _counts(what: str, counts: Sequence[Count]) -> str:
    most = max((count.n for count in counts), default=1)
    rows = "".join(
        f'<tr><td>{escape(count.value) or "not known"}</td><td class="n">{count.n:,}</td>'
        f'<td class="cell"><div class="bar" style="width:{100 * count.n / most:.1f}%"></div></td></tr>'
        for count in counts[:_MOST_ROWS]
    )
    more = len(counts) - _MOST_ROWS
    rest = f'<p class="quiet">And {more:,} more.</p>' if more > 0 else ""
    return f'<table><tr><th>{what}</th><th class="n">Photos</th><th></th></tr>{rows}</table>{rest}'


def _sheet(heading: str, ids: Sequence[int], contents: PageContents) -> str:
    return f"<h3>{escape(heading)}</h3>" + sheet([(i, contents.name(i)) for i in ids], contents.picture)


def _odd(odd: OddPhotos, contents: PageContents) -> str:
    rule = ODD_RULES[odd.kind].format(odd.limit)
    heading = f'<h3>{ODD_NAMES[odd.kind]}: {len(odd.photo_ids):,}</h3><p class="quiet">{rule}</p>'
    pairs = list(zip(odd.photo_ids, odd.values, strict=True))[:SHOWN_PER_LIST]
    heading += _rest(len(odd.photo_ids))
    return heading + sheet([(i, f"{contents.name(i)}: {value:.3g}") for i, value in pairs], contents.picture)


def _doubts(contents: PageContents) -> str:
    if contents.doubts is None:
        return '<p class="quiet">Train a model first: labels are doubted by models that had not seen the photo.</p>'
    text = (
        f"<p>To models that had not seen them, {len(contents.doubts):,} photos look more like another class than like "
        "their label, the clearest first. A model that is often wrong is wrong here too: look, and change what is "
        "wrong."
        f"</p>{_rest(len(contents.doubts))}"
    )
    shown = contents.doubts[:SHOWN_PER_LIST]
    if any(row.alike for row in shown):
        return text + "".join(sheet([_doubt(row, contents), *_alike(row)], contents.picture) for row in shown)
    return text + sheet([_doubt(row, contents) for row in shown], contents.picture)


def _doubt(row: Doubt, contents: PageContents) -> tuple[int, str]:
    return row.photo_id, f"{contents.name(row.photo_id)}: labelled {row.label}, looks like {row.suggested}"


def _alike(row: Doubt) -> list[tuple[int, str]]:
    """The photos it looks like; they stand beside it."""
    return [(photo_id, f"like this one: {class_name or 'no label'}") for photo_id, class_name in row.alike]


def _rest(n: int) -> str:
    return f'<p class="quiet">The first {SHOWN_PER_LIST} of {n:,} are shown.</p>' if n > SHOWN_PER_LIST else ""
