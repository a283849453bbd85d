"""The article, or the text, that related news is wanted for."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np

from schemas.article import Article
from services.archive.catalogue.likeness import Asking, Entity
from services.archive.catalogue.registry import Name, Names
from services.archive.catalogue.related import rarity
from services.archive.engine.contract import View
from services.archive.language.signature import STEPS, hash_of, signed
from services.archive.language.terms import Terms, plain
from services.common.text import folded_words

_OF_A_TEXT = UUID(int=0)


@dataclass(frozen=True)
class Asker:
    """What is asked for, as plain text by parts. A term counts that `least` articles have."""

    id: UUID
    headline: str
    lead: str
    body: str
    least: int

    @property
    def text(self) -> str:
        """All of it."""
        return f"{self.headline}\n{self.lead}\n{self.body}"

    @property
    def terms(self) -> Terms:
        """What it says."""
        return Terms(*map(folded_words, (self.headline, self.lead, self.body)))


def published(article: Article) -> Asker:
    """Ask for an article of the index: a term that only one article has is its own."""
    return Asker(article.id, article.headline, article.lead, plain(article.body), least=2)


def unpublished(headline: str, lead: str, body: str) -> Asker:
    """Ask for a text that no article has yet."""
    return Asker(_OF_A_TEXT, headline, lead, body, least=1)


def asking(asker: Asker, names: Names, view: View) -> Asking:
    """Look up how rare its terms are, and the terms of other names of the units that it names."""
    signature, terms = signed(asker.id, asker.terms)
    known = set(terms)
    named = names.named_in(known)
    more = {term for _, others in named for name in others for term in name.terms} - known
    hashes, weights, spelt = signature.hashes, signature.weights / np.float32(STEPS), terms
    if more:
        hashes = np.concatenate([hashes, np.array([*map(hash_of, more)], np.uint32)])
        order = np.argsort(hashes, kind="stable")
        hashes, weights = hashes[order], np.pad(weights, (0, len(more)))[order]
        spelt = [*terms, *more]
        spelt = [spelt[place] for place in order.tolist()]
    place = {term: place for place, term in enumerate(spelt)} if named else {}

    def columns(name: Name) -> Sequence[int]:
        return [place[term] for term in name.terms]

    entities = [
        Entity(used[0].text, [*map(columns, used)], [*map(columns, others)])
        for used, others in named
    ]
    frequencies = _as_entities(_frequencies(view, spelt), entities)
    return Asking(
        terms=spelt,
        hashes=hashes,
        weights=weights,
        rarity=rarity(frequencies, view.documents, asker.least),
        entities=entities,
    )


def _as_entities(frequencies: Sequence[int], entities: Sequence[Entity]) -> Sequence[int]:
    """Count the terms of names as often as the entity is named by any of them: else a name that
    only this article has would be its own, and say nothing."""
    counted = list(frequencies)
    for entity in entities:
        names = [*entity.own, *entity.others]
        named = sum(min(frequencies[term] for term in name) for name in names)
        for term in (term for name in names for term in name):
            counted[term] = max(counted[term], named)
    return counted


def _frequencies(view: View, terms: Sequence[str]) -> Sequence[int]:
    words = view.frequencies("words", [term for term in terms if "_" not in term])
    pairs = view.frequencies("pairs", [term for term in terms if "_" in term])
    return list(map({**words, **pairs}.__getitem__, terms))
