"""Products as they were stored: each that a partner ever had."""

import json
from dataclasses import dataclass

from sqlalchemy import Connection, select

from schemas.partner import Product
from services.syndicate.partner_tables import PARTNER, PRODUCT
from services.syndicate.products.deciding import Prepared, prepare


@dataclass(frozen=True)
class StoredProduct:
    """A product of a partner, with the successors that counted for it."""

    number: int
    rules: Product
    prepared: Prepared


def stored_product(
    connection: Connection, partner: str, number: int | None = None
) -> StoredProduct | None:
    """Give a product of a partner by its number, or the present one: a part of its caller's
    transaction."""
    query = select(PRODUCT).where(PRODUCT.c.partner == partner)
    if number is None:
        query = query.join(PARTNER, PARTNER.c.code == PRODUCT.c.partner)
        query = query.where(PRODUCT.c.number == PARTNER.c.product)
    else:
        query = query.where(PRODUCT.c.number == number)
    if (row := connection.execute(query).one_or_none()) is None:
        return None
    rules = Product.model_validate_json(row.rules)
    return StoredProduct(row.number, rules, prepare(partner, rules, json.loads(row.successors)))
