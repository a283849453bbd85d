"""News in any number: real articles as they are, then ever new ones made from their sentences.

`python -m bench.news DATA [COUNT]` tells how the vocabulary grows and how alike copies are; DATA
holds `news-dev.ndjson.gz`, a submission a line. What is made depends on the place in the stream
alone: the first 50,000 of a million are the 50,000.

A copy has the headline of one article, the lead of another, and sentences of three or so, so that
it is as long as real ones and has topics, and no two are nearly the same. A few of its words give
way to words from elsewhere, or to new ones, so that words and pairs grow as they do in real news:
by the 0.58th and 0.52nd power of the text (Heaps' law, fitted to the originals from 5,000 to
20,000).
"""

import gzip
import html
import itertools
import json
import re
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from uuid import UUID

from pydantic import ValidationError

from schemas.article import Article
from schemas.events import ArticleEvent, Trace
from services.archive.language.terms import plain, terms_of

NEWS = "news-dev.ndjson.gz"
UNITS = [f"HQ{number:03}" for number in range(1, 101)]
COLUMNS = [f"chuyen-muc-{number}" for number in range(1, 21)]
CAMPAIGNS = [f"chuyen-de-{number}" for number in range(1, 16)]
BEGINNING = datetime(2004, 1, 1, tzinfo=UTC)
STEP = timedelta(minutes=10)  # from one article to the next: a million take nineteen years

_GENRES = ["news"] * 14 + ["feature"] * 3 + ["interview", "statement", "photo", "video", "notice"]
_TRACE = Trace(request_id="bench", traceparent=f"00-{'1' * 32}-{'1' * 16}-01")
_SENTENCE = re.compile(r"(?<=[.!?…])\s+")
_OF_THE_FIRST, _OF_ANOTHER = 0.4, 0.34  # at most this share of an article's sentences is in a copy
# Words of the millionth copy, and the power by which they get fewer on the way there.
_SWAPPED, _COINED, _SLOWING = 3.0, 0.2, -0.45
_DRAWN = 30
_LETTERS = "abcdeghiklmnopqrstuvxy"


@dataclass(frozen=True)
class Original:
    """An article as its paper wrote it."""

    external_id: str
    headline: str
    lead: str
    body: str
    sentences: list[str]


def articles(data: Path, count: int) -> Iterator[Article]:
    """Give `count` articles in the order of their publication, one at a time."""
    originals = []
    for number, original in enumerate(itertools.islice(_originals(data), count)):
        originals.append(original)
        yield _article(
            number, original.headline, original.lead, original.body, original.external_id
        )
    for number in range(len(originals), count):
        yield _copy(number, originals)


def events(data: Path, count: int) -> Iterator[ArticleEvent]:
    """Give the same articles as events, which know their key and their bytes."""
    for article in articles(data, count):
        yield ArticleEvent(
            id=article.id,
            type="article.published",
            time=article.published,
            producer="stack",
            trace=_TRACE,
            article=article,
        )


def _originals(data: Path) -> Iterator[Original]:
    with gzip.open(data / NEWS, "rt", encoding="utf-8") as lines:
        for line in lines:
            given = json.loads(line)
            try:
                _article(0, given["headline"], given["lead"], given["body"])
            except ValidationError:
                continue  # with control characters: refused at the door
            yield Original(**given, sentences=_SENTENCE.split(plain(given["body"])))


def _copy(number: int, originals: list[Original]) -> Article:
    chance = Random(2 * number)
    first, second = chance.choice(originals), chance.choice(originals)
    wanted, donor = len(first.sentences), second
    sentences = chance.sample(first.sentences, int(wanted * _OF_THE_FIRST))
    while len(sentences) < wanted:
        share = max(1, int(len(donor.sentences) * _OF_ANOTHER))
        sentences += chance.sample(donor.sentences, min(share, wanted - len(sentences)))
        donor = chance.choice(originals)
    chance.shuffle(sentences)
    whole = "\n".join([first.headline, second.lead, *sentences])
    text = _changed(whole, (number / 1e6) ** _SLOWING, chance, originals)
    headline, lead, *body = text.split("\n")
    return _article(
        number, headline, lead, "".join(f"<p>{html.escape(each, quote=False)}</p>" for each in body)
    )


def _changed(text: str, much: float, chance: Random, originals: list[Original]) -> str:
    """Put other words for some, wherever they stand in the text."""
    words, others = text.split(" "), {}
    # With a line break in it, it would be the end of a sentence and the beginning of the next.
    places = [word for word in chance.choices(words, k=_DRAWN) if "\n" not in word]
    swapped, coined = (int(each * much + chance.random()) for each in (_SWAPPED, _COINED))
    for word in places[:swapped]:
        others[word] = _word(chance, originals)
    for word in places[swapped : swapped + coined]:
        others[word] = _coined(_word(chance, originals), chance)
    return " ".join(map(others.get, words, words))


def _word(chance: Random, originals: list[Original]) -> str:
    """Give a word as often as it stands in the news."""
    return chance.choice(chance.choice(chance.choice(originals).sentences).split() or ["và"])


def _coined(word: str, chance: Random) -> str:
    """Make a number or a name that looks like one, and was hardly ever written before."""
    if any(letter.isdigit() for letter in word):
        return "".join(chance.choice("0123456789") if c.isdigit() else c for c in word) + "7"
    return word + "".join(chance.choices(_LETTERS, k=3))


def _article(
    number: int, headline: str, lead: str, body: str, external_id: str | None = None
) -> Article:
    published = BEGINNING + number * STEP
    chance = Random(2 * number + 1)
    return Article(
        id=_id(published, chance),
        version=1,
        pub_status="usable",
        # A few units write most of it.
        unit=UNITS[int(len(UNITS) * chance.random() ** 2)],
        column=COLUMNS[int(len(COLUMNS) * chance.random() ** 2)],
        campaigns=[chance.choice(CAMPAIGNS)] if chance.random() < 0.1 else [],
        genre=chance.choice(_GENRES),
        headline=headline,
        lead=lead,
        body=body,
        external_id=external_id,
        published=published,
        updated=published,
    )


def _id(time: datetime, chance: Random) -> UUID:
    """Make a UUIDv7 (RFC 9562, section 5.7) of a time, the same each time."""
    milliseconds = int(time.timestamp() * 1000)
    return UUID(
        int=milliseconds << 80
        | 0x7 << 76
        | chance.getrandbits(12) << 64
        | 0b10 << 62
        | chance.getrandbits(62)
    )


def main(data: Path, count: int) -> None:
    began, sample = time.perf_counter(), []
    words: set[str] = set()
    pairs: set[str] = set()
    print("| articles | words of each | distinct words | distinct pairs |\n|---|---|---|---|")
    length = 0
    for number, article in enumerate(articles(data, count), start=1):
        terms = terms_of(article)
        counted = terms.counted().keys()
        length += len(terms.headline) + len(terms.lead) + len(terms.body)
        pairs.update(each for each in counted if "_" in each)
        words.update(each for each in counted if "_" not in each)
        if number % (count // 500 or 1) == 0:
            sample.append(counted)
        if number in (5000, 10_000, 20_000, count) or number % 100_000 == 0:
            print(f"| {number:,} | {length / number:.0f} | {len(words):,} | {len(pairs):,} |")
    likeness = [len(a & b) / len(a | b) for a, b in itertools.combinations(sample, 2)]
    print(f"\nthe likest two of {len(sample)}: {max(likeness):.2f}")
    print(f"{count / (time.perf_counter() - began):,.0f} articles a second, counted as well")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 50_000)
