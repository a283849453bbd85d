"""Whether a partner gets an article: a version, a product, and the clause that decided."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from schemas.article import Article
from schemas.partner import Product
from services.syndicate.products.terms import Field, Successors, Terms, terms_of, wanted_by

_ONE_PARTNER = "partner:"


class Ground(StrEnum):
    """On which ground it was decided."""

    EVERYTHING = "everything"
    """In: the product asks for nothing, and nothing that it excludes fits."""
    FITS = "fits"
    """In: each field that the product has fits."""
    FIELD = "field"
    """Out: a field does not fit; the first of them is told."""
    EXCLUDED = "excluded"
    """Out: an exclusion fits, in all of its fields."""
    TEST = "test"
    """In: a test for this partner alone, whatever its product."""
    OTHERS_TEST = "others_test"
    """Out: a test for another partner, or for none."""


@dataclass(frozen=True)
class Fit:
    """A field of the product that fits: what it asks for, and what the article has of it.

    They differ where a successor, a region's language or another spelling fits.
    """

    field: Field
    wanted: str
    has: str


@dataclass(frozen=True)
class Misfit:
    """A field of the product that does not fit: all that it asks for, all that the article has."""

    field: Field
    wanted: tuple[str, ...]
    has: tuple[str, ...]


@dataclass(frozen=True)
class Clause:
    """The part of a product that decided."""

    ground: Ground
    fits: tuple[Fit, ...] = ()
    """One for each field of the product, or of the exclusion that fits."""
    misfit: Misfit | None = None
    exclusion: int | None = None
    """The place in the product's list of exclusions, from 0."""


@dataclass(frozen=True)
class Decision:
    """Whether the article is in, and why."""

    included: bool
    clause: Clause


@dataclass(frozen=True)
class Prepared:
    """A partner's product, made ready to decide on many articles."""

    partner: str
    wanted: Mapping[Field, Terms]
    exclusions: Mapping[int, Mapping[Field, Terms]]
    """By their places in the product; without those that say nothing."""

    def decide(self, article: Article) -> Decision:
        """Decide on what the article says of itself; whether it was retracted or is over is not
        looked at, for who got it before must hear of that in any case."""
        if not article.public:
            mine = partner_addressed(article.audience) == self.partner
            return Decision(mine, Clause(Ground.TEST if mine else Ground.OTHERS_TEST))
        terms = terms_of(article)
        asked = _compare(self.wanted, terms)
        if isinstance(asked, Misfit):
            return Decision(False, Clause(Ground.FIELD, misfit=asked))
        for place, exclusion in self.exclusions.items():
            against = _compare(exclusion, terms)
            if not isinstance(against, Misfit):
                return Decision(False, Clause(Ground.EXCLUDED, against, exclusion=place))
        return Decision(True, Clause(Ground.FITS if asked else Ground.EVERYTHING, asked))


def prepare(partner: str, product: Product, successors: Successors) -> Prepared:
    """Make a product ready. `successors`: those of the units that it names, at the least."""
    exclusions = {
        place: wanted
        for place, rules in enumerate(product.exclusions)
        if (wanted := wanted_by(rules, successors))
    }
    return Prepared(partner, wanted_by(product, successors), exclusions)


def decide(article: Article, product: Product, successors: Successors, partner: str) -> Decision:
    """Decide whether `partner` gets this version, by this product. It depends on nothing else, so
    it can be made again from what is stored."""
    return prepare(partner, product, successors).decide(article)


def partner_addressed(audience: str) -> str | None:
    """Give the one partner that a test is for; nothing where it is for none, or for everybody."""
    return audience.removeprefix(_ONE_PARTNER) if audience.startswith(_ONE_PARTNER) else None


def _compare(rule: Mapping[Field, Terms], terms: Mapping[Field, Terms]) -> tuple[Fit, ...] | Misfit:
    """Give how each field of a rule fits, or the first that does not."""
    fits = []
    for field, wanted in rule.items():
        found = next((each for each in terms[field].items() if each[0] in wanted), None)
        if found is None:
            return Misfit(field, _written(wanted), _written(terms[field]))
        term, has = found
        fits.append(Fit(field, wanted[term], has))
    return tuple(fits)


def _written(terms: Terms) -> tuple[str, ...]:
    return tuple(dict.fromkeys(terms.values()))
