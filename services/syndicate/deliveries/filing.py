"""Carries parcels as files, wherever their folder is."""

from dataclasses import dataclass
from functools import partial

from schemas.partner import Format
from services.common.database import Database
from services.syndicate.deliveries.background import Background, background_of
from services.syndicate.deliveries.documents import entry_alone
from services.syndicate.deliveries.files import File, Opens, Told, lay_down, name_of
from services.syndicate.deliveries.sending import Parcel
from services.syndicate.feeds.single import single
from services.syndicate.feeds.site import Site


def file_of(parcel: Parcel, background: Background, site: Site) -> File:
    """Make the file of an entry."""
    entry, format_ = parcel.entry, parcel.way.format
    if format_ is Format.JSON:
        document = entry_alone(entry)
    else:
        document = single(format_, background.article, background.names, site)
    name = name_of(entry.id, Told(entry.seq, entry.kind, entry.version), format_)
    return File(name, document.body, document.media_type)


@dataclass(frozen=True)
class Filing:
    """A sender (see `sending`) for one kind of place."""

    database: Database
    site: Site
    opens: Opens

    async def send(self, parcel: Parcel) -> None:
        """Lay the file of a parcel down, and take away those of the article's older entries."""
        background = await self.database.read(partial(background_of, parcel=parcel))
        file = file_of(parcel, background, self.site)
        older = [name_of(parcel.entry.id, told, parcel.way.format) for told in background.older]
        async with self.opens(parcel.way) as place:
            await lay_down(place, file, older)
