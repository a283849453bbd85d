"""Looks at partners' pages: one address at a time of each host, in good manners.

These are the partner's own addresses, named by itself for this, and each is asked for a few times
in all: so robots.txt, which is for those that follow links, is not asked for. A site that wants us
to wait is obeyed (`Retry-After`), and `User-Agent` says who looks, and why.
"""

import asyncio
from collections.abc import Sequence
from email.message import Message
from functools import partial
from typing import Any

import structlog
from sqlalchemy import Connection, Row

from services.common.database import Database
from services.common.instants import now
from services.common.metrics import LOOKS
from services.common.outgoing import (
    BadStatus,
    Limits,
    Outgoing,
    OutgoingFailure,
    Reply,
    TransportFailed,
)
from services.syndicate.circle import places, text_prints
from services.syndicate.circle.pages import words_of
from services.syndicate.circle.prints import TextPrint
from services.syndicate.circle.sightings import Seen, Sighting, of_page, of_status

_LIMITS = Limits(seconds=20, size=2 * 1024 * 1024, redirects=4)
_AT_ONCE = 8
_READ = ("text/html", "application/xhtml+xml", "text/plain", "application/json")
_KINDS = ("application", "audio", "image", "text", "video")
_DETAIL = 200  # characters

log = structlog.get_logger()


class Looking:
    """Looks where partners say that retracted texts stand."""

    def __init__(self, database: Database, outgoing: Outgoing, home: str) -> None:
        self._database = database
        self._outgoing = outgoing
        self._headers = {
            "User-Agent": f"tinbai/1 (is a retracted article gone?; +{home})",
            "Accept": "text/html, application/xhtml+xml, text/plain;q=0.5",
        }

    async def look(self) -> int:
        """Look at some of what is due; say how many places that were."""
        if not await self._database.read(partial(places.is_due, at=now())):
            return 0
        due: Sequence[Row[Any]] = await self._database.write(
            partial(places.claim, at=now(), most=_AT_ONCE)
        )
        async with asyncio.TaskGroup() as group:
            for place in due:
                group.create_task(self._look_at(place))
        return len(due)

    async def _look_at(self, place: Row[Any]) -> None:
        known = await self._database.read(
            partial(text_prints.find, article=place.article, version=place.had)
        )
        try:
            sighting = await self.sighting(place.url, known)
        except Exception:
            log.exception("look_broke", partner=place.partner, host=place.host)
            sighting = Sighting(Seen.UNCLEAR, "a fault of ours")
        await self._database.write(partial(_saw, place=place, sighting=sighting))
        LOOKS.labels(sighting.seen).inc()
        tell = log.warning if sighting.seen is Seen.STANDING else log.info
        tell(
            "retracted_text_looked_for",
            partner=place.partner,
            article=str(place.article),
            host=place.host,
            seen=sighting.seen.value,
            detail=sighting.detail,
        )

    async def sighting(self, url: str, known: TextPrint | None) -> Sighting:
        """Ask for a page, and judge what came."""
        try:
            reply = await self._outgoing.call("GET", url, headers=self._headers, limits=_LIMITS)
        except BadStatus as bad:
            return of_status(bad.status, bad.wish(now()))
        except TransportFailed as failure:
            # Not in its own words: they may quote what came, and that may be the text.
            return Sighting(Seen.UNREACHABLE, f"no answer ({type(failure.__cause__).__name__})")
        except OutgoingFailure as failure:
            return Sighting(Seen.UNREACHABLE, str(failure)[:_DETAIL])
        media_type = (
            reply.headers.get("Content-Type", "text/html").partition(";")[0].strip().lower()
        )
        if media_type not in _READ:
            return Sighting(Seen.UNCLEAR, f"not a page but {_kind_of(media_type)}")
        return of_page(known, await asyncio.to_thread(_words, reply))


def _kind_of(media_type: str) -> str:
    kind = media_type.partition("/")[0]
    return kind if kind in _KINDS else "something else"


def _words(reply: Reply) -> list[str]:
    header = Message()
    header["Content-Type"] = reply.headers.get("Content-Type", "text/html")
    return words_of(reply.content, header.get_content_charset())


def _saw(connection: Connection, place: Row[Any], sighting: Sighting) -> None:
    places.saw(connection, place, sighting, now())
    text_prints.forget_unneeded(connection, place.article)
