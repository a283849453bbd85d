"""Ways beside webhooks as an admin wishes them, looked at and stored. What takes a connection is a
part of its caller's transaction."""

import json
from collections.abc import Collection
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Connection, Row, select

from schemas.partner import Format, Partner
from services.common.given import read, refused
from services.common.instants import now
from services.common.problems import FieldError, Problem
from services.common.said import said
from services.syndicate.deliveries import ways
from services.syndicate.deliveries.folder import allowed_root
from services.syndicate.deliveries.given import GivenWay, OneOfThem, new_way
from services.syndicate.deliveries.other_ways import KINDS, Allowed
from services.syndicate.partner_tables import WAY
from services.syndicate.partners import store as partner_store

_MOST_WAYS = 50  # of one partner


class _Kind(BaseModel):
    """The field by which the others are read."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)

    kind: str


def given_in(body: bytes) -> OneOfThem:
    """Read what an admin hands in. Raises Problem."""
    # By its kind first: pydantic's own unions put the kind into the places of their errors.
    kind = read(body, _Kind).kind
    model = GivenWay.KINDS.get(kind)
    if model is None:
        detail = said("must be one of: {expected}", expected=", ".join(GivenWay.KINDS))
        raise refused([FieldError("/kind", detail, "enum")])
    return read(body, model)


def faults(given: OneOfThem, partner: Partner, allowed: Allowed) -> list[FieldError]:
    """Find what is wrong with it for this partner, and on this machine."""
    mail = given.kind == "email"
    # In a mail, JSON means that nothing is attached.
    unformatted = mail and given.format is Format.JSON
    found = [] if unformatted else ways.format_faults(partner, given.format)
    if given.kind == "folder" and allowed_root(given.target, allowed.folders) is None:
        detail = said("must be in a folder that TINBAI_PARTNER_FOLDERS allows, without `..`")
        found.append(FieldError("/target", detail, "folder"))
    if mail and allowed.mail_server is None:
        detail = said("no mail can be sent: TINBAI_SMTP_URL is not set")
        found.append(FieldError("/kind", detail, "no_mail_server"))
    return found


def make(connection: Connection, code: str, given: OneOfThem) -> Row[Any]:
    """Make a way; give it as stored. Raises Problem where there are too many, or it is there."""
    partner_store.known(connection, code)
    owners = _owners(connection, given)
    if code in owners:
        raise Problem("conflict", said("The partner has a way to this target already."))
    if owners and given.kind != "email":
        # Files of the same article would have the same names.
        raise Problem("conflict", said("The files of another partner go there already."))
    if len(ways.listed(connection, code, KINDS)) >= _MOST_WAYS:
        raise Problem("conflict", said("A partner has at most {most} ways.", most=_MOST_WAYS))
    made = ways.add(connection, new_way(code, given), now())
    return find(connection, code, made)


def _owners(connection: Connection, given: OneOfThem) -> Collection[str]:
    """Give the partners that have a way to this target."""
    same = select(WAY.c.partner, WAY.c.settings)
    same = same.where(WAY.c.kind == given.kind, WAY.c.target == given.target)
    endpoint = given.settings().get("endpoint")
    return {
        row.partner
        for row in connection.execute(same)
        if json.loads(row.settings).get("endpoint") == endpoint
    }


def find(connection: Connection, code: str, way: UUID) -> Row[Any]:
    """Find a way. Raises Problem (404)."""
    return ways.find(connection, code, way, KINDS)
