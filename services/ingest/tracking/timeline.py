"""What became of an article, put together purely from what ingest keeps and was told."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Literal, get_args
from uuid import UUID

Name = Literal[
    # of ingest
    "received",  # it is stored, and will not be lost
    "in_review",  # it waits for the newsroom
    "accepted",  # it may go out; at once where the unit is trusted
    "embargoed",  # accepted, but held `until` then
    "released",  # the embargo ended
    "retracted",  # it was taken back: this version is the notice
    "expired",  # its time is over
    "erased",  # its text was erased, by order
    "published",  # Kafka has confirmed it in `topic`: the others get it
    # of syndicate and archive
    "listed",  # the public feeds that are served show it, or a newer version
    "indexed",  # it has its page, and search finds it, or its notice
    # of syndicate, for `partners`
    "queued",  # it will be sent to them
    "tried",  # an attempt failed, another follows
    "delivered",  # their system has taken it
    "failed",  # no further attempt follows
    "acknowledged",  # they said what they did with it
    "overdue",  # they said nothing in time
]
"""Every event of a timeline, in the order of an article's way; docs/timeline.md tells them too."""

_RANK = {name: rank for rank, name in enumerate(get_args(Name))}
_ENDINGS: Mapping[str, Name] = {"retracted": "retracted", "expired": "expired", "erased": "erased"}
_REVIEWED = ("in_review", "returned", "rejected")


@dataclass(frozen=True)
class Version:
    """A version as ingest keeps it."""

    version: int
    status: str
    received: datetime
    released: datetime | None
    embargoed_until: datetime | None
    request_id: str

    @property
    def held_until(self) -> datetime | None:
        """The embargo under which it came; None where that was over by then."""
        until = self.embargoed_until
        return until if until and until > self.received else None


@dataclass(frozen=True)
class Sent:
    """A version that Kafka has confirmed."""

    version: int
    topic: str
    at: datetime


@dataclass(frozen=True)
class Hop:
    """What another service told of a version."""

    key: str
    article: UUID
    version: int
    service: str
    event: Name
    at: datetime
    partners: Sequence[str] = ()
    detail: str = ""


@dataclass(frozen=True)
class Item:
    """One line of a timeline."""

    at: datetime
    service: str
    event: Name
    version: int
    more: Mapping[str, object] = field(default_factory=dict)

    def shown(self) -> dict[str, object]:
        """Give it as JSON values."""
        return {
            "at": self.at.isoformat(),
            "service": self.service,
            "event": self.event,
            "version": self.version,
            **self.more,
        }


def timeline(versions: Sequence[Version], sent: Sequence[Sent], hops: Sequence[Hop]) -> list[Item]:
    """Put everything in order, the oldest first."""
    items = [item for version in versions for item in _of_version(version)]
    items += _of_log(sent, hops)
    items += [_of_hop(hop) for hop in hops]
    return sorted(items, key=lambda item: (item.at, item.version, _RANK[item.event]))


def _of_version(of: Version) -> Iterator[Item]:
    def item(at: datetime, event: Name, **more: object) -> Item:
        return Item(at, "ingest", event, of.version, more)

    yield item(of.received, "received", request_id=of.request_id)
    if of.status in _ENDINGS:
        yield item(of.released or of.received, _ENDINGS[of.status])
    elif of.status in _REVIEWED:
        # What the newsroom decided is not told yet.
        yield item(of.received, "in_review")
    elif until := of.held_until:
        yield item(of.received, "accepted")
        yield item(of.received, "embargoed", until=until.isoformat())
        if of.released:
            yield item(of.released, "released")
    else:
        yield item(of.released or of.received, "accepted")


def _of_log(sent: Sequence[Sent], hops: Sequence[Hop]) -> Iterator[Item]:
    """Say when Kafka had each version. Its word comes for many at once: where somebody has shown a
    version before it, Kafka had that one by then."""
    in_order = sorted(sent, key=lambda each: (each.version, each.at))
    for version, topics in groupby(in_order, key=lambda each: each.version):
        seen = [hop.at for hop in hops if hop.version == version]
        for place, each in enumerate(topics):
            at = min([each.at, *seen]) if place == 0 else each.at
            yield Item(at, "ingest", "published", version, {"topic": each.topic})


def _of_hop(hop: Hop) -> Item:
    more: dict[str, object] = {}
    if hop.partners:
        more["partners"] = list(hop.partners)
    if hop.detail:
        more["detail"] = hop.detail
    return Item(hop.at, hop.service, hop.event, hop.version, more)
