"""What goes to a partner for an entry, in the format of its way."""

from functools import partial

from schemas.partner import Entry, Format
from services.common.database import Database
from services.common.fresh import Fresh
from services.syndicate.changes.names import all_names
from services.syndicate.deliveries.sending import Parcel
from services.syndicate.deliveries.stand_in import stand_in_for
from services.syndicate.feeds.single import Single, single
from services.syndicate.feeds.site import Site

_JSON = "application/json"
_NAMES_FOR = 5.0  # seconds


def entry_alone(entry: Entry) -> Single:
    """Give the entry itself, as in `changes`: what JSON means by every way of pushing. In the other
    formats its article goes, which is canceled where it has to be taken down."""
    return Single(_JSON, entry.model_dump_json().encode())


class Documents:
    """Writes down many parcels, one after the other."""

    def __init__(self, database: Database, site: Site) -> None:
        self._database = database
        self._names = Fresh(database, all_names, _NAMES_FOR)
        self._site = site

    async def of(self, parcel: Parcel) -> Single:
        """Give what to send."""
        if parcel.way.format is Format.JSON:
            return entry_alone(parcel.entry)
        article = parcel.article
        if article is None:
            article = await self._database.read(partial(stand_in_for, parcel=parcel))
        return single(parcel.way.format, article, await self._names.get(), self._site)
