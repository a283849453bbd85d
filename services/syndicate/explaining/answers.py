"""Explanations as JSON, in the language of who asks."""

from collections.abc import Iterable, Sequence
from typing import Literal, Self
from uuid import UUID

from pydantic import BaseModel

from schemas.partner import Product
from services.common.said import Said
from services.common.translation import translated
from services.syndicate.explaining.facts import Delivery, Facts, Told, Word
from services.syndicate.explaining.judging import Judgement, Standing
from services.syndicate.products.deciding import Clause, Fit, Ground, Misfit
from services.syndicate.products.saying import sentence


class ClauseBody(BaseModel):
    """The part of a product that decided."""

    ground: Ground
    sentence: str
    pointer: str
    """Where it stands in the product (JSON pointer, RFC 6901): `/columns`, `/exclude/0`."""
    fits: Sequence[Fit]
    misfit: Misfit | None

    @classmethod
    def of(cls, clause: Clause, product: Product) -> Self:
        """Tell a clause of `product`."""
        return cls(
            ground=clause.ground,
            sentence=translated(sentence(clause)),
            pointer=_pointer(clause, product),
            fits=clause.fits,
            misfit=clause.misfit,
        )


class Explanation(BaseModel):
    """Where an article stands at a partner, and why."""

    partner: str
    id: UUID
    state: Standing
    sentence: str
    included: bool | None
    """Whether the product includes what the version says; nothing where that was erased."""
    clause: ClauseBody | None
    version: int
    pub_status: Literal["usable", "withheld", "canceled"]
    product: int
    """The number of the partner's product that decided."""
    entries: Sequence[Told]
    deliveries: Sequence[Delivery]
    acknowledgements: Sequence[Word]

    @classmethod
    def of(cls, partner: str, article: UUID, facts: Facts, judgement: Judgement) -> Self:
        """Tell a judgement and what it is based on."""
        decision = judgement.decision
        return cls(
            partner=partner,
            id=article,
            state=judgement.standing,
            sentence=_in_a_row(judgement.sentences),
            included=decision and decision.included,
            clause=decision and ClauseBody.of(decision.clause, facts.product.rules),
            version=facts.version,
            pub_status=facts.article.pub_status.value if facts.article else "canceled",
            product=facts.product.number,
            entries=facts.entries,
            deliveries=facts.deliveries,
            acknowledgements=facts.words,
        )


def _in_a_row(sentences: Iterable[Said]) -> str:
    return " ".join(translated(each) for each in sentences)


def _pointer(clause: Clause, product: Product) -> str:
    if clause.misfit:
        return f"/{clause.misfit.field}"
    if clause.exclusion is None:
        return ""
    return f"/exclude/{clause.exclusion}" if isinstance(product.exclude, list) else "/exclude"
