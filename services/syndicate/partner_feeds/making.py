"""From what a partner holds to a document, off the event loop."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from uuid import UUID

import structlog
from sqlalchemy import Connection

from schemas.article import Article
from schemas.partner import Format
from services.common.answers import matches
from services.common.database import Database
from services.common.metrics import FEED_RENDER_ERRORS
from services.syndicate.changes import versions
from services.syndicate.changes.names import names_of
from services.syndicate.feeds.entry import Names
from services.syndicate.feeds.format import PrivateHead
from services.syndicate.feeds.partner_format import PARTNER_FORMATS
from services.syndicate.feeds.single import Single, single
from services.syndicate.feeds.site import Site
from services.syndicate.partner_feeds.cuts import Cut, Cuts, Which
from services.syndicate.partner_feeds.standing import Shown, feed_of, item_of
from services.syndicate.rendering.window import Periods

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)  # when a feed without entries last changed

_AT_ONCE = 2  # feeds and items of one partner: others want to have theirs too

log = structlog.get_logger()


@dataclass(frozen=True)
class Made:
    """What to answer: a document, or nothing but its ETag to who has it."""

    etag: bytes
    document: Single | None = None


@dataclass(frozen=True)
class _Parts:
    """What a document is to be made of."""

    shown: Shown
    etag: bytes
    missing: Mapping[Which, Article]
    names: Names
    cuts: Mapping[Which, Cut]
    word: int = 0


class PartnerFeeds:
    """Makes feeds and items of partners when they are asked for: two hundred partners in five
    formats would be too much to have ready."""

    def __init__(
        self,
        database: Database,
        site: Site,
        size: int,
        periods: Periods,
        publication: str,
        fed: Callable[[str], None],
    ) -> None:
        self._database = database
        self._site = site
        self._size = size
        self._periods = periods
        self._publication = publication
        self.fed = fed
        """To be told who was given its feed, or heard that it has the newest."""
        self._cuts = Cuts()
        self._turns = defaultdict[str, asyncio.Semaphore](partial(asyncio.Semaphore, _AT_ONCE))

    def forget(self, articles: Collection[UUID]) -> None:
        """Drop what memory holds of these."""
        self._cuts.forget(articles)

    async def feed(self, code: str, format_: Format, known: bytes | None) -> Made | None:
        """Give a partner's feed; `known` is `If-None-Match`. Nothing if the format isn't in its
        contract."""
        async with self._turns[code]:
            return await self._feed(code, format_, known)

    async def _feed(self, code: str, format_: Format, known: bytes | None) -> Made | None:
        look = partial(self._look_at_feed, code=code, format_=format_, known=known)
        found = await self._database.read(look)
        if not isinstance(found, _Parts):
            return found
        base = f"{self._site.syndicate_url}/partners/{code}/feed"
        title = f"{self._publication}: {found.shown.partner}"
        head = PrivateHead(code, title, "vi", _NEVER, base=base)
        return Made(found.etag, await asyncio.to_thread(self._make_feed, found, format_, head))

    async def item(
        self, code: str, format_: Format, article: UUID, known: bytes | None
    ) -> Made | None:
        """Give an article by itself; nothing if the partner doesn't have it, or not in that
        format."""
        async with self._turns[code]:
            return await self._item(code, format_, article, known)

    async def _item(
        self, code: str, format_: Format, article: UUID, known: bytes | None
    ) -> Made | None:
        look = partial(self._look_at_item, code=code, format_=format_, article=article, known=known)
        found = await self._database.read(look)
        if not isinstance(found, _Parts):
            return found
        base = f"{self._site.syndicate_url}/partners/{code}/items/{article}"
        [version] = found.missing.values()
        made = await asyncio.to_thread(single, format_, version, found.names, self._site, base)
        return Made(found.etag, made)

    def _look_at_feed(
        self, connection: Connection, code: str, format_: Format, known: bytes | None
    ) -> Made | _Parts | None:
        shown = feed_of(connection, code, format_, self._size, self._periods)
        if shown is None:
            return None
        etag = shown.etag(format_, self._site)
        if _is(known, etag):
            return Made(etag)
        wanted = shown.versions(format_)
        cuts, word = self._cuts.known(shown.names, wanted)
        missing = _read(connection, [which for which in wanted if which not in cuts])
        names = names_of(connection, missing.values())
        return _Parts(shown, etag, missing, names, cuts, word)

    def _look_at_item(
        self, connection: Connection, code: str, format_: Format, article: UUID, known: bytes | None
    ) -> Made | _Parts | None:
        shown = item_of(connection, code, format_, article)
        if shown is None:
            return None
        etag = shown.etag(format_, self._site)
        if _is(known, etag):
            return Made(etag)
        texts = _read(connection, shown.versions(format_))
        if not texts:  # forgotten, before there is a record of the erasure
            return None
        return _Parts(shown, etag, texts, names_of(connection, texts.values()), {})

    def _make_feed(self, parts: _Parts, format_: Format, head: PrivateHead) -> Single:
        made = {
            which: cut
            for which, article in parts.missing.items()
            if (cut := self._cut(which, article, parts.names))
        }
        self._cuts.keep(parts.shown.names, parts.word, made)
        ready = {**parts.cuts, **made}
        cuts = [ready[which] for which in parts.shown.versions(format_) if which in ready]
        updated = max((cut.updated for cut in cuts), default=_NEVER)
        writer = PARTNER_FORMATS[format_]
        head = replace(head, updated=updated)
        return Single(writer.feed_type, writer.feed(head, self._site, [cut.body for cut in cuts]))

    def _cut(self, which: Which, article: Article, names: Names) -> Cut | None:
        """Write an article down; one that can't be is left out, and the others are there."""
        try:
            body = PARTNER_FORMATS[which.format].fragment(article, names, self._site)
        except Exception:
            FEED_RENDER_ERRORS.inc()
            log.exception("entry_left_out", article=str(article.id))
            return None
        return Cut(body, article.updated.astimezone(UTC))


def _is(if_none_match: bytes | None, etag: bytes) -> bool:
    return if_none_match is not None and matches(if_none_match, etag.removeprefix(b"W/"))


def _read(connection: Connection, wanted: Sequence[Which]) -> dict[Which, Article]:
    """Read versions, but for those that were erased."""
    found = versions.articles(connection, [(which.article, which.version) for which in wanted])
    keys = ((which, (which.article, which.version)) for which in wanted)
    return {which: found[key] for which, key in keys if key in found}
