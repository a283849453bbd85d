"""Carries parcels as files, wherever their folder is."""

from dataclasses import dataclass

from services.syndicate.deliveries.documents import Documents
from services.syndicate.deliveries.files import Opens, lay_down, name_of
from services.syndicate.deliveries.sending import Parcel


@dataclass(frozen=True)
class Filing:
    """A sender (see `sending`) for one kind of place."""

    documents: Documents
    opens: Opens

    async def send(self, parcel: Parcel) -> None:
        """Lay the file of a parcel down, and take away those of the article's older entries."""
        background = await self.documents.background(parcel)
        file = self.documents.file(parcel, background)
        older = [name_of(parcel.entry.id, told, parcel.way.format) for told in background.older]
        async with self.opens(parcel.way) as place:
            await lay_down(place, file, older)
