"""What is asked: articles that want related news, and questions as readers type them."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from bench.news import BEGINNING, STEP, UNITS
from schemas.article import Article
from schemas.times import Time
from services.archive.engine.query import All, Any, Boosted, Query, Term
from services.common.text import folded_words

_YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Subject:
    """An article whose related news is wanted, and what ours asks its engine for it."""

    article: Article
    query: Query

    def terms(self, most: int) -> list[str]:
        """Give the weightiest terms of the query, which other engines then get too."""
        weights = sorted(_weights(self.query, 1.0), reverse=True)
        return list(dict.fromkeys(term for _, term in weights))[:most]


@dataclass(frozen=True)
class Asked:
    """A question to the search: folded words and phrases, and what narrows it down."""

    kind: str
    typed: str
    wanted: tuple[tuple[str, ...], ...]
    unwanted: tuple[str, ...] = ()
    unit: str | None = None
    since: Time | None = None
    until: Time | None = None
    by_time: bool = False

    def parameters(self) -> dict[str, str]:
        """Give it as a request has it."""
        given = {
            "q": self.typed,
            "unit": self.unit,
            "from": self.since and self.since.isoformat(),
            "to": self.until and self.until.isoformat(),
            "sort": "time" if self.by_time else None,
        }
        return {name: value for name, value in given.items() if value}


def questions(articles: Sequence[Article], count: int, stored: int) -> list[Asked]:
    """Make `count` questions, kinds in turn, about what stands in `articles`; `stored` tells how
    many there are in all, and so which years there are."""
    chance = Random(7)
    ends = BEGINNING + stored * STEP
    made: list[Asked] = []
    for number, article in enumerate(itertools.islice(itertools.cycle(articles), count)):
        since = BEGINNING + (ends - BEGINNING) * chance.random()
        made.append(_question(number, article, chance, since))
    return made


def _question(number: int, article: Article, chance: Random, since: Time) -> Asked:
    title = _words(article.headline, chance, 4)
    one, two, more = title[:1], title[:2], title[: chance.randint(3, 4)]
    body = _words(article.body.replace("<p>", " ").replace("</p>", " "), chance, 3)
    unit = chance.choice(UNITS)
    match number % 9:
        case 0:
            return _asked("one word", [one])
        case 1:
            return _asked("two words", [[each] for each in two])
        case 2:
            return _asked("three or four words", [[each] for each in more])
        case 3:
            return _asked("a phrase", [body])
        case 4:
            return _asked("a phrase and a word", [two, [body[0]]])
        case 5:
            return _asked("two words, without a third", [[each] for each in two], [body[0]])
        case 6:
            return _asked("two words in a unit", [[each] for each in two], unit=unit)
        case 7:
            until = since + _YEAR
            return _asked("two words in a year", [[e] for e in two], since=since, until=until)
        case _:
            return _asked("two words, by time", [[each] for each in two], by_time=True)


def _words(text: str, chance: Random, count: int) -> list[str]:
    """Take some words that stand side by side."""
    words = [word for word in text.split() if folded_words(word)]
    start = chance.randrange(max(1, len(words) - count))
    return words[start : start + count]


def _asked(
    kind: str,
    wanted: Sequence[Sequence[str]],
    unwanted: Sequence[str] = (),
    *,
    unit: str | None = None,
    since: Time | None = None,
    until: Time | None = None,
    by_time: bool = False,
) -> Asked:
    folded = [tuple(folded_words(" ".join(phrase))) for phrase in wanted]
    without = [" ".join(folded_words(word)) for word in unwanted]
    typed = [f'"{" ".join(each)}"' if len(each) > 1 else each[0] for each in folded if each]
    return Asked(
        kind,
        " ".join([*typed, *(f'-"{each}"' for each in without)]),
        tuple(each for each in folded if each),
        tuple(without),
        unit,
        since,
        until,
        by_time,
    )


def _weights(query: Query, by: float) -> Iterator[tuple[float, str]]:
    match query:
        case Boosted(inner, factor):
            yield from _weights(inner, by * factor)
        case Any(queries) | All(queries):
            for each in queries:
                yield from _weights(each, by)
        case Term(field, value) if field in ("words", "pairs"):
            yield by, value
