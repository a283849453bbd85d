"""The formats that partners get: each makes a fragment of an article, and a document of those."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from schemas.article import Article
from schemas.partner import Format
from services.syndicate.feeds import format as public
from services.syndicate.feeds.entry import Names
from services.syndicate.feeds.format import PrivateHead
from services.syndicate.feeds.jsonfeed import JsonFeed
from services.syndicate.feeds.private import partner_entry_of
from services.syndicate.feeds.site import Site
from services.syndicate.feeds.xml import ATOM, RSS


class PartnerFormat(Protocol):
    """How articles are written down for partners."""

    @property
    def media_type(self) -> str:
        """Its name in HTTP."""

    def fragment(self, article: Article, names: Names, site: Site) -> bytes:
        """One article; it reads the same for every partner."""

    def feed(self, head: PrivateHead, site: Site, fragments: Sequence[bytes]) -> bytes:
        """Many articles."""

    def single(self, head: PrivateHead, site: Site, fragment: bytes) -> bytes:
        """One article by itself."""


@dataclass(frozen=True)
class AsInPublic:
    """What public feeds are made in, with what only partners read."""

    format_: public.Format

    @property
    def media_type(self) -> str:
        """Its name in HTTP."""
        return self.format_.media_type

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


PARTNER_FORMATS: Mapping[Format, PartnerFormat] = {
    Format.RSS: AsInPublic(RSS),
    Format.ATOM: AsInPublic(ATOM),
    Format.JSON: AsInPublic(JsonFeed()),
}
"""Each by its name, which is how its addresses end."""
