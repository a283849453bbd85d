"""The products that count at present, prepared once for all articles until one changes."""

import json
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, and_, select

from schemas.article import Article
from schemas.partner import Product
from services.syndicate.partner_tables import PARTNER, PRODUCT
from services.syndicate.products.deciding import Decision, Prepared, prepare
from services.syndicate.products.index import Index

_CURRENT = and_(PRODUCT.c.partner == PARTNER.c.code, PRODUCT.c.number == PARTNER.c.product)


class Products:
    """All of them, as of the transaction that asked last. Not for two threads at once."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._prepared: Mapping[str, Prepared] = {}
        self._index = Index(())

    def refresh(self, connection: Connection) -> None:
        """Take over what has changed."""
        numbers = dict(connection.execute(select(PARTNER.c.code, PARTNER.c.product)).all())
        if numbers == self._numbers:
            return
        rows = connection.execute(select(PRODUCT).join_from(PARTNER, PRODUCT, _CURRENT))
        self._prepared = {
            row.partner: prepare(
                row.partner, Product.model_validate_json(row.rules), json.loads(row.successors)
            )
            for row in rows
        }
        self._index = Index(self._prepared.values())
        self._numbers = numbers

    def included(self, article: Article) -> Sequence[str]:
        """Name the partners whose product has this article."""
        return self._index.included(article)

    def decide(self, article: Article, partner: str) -> Decision:
        """Say whether this partner's has it, and by which clause."""
        return self._prepared[partner].decide(article)

    def number(self, partner: str) -> int:
        """Give the number of a partner's product."""
        return self._numbers[partner]
