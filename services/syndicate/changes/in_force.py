"""The products that count at present, prepared once for all articles until one changes."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, and_, select

from schemas.article import Article
from schemas.partner import Product
from services.syndicate.partner_tables import PARTNER, PRODUCT
from services.syndicate.products.deciding import Decision, Prepared, prepare
from services.syndicate.products.index import Index

_CURRENT = and_(PRODUCT.c.partner == PARTNER.c.code, PRODUCT.c.number == PARTNER.c.product)
_WHICH = select(PRODUCT.c.partner, PRODUCT.c.number, PRODUCT.c.at).join_from(
    PARTNER, PRODUCT, _CURRENT
)


class Products:
    """All of them, as of the transaction that asked last. Not for two threads at once."""

    def __init__(self) -> None:
        # With its time: a number may be given again where a transaction was undone.
        self._in_force: dict[str, tuple[int, datetime]] = {}
        self._prepared: Mapping[str, Prepared] = {}
        self._index = Index(())

    def refresh(self, connection: Connection) -> None:
        """Take over what has changed."""
        rows = connection.execute(_WHICH)
        in_force = {row.partner: (row.number, row.at) for row in rows}
        if in_force == self._in_force:
            return
        kept = {
            partner: self._prepared[partner]
            for partner, which in in_force.items()
            if self._in_force.get(partner) == which
        }
        self._prepared = kept | _prepared(connection, in_force.keys() - kept)
        self._index = Index(self._prepared.values())
        self._in_force = in_force

    def included(self, article: Article) -> Sequence[str]:
        """Name the partners whose product has this article."""
        return self._index.included(article)

    def decide(self, article: Article, partner: str) -> Decision:
        """Say whether this partner's has it, and by which clause."""
        return self._prepared[partner].decide(article)

    def number(self, partner: str) -> int:
        """Give the number of a partner's product."""
        number, _ = self._in_force[partner]
        return number


def _prepared(connection: Connection, partners: Collection[str]) -> dict[str, Prepared]:
    query = select(PRODUCT).join_from(PARTNER, PRODUCT, _CURRENT)
    return {
        row.partner: prepare(
            row.partner, Product.model_validate_json(row.rules), json.loads(row.successors)
        )
        for row in connection.execute(query.where(PARTNER.c.code.in_(partners)))
    }
