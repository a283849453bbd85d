"""What changes for partners when the registry does."""

import json
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, select

from schemas.events import RegistryEvent
from schemas.partner import Product
from services.syndicate.partner_tables import PARTNER, PRODUCT
from services.syndicate.partners import store, succession
from services.syndicate.products.successors import named_by


def follow(connection: Connection, events: Iterable[RegistryEvent], at: datetime) -> None:
    """Keep what products and formats need of events. A partner whose units have other successors
    now has a new product: what they publish is in it."""
    if not succession.note(connection, events):
        return
    successors = succession.all_successors(connection)
    current = select(PRODUCT).join(PARTNER, store.CURRENT)
    for row in connection.execute(current.order_by(PRODUCT.c.partner)).all():
        product = Product.model_validate_json(row.rules)
        if named_by(product, successors) != json.loads(row.successors):
            store.change_product(connection, row.partner, product, at, "registry")
