"""English plurals: the source text says `%n photo(s)`, people read `1 photo` and `3 photos`."""

from __future__ import annotations

from PySide6.QtCore import QTranslator


class EnglishPlurals(QTranslator):
    """Answers for counted texts only; every other text stays as it is in the source."""

    def translate(self, context: str, source: str, disambiguation: str | None = None, n: int = -1) -> str | None:
        if n < 0 or ("(s)" not in source and "(es)" not in source):
            return None  # null, not empty: an empty text would count as a translation
        if n == 1:
            return source.replace("(es)", "").replace("(s)", "")
        return source.replace("(es)", "es").replace("(s)", "s")

    def isEmpty(self) -> bool:
        return False
