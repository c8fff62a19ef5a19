"""What a drop holds, in words: counts while it is being read, then what is new, known and damaged."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget

from engine.base.fspath import shown
from gui.core.importing import DropContents, DropLook
from gui.widgets.cards import GAP, Card, label

N_LISTED = 6


class DropSummary(QWidget):
    """Follows a DropLook; `ready` carries the `DropContents` when it is complete."""

    ready = Signal(object)

    def __init__(self, look: DropLook, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.contents: DropContents | None = None
        self._headline = label(self.tr("Looking at the photos…"), "section", wrap=True)
        self._bar = QProgressBar()
        self._bar.setRange(0, 0)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(self.tr("Photos read"))
        self._lines = QVBoxLayout()
        self._lines.setSpacing(4)
        card = Card(role="sunken")
        card.body.addWidget(self._headline)
        card.body.addWidget(self._bar)
        card.body.addLayout(self._lines)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(GAP)
        box.addWidget(card)
        look.progressed.connect(self._progress)
        look.ready.connect(self._show)

    @Slot(int, int)
    def _progress(self, n_read: int, n_total: int) -> None:
        self._headline.setText(self.tr("Looking at the photos… %n so far", "", n_read))
        self._bar.setRange(0, n_total)
        self._bar.setValue(min(n_read, n_total))

    @Slot(object)
    def _show(self, contents: DropContents) -> None:
        self.contents = contents
        self._bar.hide()
        self._headline.setText(self._headline_of(contents))
        for text in self._texts(contents):
            self._lines.addWidget(label(text, wrap=True))
        if contents.label_files and contents.n_photos:
            self._lines.addWidget(label(self._label_text(contents), wrap=True))
        for text in self._refused_texts(contents):
            self._lines.addWidget(label(text, "muted", wrap=True))
        self.ready.emit(contents)

    def _headline_of(self, contents: DropContents) -> str:
        if not contents.n_photos:
            return self.tr("No photos that can be used were found.")
        if contents.by_class:
            classes = self.tr("%n class folder(s)", "", len(contents.by_class))
            return self.tr("{0} in {1}").format(self.tr("%n photo(s)", "", contents.n_photos), classes)
        return self.tr("%n photo(s)", "", contents.n_photos)

    def _texts(self, contents: DropContents) -> list[str]:
        made = []
        if contents.by_class:
            made.append(_listing(contents.by_class))
        if contents.n_photos and not contents.n_here:
            made.append(self.tr("All of them are new to the project."))
        if contents.n_here:
            where = _listing(tuple((name or self.tr("no label"), n) for name, n in contents.here_by_class))
            here = self.tr("%n of them already in the project", "", contents.n_here)
            made.append(self.tr("{0}: {1}").format(here, where))
        if not contents.complete:
            made.append(self.tr("Not everything could be read; what is listed here is what was found so far."))
        return made

    def _label_text(self, contents: DropContents) -> str:
        """How labels are read that lie beside the photos; without that, what others have labelled comes as a pile."""
        files = contents.label_files
        name = shown(files[0]).rpartition("/")[2]
        if len(files) > 1:
            name = self.tr("{0} and {1} more").format(name, f"{len(files) - 1:,}")
        text = self.tr(
            "{0} may say what the photos show. That is not read here: drop such a file by itself, or choose Read a"
            " table… in the menu File."
        )
        return text.format(name)

    def _refused_texts(self, contents: DropContents) -> list[str]:
        n = len(contents.refused)
        if not n:
            return []
        made = [self.tr("%n file(s) cannot be used and will be left out:", "", n)]
        made += [f"{shown(file.path).rpartition('/')[2]}: {file.text}" for file in contents.refused[:3]]
        return made + ([self.tr("and %n more", "", n - 3)] if n > 3 else [])


def _listing(pairs: tuple[tuple[str, int], ...]) -> str:
    """The pairs as `Cod 40, Haddock 12, …`."""
    text = ", ".join(f"{name} {n:,}" for name, n in pairs[:N_LISTED])
    return text + (" …" if len(pairs) > N_LISTED else "")
