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
    "returned",  # the newsroom asks for changes, with a `note`
    "rejected",  # the newsroom does not take it; the `note` says why
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
    "reminded",  # a quarter of their time for a retraction is left
    "overdue",  # they have not taken down in time what was retracted
]
"""Every event of a timeline, in the order of an article's way; docs/timeline.md tells them too."""

_RANK = {name: rank for rank, name in enumerate(get_args(Name))}
_ENDINGS: Mapping[str, Name] = {"retracted": "retracted", "expired": "expired", "erased": "erased"}
_DECIDED: Mapping[str, Name] = {
    "accept": "accepted",
    "return": "returned",
    "reject": "rejected",
}
_WAITING = ("in_review", "returned", "rejected")


@dataclass(frozen=True)
class Version:
    """A version as ingest keeps it."""

    version: int
    status: str
    received: datetime
    released: datetime | None
    embargoed_until: datetime | None
    request_id: str


@dataclass(frozen=True)
class Review:
    """What the newsroom decided of a version."""

    version: int
    decision: Literal["accept", "return", "reject"]
    note: str
    at: datetime


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
    last: datetime | None = None
    """When it happened last, if several are kept as one; the detail is that one's."""


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


def timeline(
    versions: Sequence[Version],
    reviews: Sequence[Review],
    sent: Sequence[Sent],
    hops: Sequence[Hop],
) -> list[Item]:
    """Put everything in order, the oldest first."""
    items = [
        item
        for version in versions
        for item in _of_version(version, [r for r in reviews if r.version == version.version])
    ]
    items += _of_log(sent, hops)
    items += [_of_hop(hop) for hop in hops]
    return sorted(items, key=lambda item: (item.at, item.version, _RANK[item.event]))


def _of_version(of: Version, reviews: Sequence[Review]) -> Iterator[Item]:
    def item(at: datetime, event: Name, **more: object) -> Item:
        return Item(at, "ingest", event, of.version, more)

    yield item(of.received, "received", request_id=of.request_id)
    if reviews or of.status in _WAITING:
        yield item(of.received, "in_review")
    for review in reviews:
        more = {"note": review.note} if review.note else {}
        yield item(review.at, _DECIDED[review.decision], **more)
    if of.status in _ENDINGS:
        yield item(of.released or of.received, _ENDINGS[of.status])
        return
    if of.status in _WAITING:
        return
    until = of.embargoed_until
    went_on = next((r.at for r in reviews if r.decision == "accept"), of.received)
    held = until is not None and until > went_on
    if not any(review.decision == "accept" for review in reviews):
        yield item(of.received if held else of.released or of.received, "accepted")
    if held and until:
        yield item(went_on, "embargoed", until=until.isoformat())
        if of.released:
            yield item(of.released, "released")


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
    if hop.last:
        more["last"] = hop.last.isoformat()
    return Item(hop.at, hop.service, hop.event, hop.version, more)
