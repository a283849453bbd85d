"""What it takes to decide on one article for a thousand partners: `python -m bench.deciding`.

The index is measured beside a loop over `decide`, in turns in the same run; both must name the same
partners. Products are of the kinds that newsrooms wish for, each of which takes about a tenth.
"""

import statistics
import sys
import time
from collections.abc import Callable, Sequence
from random import Random

from schemas.article import Article, Genre
from schemas.partner import Product
from services.syndicate.products.deciding import decide, prepare
from services.syndicate.products.index import Index
from services.syndicate.products.successors import named_by, successors_of
from services.syndicate.products.terms import Successors
from tests.factories import article

_ROUNDS, _ARTICLES = 5, 40
_UNITS = [f"HQ{number:03}" for number in range(100)]
_COLUMNS = [f"chuyen-muc-{number}" for number in range(20)]
_CAMPAIGNS = [f"chuyen-de-{number}" for number in range(15)]
_KEYWORDS = [f"từ khóa số {number}" for number in range(400)]
# A reform: every other unit has taken over from the one before it.
_SUCCEEDS = {_UNITS[number]: [_UNITS[number - 1]] for number in range(1, 100, 2)}
_random = Random(7)

Contract = tuple[str, Product, Successors]


def main(partners: int) -> None:
    contracts = _contracts(partners)
    begun = time.perf_counter()
    prepared = [prepare(*contract) for contract in contracts]
    prepared_in = time.perf_counter() - begun
    begun = time.perf_counter()
    index = Index(prepared)
    indexed_in = time.perf_counter() - begun

    articles = [_article() for _ in range(_ARTICLES)]

    def loop(of: Article) -> list[str]:
        return [
            code for code, product, later in contracts if decide(of, product, later, code).included
        ]

    def prepared_loop(of: Article) -> list[str]:
        return [each.partner for each in prepared if each.decide(of).included]

    took: dict[str, list[float]] = {"loop": [], "prepared": [], "index": []}
    shares = []
    for _ in range(_ROUNDS):
        for of in articles:
            expected = _timed(loop, of, took["loop"])
            assert _timed(prepared_loop, of, took["prepared"]) == expected
            assert _timed(index.included, of, took["index"]) == expected
            shares.append(len(expected) / partners)

    print(
        f"{partners} partners, each with a product; a product takes {statistics.fmean(shares):.0%}"
    )
    print(f"made ready once: {prepared_in * 1000:.0f} ms, indexed: {indexed_in * 1000:.0f} ms")
    print("\n| one article | median | p99 | loop over `decide` ÷ this |\n|---|---|---|---|")
    for name, words in {
        "loop": "a loop over `decide`",
        "prepared": "a loop over products made ready",
        "index": "the index",
    }.items():
        ratio = statistics.median(took["loop"]) / statistics.median(took[name])
        median, p99 = statistics.median(took[name]), statistics.quantiles(took[name], n=100)[98]
        print(f"| {words} | {median * 1000:.3f} ms | {p99 * 1000:.3f} ms | {ratio:,.0f} |")


def _timed(
    work: Callable[[Article], Sequence[str]], of: Article, took: list[float]
) -> Sequence[str]:
    begun = time.perf_counter()
    found = work(of)
    took.append(time.perf_counter() - begun)
    return found


def _contracts(count: int) -> list[Contract]:
    successors = successors_of(_SUCCEEDS)
    products = [_product(number) for number in range(count)]
    return [
        (f"partner-{number:04}", product, named_by(product, successors))
        for number, product in enumerate(products)
    ]


def _product(number: int) -> Product:
    some = _random.sample
    wishes: list[dict[str, object]] = [
        {"columns": some(_COLUMNS, 3), "exclude": {"genres": ["notice", "podcast"]}},
        {"units": some(_UNITS, 8), "exclude": {"columns": some(_COLUMNS, 2)}},
        {"columns": some(_COLUMNS, 6), "genres": ["news", "feature"], "max_urgency": 5},
        {"campaigns": some(_CAMPAIGNS, 3), "languages": ["vi"]},
        {"keywords": some(_KEYWORDS, 15)},
        {"units": some(_UNITS, 40), "columns": some(_COLUMNS, 8), "languages": ["vi"]},
        {"max_urgency": 3},
        {"languages": ["en"], "exclude": [{"genres": ["photo"]}, {"max_urgency": 2}]},
        {"genres": ["photo", "video", "infographic"]},
    ]
    if number % 100 == 0:
        return Product()
    return Product.model_validate(wishes[number % len(wishes)])


def _article() -> Article:
    return article(
        unit=_random.choice(_UNITS),
        column=_random.choice(_COLUMNS),
        campaigns=_random.sample(_CAMPAIGNS, _random.choice([0, 0, 1, 2])),
        genre=_random.choice([Genre.NEWS] * 12 + list(Genre)),
        language=_random.choice(["vi"] * 8 + ["en", "en-GB"]),
        keywords=_random.sample(_KEYWORDS, _random.randint(0, 8)),
        urgency=_random.choice([1, 2, 3, 4, 5, 5, 5, 5, 5, 6, 7]),
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
