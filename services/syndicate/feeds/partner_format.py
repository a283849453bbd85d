"""The formats that partners get: each makes a fragment of an article, and documents of those."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from schemas.article import Article
from schemas.partner import Format
from services.syndicate.feeds import format as public
from services.syndicate.feeds.entry import Names
from services.syndicate.feeds.format import PrivateHead
from services.syndicate.feeds.jsonfeed import JsonFeed
from services.syndicate.feeds.newsml import writer as newsml
from services.syndicate.feeds.newsml.mapping import news_item_of
from services.syndicate.feeds.ninjs import writer as ninjs
from services.syndicate.feeds.ninjs.mapping import ninjs_of
from services.syndicate.feeds.private import partner_entry_of
from services.syndicate.feeds.site import Site
from services.syndicate.feeds.xml import ATOM, RSS


class PartnerFormat(Protocol):
    """How articles are written down for partners."""

    @property
    def feed_type(self) -> str:
        """The media type of many articles."""

    @property
    def single_type(self) -> str:
        """The media type of one."""

    def fragment(self, article: Article, names: Names, site: Site) -> bytes:
        """One article; it reads the same for every partner. Raises ValueError where it can't be
        written."""

    def feed(self, head: PrivateHead, site: Site, fragments: Sequence[bytes]) -> bytes:
        """Many articles."""

    def single(self, head: PrivateHead, site: Site, fragment: bytes) -> bytes:
        """One article by itself."""


@dataclass(frozen=True)
class AsInPublic:
    """What public feeds are made in, with what only partners read."""

    format_: public.Format

    @property
    def feed_type(self) -> str:
        """The media type of many articles."""
        return self.format_.media_type

    single_type = feed_type

    def fragment(self, article: Article, names: Names, site: Site) -> bytes:
        """One entry."""
        return self.format_.fragment(site, partner_entry_of(article, names, site))

    def feed(self, head: PrivateHead, site: Site, fragments: Sequence[bytes]) -> bytes:
        """Put a feed together."""
        entries = self.format_.separator.join(fragments)
        return self.format_.opening(site, head) + entries + self.format_.closing

    def single(self, head: PrivateHead, site: Site, fragment: bytes) -> bytes:
        """Make a feed of one entry: readers take nothing else."""
        return self.feed(head, site, [fragment])


class AsNinjs:
    """ninjs 3.1."""

    feed_type = single_type = "application/json"

    def fragment(self, article: Article, names: Names, site: Site) -> bytes:
        """One item."""
        return ninjs.written(ninjs_of(article, names, site))

    def feed(self, head: PrivateHead, site: Site, fragments: Sequence[bytes]) -> bytes:  # noqa: ARG002
        """Put items together; nothing stands above them."""
        return ninjs.feed_of(fragments)

    def single(self, head: PrivateHead, site: Site, fragment: bytes) -> bytes:  # noqa: ARG002
        """Give the item itself."""
        return fragment


class AsNewsml:
    """NewsML-G2 2.35; the media types are registered with IANA."""

    feed_type = "application/vnd.iptc.g2.newsmessage+xml"
    single_type = "application/vnd.iptc.g2.newsitem+xml"

    def fragment(self, article: Article, names: Names, site: Site) -> bytes:
        """One newsItem."""
        return newsml.written(news_item_of(article, names, site))

    def feed(self, head: PrivateHead, site: Site, fragments: Sequence[bytes]) -> bytes:
        """Put a newsMessage together."""
        return newsml.message_of(head.name, site.syndicate_url, head.updated, fragments)

    def single(self, head: PrivateHead, site: Site, fragment: bytes) -> bytes:  # noqa: ARG002
        """Give the newsItem itself."""
        return newsml.alone(fragment)


PARTNER_FORMATS: Mapping[Format, PartnerFormat] = {
    Format.RSS: AsInPublic(RSS),
    Format.ATOM: AsInPublic(ATOM),
    Format.JSON: AsInPublic(JsonFeed()),
    Format.NINJS: AsNinjs(),
    Format.NEWSML: AsNewsml(),
}
"""Each by its name, which is how its addresses end."""
