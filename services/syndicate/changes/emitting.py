"""From released versions to the entries of each partner, in the transaction that stores them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, bindparam, insert, select, update

from schemas.article import Article
from schemas.events import ArticleEvent, Trace
from schemas.partner import Kind
from services.common.instants import now
from services.common.said import Said
from services.syndicate.change import Change, erases
from services.syndicate.changes import holdings, versions
from services.syndicate.changes.deciding import Held, kind_of, overtakes, reason_of
from services.syndicate.changes.entry import NewEntry
from services.syndicate.changes.in_force import Products
from services.syndicate.feeds.families import place
from services.syndicate.feeds.site import Site
from services.syndicate.partner_tables import PARTNER, PARTNER_ENTRY
from services.syndicate.products.saying import sentence

Follow = Callable[[Connection, Sequence[NewEntry]], None]
"""What follows from new entries, in the same transaction."""


@dataclass(frozen=True)
class Release:
    """A version that was released, and the request that it follows from."""

    article: Article
    trace: Trace


class Emitter:
    """Stores entries; `seq` is counted on the partner's own row, so there is never a gap."""

    def __init__(self, site: Site, follow: Follow) -> None:
        self._site = site
        self._follow = follow
        self._products = Products()

    def take(
        self, connection: Connection, changes: Sequence[Change], effective: Sequence[bool]
    ) -> Sequence[NewEntry]:
        """Keep versions and forget erased ones; tell every partner what concerns it, in order. A
        job of the database's one writer."""
        for change in filter(erases, changes):
            versions.forget(connection, change)
        events = [change for change in changes if isinstance(change, ArticleEvent)]
        # Also those that came too late to change anything: they were released.
        versions.keep(connection, [event.article for event in events], self._site)
        releases = [
            Release(change.article, change.trace)
            for change, is_new in zip(changes, effective, strict=True)
            if is_new and isinstance(change, ArticleEvent)
        ]
        return self._emit(connection, releases, None)

    def emit_to(
        self, connection: Connection, partner: str, releases: Sequence[Release]
    ) -> Sequence[NewEntry]:
        """Tell one partner, whose product has changed."""
        return self._emit(connection, releases, partner)

    def _emit(
        self, connection: Connection, releases: Sequence[Release], partner: str | None
    ) -> Sequence[NewEntry]:
        if not releases:
            return ()
        digests = versions.keep(connection, [each.article for each in releases], self._site)
        self._products.refresh(connection)
        before = holdings.of_articles(connection, {each.article.id for each in releases}, partner)
        writing = _Writing(now(), _last_seqs(connection), digests, [])
        held = {article: dict(by_partner) for article, by_partner in before.items()}
        for release in releases:
            of_article = held.setdefault(release.article.id, {})
            for each, kind, reason in list(self._told(release.article, of_article, partner)):
                entry = writing.entry(release, each, kind, reason)
                of_article[each] = Held(entry.seq, entry.version, kind)
        _store(connection, writing.entries, self._products)
        holdings.keep(connection, writing.entries, before)
        self._follow(connection, writing.entries)
        return writing.entries

    def _told(
        self, article: Article, held: dict[str, Held], partner: str | None
    ) -> Iterator[tuple[str, Kind, str]]:
        """Give who is told what, and why."""
        if partner is None:
            included = set(self._products.included(article))
            concerned = sorted(included | held.keys())
        else:
            included = {partner} if self._products.decide(article, partner).included else set()
            concerned = [partner]
        for each in concerned:
            kind = kind_of(article, held.get(each), included=each in included)
            if kind is not None:
                left_out = kind is Kind.REMOVED and not article.withheld
                clause = str(self._why(article, each)) if left_out else ""
                yield each, kind, reason_of(kind, article, clause)

    def _why(self, article: Article, partner: str) -> Said:
        return sentence(self._products.decide(article, partner).clause)


@dataclass(frozen=True)
class _Writing:
    """Entries on their way into the store."""

    at: datetime
    last_seqs: dict[str, int]
    digests: dict[tuple[UUID, int], str]
    entries: list[NewEntry]

    def entry(self, release: Release, partner: str, kind: Kind, reason: str) -> NewEntry:
        """Number an entry."""
        article = release.article
        self.last_seqs[partner] += 1
        made = NewEntry(
            partner=partner,
            seq=self.last_seqs[partner],
            article=article.id,
            version=article.version,
            kind=kind,
            reason=reason,
            digest=self.digests[article.id, article.version],
            place=place(article),
            at=self.at,
            express=overtakes(kind, article),
            replay=False,
            trace=release.trace,
        )
        self.entries.append(made)
        return made


def _last_seqs(connection: Connection) -> dict[str, int]:
    return dict(connection.execute(select(PARTNER.c.code, PARTNER.c.last_seq)).all())


def _store(connection: Connection, entries: Sequence[NewEntry], products: Products) -> None:
    if not entries:
        return
    connection.execute(
        insert(PARTNER_ENTRY),
        [
            {
                "partner": entry.partner,
                "seq": entry.seq,
                "article": entry.article,
                "version": entry.version,
                "kind": entry.kind.value,
                "reason": entry.reason,
                "digest": entry.digest,
                "product": products.number(entry.partner),
                "at": entry.at,
            }
            for entry in entries
        ],
    )
    last = {entry.partner: entry.seq for entry in entries}
    change = update(PARTNER).where(PARTNER.c.code == bindparam("of"))
    connection.execute(
        change.values(last_seq=bindparam("seq")),
        [{"of": partner, "seq": seq} for partner, seq in last.items()],
    )
