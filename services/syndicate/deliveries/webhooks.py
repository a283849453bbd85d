"""Pushes by webhook (Standard Webhooks)."""

from services.common.instants import now
from services.common.outgoing import BadStatus, Limits, Outgoing, OutgoingFailure
from services.syndicate.deliveries.documents import Documents
from services.syndicate.deliveries.sending import Gone, NotTaken, Parcel, kind_of
from services.syndicate.deliveries.signing import signed

KIND = "webhook"
KEPT = 4.0
"""Seconds that a connection is kept: many servers close theirs after 5."""

_LIMITS = Limits(seconds=15, size=None)
_GONE = 410


class Webhooks:
    """Sends parcels as signed POST requests; only a status of success (2xx) is a yes."""

    def __init__(self, outgoing: Outgoing, documents: Documents) -> None:
        self._outgoing = outgoing
        self._documents = documents

    async def send(self, parcel: Parcel) -> None:
        """Push. Raises NotTaken, Gone."""
        document = await self._documents.of(parcel)
        signature = signed(parcel.message, now(), document.body, parcel.way.secrets)
        headers = headers_of(parcel) | signature | {"Content-Type": document.content_type}
        try:
            await self._outgoing.call(
                "POST", parcel.way.target, headers=headers, content=document.body, limits=_LIMITS
            )
        except BadStatus as bad:
            if bad.status == _GONE:
                raise Gone from None
            raise NotTaken(kind_of(bad), bad.wish(now())) from None
        except OutgoingFailure as failure:
            raise NotTaken(kind_of(failure)) from failure


def headers_of(parcel: Parcel) -> dict[str, str]:
    """Say beside the body what the entry says; formats other than ours have no place for it."""
    entry = parcel.entry
    headers = {
        "Tinbai-Partner": parcel.way.partner,
        "Tinbai-Seq": str(entry.seq),
        "Tinbai-Article": str(entry.id),
        "Tinbai-Version": str(entry.version),
        "Tinbai-Kind": entry.kind.value,
        "Tinbai-Attempt": str(parcel.attempt),
    }
    return headers | ({"Tinbai-Replay": "true"} if entry.replay else {})
