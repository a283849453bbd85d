"""What goes to a partner for an entry, in the format of its way."""

from schemas.partner import Format
from services.common.database import Database
from services.common.fresh import Fresh
from services.syndicate.changes.names import all_names
from services.syndicate.deliveries.sending import Parcel
from services.syndicate.feeds.single import Single, single
from services.syndicate.feeds.site import Site

_JSON = "application/json"
_NAMES_FOR = 5.0  # seconds


class Documents:
    """Writes entries down."""

    def __init__(self, database: Database, site: Site) -> None:
        self._names = Fresh(database, all_names, _NAMES_FOR)
        self._site = site

    async def of(self, parcel: Parcel) -> Single | None:
        """Give the entry itself in JSON, or its article in another format; nothing where that has
        no words for what the entry says: there is no article any more."""
        if parcel.way.format is Format.JSON:
            return Single(_JSON, parcel.entry.model_dump_json().encode())
        if parcel.article is None:
            return None
        return single(parcel.way.format, parcel.article, await self._names.get(), self._site)
