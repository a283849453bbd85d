"""What is known of each upload, and whose it is."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, insert, select

from schemas.article import Media, Rendition
from services.common.given import refused
from services.common.problems import FieldError
from services.common.said import said
from services.ingest.media.found import Found
from services.ingest.submission import GivenMedia
from services.ingest.tables import media, media_owners


def add(conn: Connection, media_id: UUID, found: Found, unit: str | None, now: datetime) -> None:
    """Note an upload, once, and that it is `unit`'s too; None is the newsroom, which needs no such
    note."""
    if find(conn, media_id) is None:
        values = found.to_json()
        values["renditions"] = json.dumps(values["renditions"])
        conn.execute(insert(media).values(id=str(media_id), received=now, **values))
    if unit is not None:
        _share(conn, media_id, unit, now)


def find(conn: Connection, media_id: UUID) -> Found | None:
    """Give what is known of an upload, whoever sent it."""
    row = conn.execute(select(media).where(media.c.id == str(media_id))).one_or_none()
    if row is None:
        return None
    values = {
        name: value for name, value in row._asdict().items() if name not in ("id", "received")
    }
    return Found.from_json(values | {"renditions": json.loads(row.renditions)})


def find_own(conn: Connection, media_id: UUID, unit: str | None) -> Found | None:
    """Give what is known of an upload of `unit`'s; the newsroom (None) knows all."""
    known = unit is None or _owns(conn, media_id, unit)
    return find(conn, media_id) if known else None


def claim(
    conn: Connection, given: Sequence[GivenMedia], by: str | None, unit: str, now: datetime
) -> None:
    """Check that whoever submits may use what a submission names. Raises Problem (422).

    What the newsroom (`by` is None) puts into a unit's article becomes the unit's too: else the
    unit could not hand in the next version.
    """
    for place, item in enumerate(given):
        if item.id is None:
            continue
        if find_own(conn, item.id, by) is None:
            raise _unknown(place)
        if by is None:
            _share(conn, item.id, unit, now)


def resolve(conn: Connection, given: Sequence[GivenMedia], archive_url: str) -> list[Media]:
    """Say of each file that a submission names where it stands and what it is."""
    return [_resolve(conn, place, item, archive_url) for place, item in enumerate(given)]


def described(media_id: UUID, found: Found, archive_url: str) -> Media:
    """Describe an upload as articles name it."""
    href = f"{archive_url}/media/{media_id}"
    return Media(
        id=media_id,
        href=href,
        content_type=found.content_type,
        width=found.width,
        height=found.height,
        duration=found.duration,
        size=found.size,
        renditions=[
            Rendition(href=f"{href}?w={each.width}", **vars(each)) for each in found.renditions
        ],
    )


def _resolve(conn: Connection, place: int, given: GivenMedia, archive_url: str) -> Media:
    told: dict[str, Any] = given.model_dump(include={"caption", "credit", "role", "syndicate"})
    if given.id is None:
        assert given.href is not None
        return Media(href=given.href, **told)
    found = find(conn, given.id)
    if found is None:
        raise _unknown(place)
    return described(given.id, found, archive_url).model_copy(update=told)


def _owns(conn: Connection, media_id: UUID, unit: str) -> bool:
    owned = select(media_owners).where(
        media_owners.c.media_id == str(media_id), media_owners.c.unit == unit
    )
    return conn.execute(owned).first() is not None


def _share(conn: Connection, media_id: UUID, unit: str, now: datetime) -> None:
    if not _owns(conn, media_id, unit):
        conn.execute(insert(media_owners).values(media_id=str(media_id), unit=unit, received=now))


def _unknown(place: int) -> Exception:
    # Another unit's looks as if it did not exist.
    return refused([FieldError(f"/media/{place}/id", said("no such file was uploaded"), "unknown")])
