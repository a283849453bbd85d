from hypothesis import given
from hypothesis import strategies as st

from schemas.article import Article
from schemas.partner import Product
from services.syndicate.products.deciding import decide, prepare
from services.syndicate.products.index import Index
from services.syndicate.products.terms import Successors
from tests.factories import article
from tests.syndicate.products.samples import PARTNERS, articles, products, successors


@given(
    st.lists(articles, min_size=1, max_size=5),
    st.lists(st.tuples(products, successors), max_size=len(PARTNERS)),
)
def test_the_index_says_what_each_product_says(
    versions: list[Article], contracts: list[tuple[Product, Successors]]
) -> None:
    named = list(zip(PARTNERS, contracts, strict=False))
    index = Index(prepare(partner, *contract) for partner, contract in named)

    for version in versions:
        each = [
            partner
            for partner, (product, later) in named
            if decide(version, product, later, partner).included
        ]
        assert index.included(version) == each


def test_partners_are_told_apart_however_many_they_are() -> None:
    codes = [f"p{number}" for number in range(130)]
    units = [Product(units=[f"U{number % 13}"]) for number in range(130)]
    index = Index(prepare(code, unit, {}) for code, unit in zip(codes, units, strict=True))
    assert index.included(article(unit="U12")) == [f"p{number}" for number in range(12, 130, 13)]


def test_an_index_of_no_products_gives_nobody() -> None:
    assert Index([]).included(article()) == []
