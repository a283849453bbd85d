"""Partners and their entries in a store, without HTTP and Kafka."""

import json
from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import Connection, insert, update

from schemas.article import Article
from schemas.partner import Entry, Product
from services.common.auth import AdminKey
from services.common.database import Database
from services.common.instants import now
from services.syndicate import store
from services.syndicate.change import Change
from services.syndicate.changes.emitting import Emitter, Release
from services.syndicate.changes.entries import page
from services.syndicate.changes.entry import NewEntry
from services.syndicate.changes.reassessing import Reassessor
from services.syndicate.changes.waiting import Arrivals
from services.syndicate.circle.pulls import Pulls
from services.syndicate.feeds.site import Site
from services.syndicate.handlers import Intake
from services.syndicate.history.pages import Pages
from services.syndicate.partner_tables import PARTNER, PRODUCT
from services.syndicate.partners.admission import Office
from services.syndicate.rendering.press import Press
from tests.factories import TRACE, event

SITE = Site("https://feeds.example", "https://paper.example")


class Desk:
    """The intake of one store, and what partners find there."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.followed: list[NewEntry] = []
        self.emitter = Emitter(SITE, lambda _, entries: self.followed.extend(entries))

    def partner(self, code: str, **rules: object) -> None:
        """Have a partner that knows nothing yet."""
        add_partner(self.connection, code, Product.model_validate(rules))

    def change_product(self, code: str, number: int, **rules: object) -> None:
        """Have another product count from now on; nothing follows by itself."""
        add_product(self.connection, code, number, Product.model_validate(rules))
        change = update(PARTNER).where(PARTNER.c.code == code).values(product=number)
        self.connection.execute(change)

    def release(self, *changes: Article | Change) -> Sequence[NewEntry]:
        """Take changes in, as one batch."""
        batch = [event(each) if isinstance(each, Article) else each for each in changes]
        effective = store.apply_changes(self.connection, batch)
        return self.emitter.take(self.connection, batch, effective)

    def reassess(self, code: str, *articles: Article) -> Sequence[NewEntry]:
        """Go through articles again for one partner."""
        releases = [Release(article, TRACE) for article in articles]
        return self.emitter.emit_to(self.connection, code, releases)

    def entries(self, code: str, after: int = 0, limit: int = 1000) -> Sequence[Entry]:
        """Give what the partner is told."""
        return page(self.connection, code, after, limit, SITE).items


def add_partner(connection: Connection, code: str, product: Product) -> None:
    """Put a partner into the store."""
    row = {"name": code, "formats": "[]", "ack_deadline": 60, "product": 1, "last_seq": 0}
    connection.execute(insert(PARTNER).values(code=code, created=now(), **row))
    add_product(connection, code, 1, product)


def add_product(connection: Connection, code: str, number: int, product: Product) -> None:
    """Put a product into the store."""
    row = {"rules": product.model_dump_json(), "successors": json.dumps({}), "cause": "changed"}
    connection.execute(insert(PRODUCT).values(partner=code, number=number, at=now(), **row))


def mirrored(entries: Sequence[Entry]) -> dict[UUID, int]:
    """Give what a partner shows who does what the entries say: articles and their versions."""
    shown: dict[UUID, int] = {}
    for entry in entries:
        if entry.kind.stands:
            shown[entry.id] = entry.version
        else:
            shown.pop(entry.id, None)
    return shown


class NobodyWaits:
    """Partners of whom none waits for an entry."""

    def __init__(self, site: Site) -> None:
        self.emitter = Emitter(site, lambda *_: None)

    def tell(self, partners: Collection[str]) -> None:
        """Wake nobody."""

    def forget(self, articles: Collection[UUID]) -> None:
        """Nothing is in memory."""

    def look_again(self) -> None:
        """Go through no articles."""


def intake_of(database: Database, press: Press, pages: Pages, site: Site) -> Intake:
    """Put an intake together, of which nothing follows for partners."""
    return Intake(database, press, pages, NobodyWaits(site))


def office_of(database: Database, admin: AdminKey | None = None) -> Office:
    """Put together what the routes of the partners' side work with."""
    emitter, arrivals = Emitter(SITE, lambda *_: None), Arrivals(database, SITE)
    reassessor = Reassessor(database, emitter, arrivals.tell_all)
    return Office(
        database, SITE, admin or AdminKey(None), arrivals, reassessor, Pulls(database).given
    )
