"""What an article says, as folded words and as pairs of neighbours: `hai quan`, `hai_quan`.

A Vietnamese word is one syllable or several, written apart. A pair says much more than its two
syllables, so it counts as a term of its own, and no dictionary is needed.
"""

import html
import itertools
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from schemas.article import Article
from services.archive.language.marks import WRITTEN_WORD
from services.common.text import folded_words

# These stand inside a word; all other tags end one.
_INLINE = re.compile(r"</?(?:a|abbr|b|del|em|i|ins|mark|q|s|small|strong|sub|sup|u)\b[^>]*>")
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True)
class Terms:
    """The folded words of an article, part by part."""

    headline: list[str]
    lead: list[str]
    body: list[str]

    @property
    def parts(self) -> tuple[list[str], ...]:
        """All parts; headline and lead count twice, for they say what it is about."""
        return self.headline, self.headline, self.lead, self.lead, self.body

    def counted(self) -> Counter[str]:
        """Count each word and each pair."""
        counts: Counter[str] = Counter()
        for part in self.parts:
            counts.update(part)
            counts.update(pairs(part))
        return counts


def terms_of(article: Article) -> Terms:
    """Take the terms out of an article."""
    return Terms(
        headline=folded_words(article.headline),
        lead=folded_words(article.lead),
        body=folded_words(_without_tags(article.body)),
    )


def plain(markup: str) -> str:
    """Give the text of sanitised HTML, on one line."""
    return " ".join(_without_tags(markup).split())


def _without_tags(markup: str) -> str:
    return html.unescape(_TAG.sub(" ", _INLINE.sub("", markup)))


def pairs(words: list[str]) -> list[str]:
    """Join each word with the next."""
    return list(map("_".join, itertools.pairwise(words)))


class Spelling:
    """Tells how `text` first writes its folded words: `hai`, `quan` as `Hải quan`."""

    def __init__(self, text: str) -> None:
        self._written = WRITTEN_WORD.findall(text)
        folded = folded_words(text)
        # Scripts that fold to other words than they write have no spelling here.
        self._folded = f" {' '.join(folded)} " if len(folded) == len(self._written) else ""

    def of(self, words: Sequence[str]) -> str:
        """Spell words that stand side by side; as they are where the text has none of them."""
        asked = " ".join(words)
        found = self._folded.find(f" {asked} ")
        if found < 0:
            return asked
        first = self._folded.count(" ", 0, found)
        return " ".join(self._written[first : first + len(words)])
