"""What the newsroom does to partners, and all that follows in the same transaction."""

from sqlalchemy import Connection

from schemas.partner import Partner
from services.common.document import Plan
from services.common.problems import Problem
from services.common.said import said
from services.syndicate.partners import document, store
from services.syndicate.partners.acts import Act, record
from services.syndicate.partners.admission import Office
from services.syndicate.partners.document import GivenPartners
from services.syndicate.partners.store import Stored


def add(connection: Connection, office: Office, act: Act, partner: Partner) -> Stored:
    """Add a partner. Raises Problem (409)."""
    stored = _add(connection, act, partner)
    office.reassessor.begin(connection, partner.code)
    return stored


def replace(
    connection: Connection,
    office: Office,
    act: Act,
    partner: Partner,
    if_match: str | None = None,
) -> Stored:
    """Put a partner in the place of what it was. Raises Problem: 404, or 412 where that is not what
    `if_match` names."""
    before = store.known(connection, partner.code)
    if if_match is not None and not _names(if_match, before.etag):
        raise Problem("version-stale", said("The partner was changed since you have read it."))
    stored = _replace(connection, act, before, partner)
    if stored.product != before.product:
        office.reassessor.begin(connection, partner.code)
    return stored


def apply(connection: Connection, act: Act, given: GivenPartners) -> Plan[Partner]:
    """Add and replace what differs. Articles are gone through for it after the transaction, which
    they would make long where there are many partners. Raises Problem (422)."""
    planned = planned_of(connection, given)
    for each in planned.differences:
        if each.before is None:
            _add(connection, act, each.after)
        else:
            _replace(connection, act, store.known(connection, each.after.code), each.after)
    return planned


def planned_of(connection: Connection, given: GivenPartners) -> Plan[Partner]:
    """Say what applying a document would do. Raises Problem (422)."""
    return document.plan(given, [each.partner for each in store.everyone(connection)])


def tell_changed(office: Office) -> None:
    """To be called after the transaction: have keys read anew, and articles gone through."""
    office.keyring.forget()
    office.reassessor.begun.set()


def _add(connection: Connection, act: Act, partner: Partner) -> Stored:
    stored = store.add(connection, partner, act.now)
    record(connection, act, "partner.added", f"partner:{partner.code}", {"product": stored.product})
    return stored


def _replace(connection: Connection, act: Act, before: Stored, partner: Partner) -> Stored:
    stored = store.replace(connection, before, partner, act.now)
    about = f"partner:{partner.code}"
    record(connection, act, "partner.changed", about, {"product": stored.product})
    return stored


def _names(if_match: str, etag: str) -> bool:
    """Compare strongly (RFC 9110, section 13.1.1): weak tags match nothing."""
    tags = [tag.strip() for tag in if_match.split(",")]
    return tags == ["*"] or etag in tags
