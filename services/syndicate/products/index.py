"""All products at once: which partners get an article, without asking each of them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import zip_longest

from schemas.article import Article
from services.syndicate.products.deciding import Prepared, partner_addressed
from services.syndicate.products.terms import Field, Terms, terms_of

Wanted = Mapping[Field, Terms]


class Index:
    """Decides as each product would by itself.

    A set of partners is a whole number with a bit for each, so that a thousand are joined or met
    in one operation.
    """

    def __init__(self, products: Iterable[Prepared]) -> None:
        """Take the products of all partners, one for each."""
        prepared = list(products)
        self._partners = [each.partner for each in prepared]
        self._known = frozenset(self._partners)
        self._rules = _Layer([each.wanted for each in prepared])
        # The first exclusion of every partner, the second of each that has one, and so on.
        exclusions = zip_longest(*(each.exclusions.values() for each in prepared))
        self._exclusions = [_Layer(layer) for layer in exclusions]

    def included(self, article: Article) -> list[str]:
        """Give the partners that get this version, in the order in which they were given."""
        if not article.public:
            addressed = partner_addressed(article.audience)
            return [addressed] if addressed in self._known else []
        terms = terms_of(article)
        found = self._rules.fitting(terms)
        for layer in self._exclusions:
            found &= ~layer.fitting(terms)
        bits = reversed(f"{found:b}")
        return [partner for partner, bit in zip(self._partners, bits, strict=False) if bit == "1"]


class _Layer:
    """One rule of each partner."""

    def __init__(self, rules: Sequence[Wanted | None]) -> None:
        self._without = dict.fromkeys(Field, 0)  # those whose rule lacks the field: any value fits
        self._wanting: dict[Field, dict[str, int]] = {field: defaultdict(int) for field in Field}
        for place, wanted in enumerate(rules):
            if wanted is None:
                continue
            for field in Field:
                if field not in wanted:
                    self._without[field] |= 1 << place
                for term in wanted.get(field, ()):
                    self._wanting[field][term] |= 1 << place

    def fitting(self, terms: Mapping[Field, Terms]) -> int:
        """Give the partners whose rule fits in every field."""
        found = -1  # everybody
        for field, wanting in self._wanting.items():
            fit = self._without[field]
            for term in terms[field]:
                fit |= wanting.get(term, 0)
            found &= fit
        return found
