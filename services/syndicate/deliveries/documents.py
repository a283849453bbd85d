"""Parcels as documents, in the format of their way."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from schemas.partner import Format
from services.common.database import Database
from services.syndicate.deliveries.background import Background, background_of
from services.syndicate.deliveries.files import File, Told, name_of
from services.syndicate.deliveries.sending import Parcel
from services.syndicate.feeds.entry import Names
from services.syndicate.feeds.single import single
from services.syndicate.feeds.site import Site


@dataclass(frozen=True)
class Documents:
    """Writes parcels down."""

    database: Database
    site: Site
    names: Callable[[], Names]

    async def background(self, parcel: Parcel) -> Background:
        """Read what is to be known beside the parcel."""
        return await self.database.read(partial(background_of, parcel=parcel))

    def file(self, parcel: Parcel, background: Background) -> File:
        """Make the file of an entry: the entry itself as JSON, as in `changes`; in the other
        formats the article, canceled where it has to be taken down."""
        entry, format_ = parcel.entry, parcel.way.format
        name = name_of(entry.id, Told(entry.seq, entry.kind, entry.version), format_)
        if format_ is Format.JSON:
            return File(name, entry.model_dump_json().encode(), "application/json")
        document = single(format_, background.article, self.names(), self.site)
        return File(name, document.body, document.media_type)
