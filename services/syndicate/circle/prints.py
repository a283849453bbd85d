"""The print of a text: enough to know it again on a page, and nothing to read in it. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from pydantic import BaseModel, ConfigDict

from schemas.article import Article
from services.common.text import folded_words
from services.syndicate.circle.pages import words_of_markup

_SIZE = 6  # words in a shingle: Vietnamese writes its syllables apart
_KEPT = 400  # hashes of a text; the smallest, which are a fair sample
_OPENING = 40  # words

# Shares of what we know of a text that are found on a page where it stands.
_STANDS = 0.3
_OPENING_STANDS = 0.6
_STANDS_UNDER_ITS_HEADLINE = 0.1


class TextPrint(BaseModel):
    """Hashes of words that follow one another."""

    model_config = ConfigDict(frozen=True)

    headline: int
    headline_words: int
    opening: list[int]
    """Of how it begins: a page may show that alone."""
    whole: list[int]


@dataclass(frozen=True)
class Likeness:
    """How much of a text is on a page: shares from 0 to 1."""

    whole: float
    opening: float
    headline: bool

    @property
    def stands(self) -> bool:
        """Whether the text is told there. The headline alone is what notices name."""
        return (
            self.whole >= _STANDS
            or self.opening >= _OPENING_STANDS
            or (self.headline and self.whole >= _STANDS_UNDER_ITS_HEADLINE)
        )


def print_of(article: Article, notice: str = "") -> TextPrint:
    """Take the print of an article, without what the notice of its retraction repeats of it."""
    headline = folded_words(article.headline)
    text = folded_words(article.lead) + words_of_markup(article.body)
    quoted = set(_shingles(folded_words(notice), _SIZE))
    return TextPrint(
        headline=_hash(headline),
        headline_words=len(headline),
        opening=sorted(set(_shingles(text[:_OPENING], _SIZE)) - quoted),
        whole=sorted(set(_shingles(text, _SIZE)) - quoted)[:_KEPT],
    )


def likeness(known: TextPrint, words: Sequence[str]) -> Likeness:
    """Compare what we know of a text with the words of a page."""
    found = set(_shingles(words, _SIZE))
    headlines = _shingles(words, known.headline_words) if known.headline_words else ()
    return Likeness(
        _share(known.whole, found),
        _share(known.opening, found),
        known.headline in headlines,
    )


def _share(known: Sequence[int], found: set[int]) -> float:
    return sum(each in found for each in known) / len(known) if known else 0.0


def _shingles(words: Sequence[str], size: int) -> Iterable[int]:
    return (_hash(words[i : i + size]) for i in range(len(words) - size + 1))


def _hash(words: Sequence[str]) -> int:
    # 63 bits, so that every database and JSON reader takes it.
    return int.from_bytes(blake2b(" ".join(words).encode(), digest_size=8).digest()) >> 1
