"""The events: past facts in one envelope, each of which knows its Kafka key."""

from functools import cached_property
from typing import Annotated, Literal
from uuid import UUID

from aiokafka.partitioner import murmur2
from pydantic import Field, TypeAdapter, computed_field

from schemas.article import Article, Contract
from schemas.registry import Campaign, Column, Unit
from schemas.text import Code, Line
from schemas.times import Time
from schemas.topics import Topic


class Trace(Contract):
    """The request from which an event follows, so that its log lines can be joined."""

    request_id: str = Field(max_length=128)
    traceparent: str = Field(pattern=r"^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$")
    """W3C Trace Context, section 3.2."""


class Event(Contract):
    """What every event carries. Its Kafka key is `key`; its partition follows `lane`."""

    id: UUID
    """UUIDv7; the same on every attempt to send it."""
    schema_version: Literal[1] = 1
    time: Time
    producer: Literal["ingest", "syndicate", "archive", "stack"]
    trace: Trace

    @property
    def lane(self) -> str:
        """Events of one lane stay in order."""
        return self.record_key

    @property
    def record_key(self) -> str:
        """The Kafka key, which decides what compaction keeps."""
        raise NotImplementedError

    @computed_field  # type: ignore[prop-decorator]
    @property
    def key(self) -> str:
        """`record_key`, told in the body too."""
        return self.record_key

    def partition_in(self, topic: Topic) -> int:
        """The partition of `topic` by Kafka's own hash (murmur2) of the lane."""
        return partition_of(self.lane, topic)

    def to_bytes(self) -> bytes:
        """JSON in UTF-8; what is not set is left out."""
        return self._wire

    @cached_property
    def _wire(self) -> bytes:
        return self.model_dump_json(by_alias=True, exclude_none=True).encode()


def partition_of(lane: str, topic: Topic) -> int:
    """Where a lane lies: what Kafka's default partitioner gives for `lane` as the key."""
    return int(murmur2(lane.encode()) & 0x7FFFFFFF) % topic.partitions


ArticleEventType = Literal[
    "article.published",
    "article.corrected",
    "article.retracted",
    "article.expired",
    "article.erased",
]


class ArticleEvent(Event):
    """A version of an article was released. Topics `articles` and `articles.express`."""

    type: ArticleEventType
    article: Article

    @property
    def lane(self) -> str:
        """Versions of one article stay in order."""
        return str(self.article.id)

    @property
    def record_key(self) -> str:
        """One key a version, written once: compaction keeps them all."""
        return f"{self.article.id}:{self.article.version}"


class UnitChanged(Event):
    """A unit was added or changed. Topic `registry`."""

    type: Literal["unit.changed"] = "unit.changed"
    unit: Unit

    @property
    def record_key(self) -> str:
        """The newest state of each unit is kept."""
        return f"unit:{self.unit.code}"


class ColumnChanged(Event):
    """A column was added or changed. Topic `registry`."""

    type: Literal["column.changed"] = "column.changed"
    column: Column

    @property
    def record_key(self) -> str:
        """The newest state of each column is kept."""
        return f"column:{self.column.slug}"


class CampaignChanged(Event):
    """A campaign was added or changed. Topic `registry`."""

    type: Literal["campaign.changed"] = "campaign.changed"
    campaign: Campaign

    @property
    def record_key(self) -> str:
        """The newest state of each campaign is kept."""
        return f"campaign:{self.campaign.slug}"


class VersionShown(Event):
    """A version, or a newer one, can be found somewhere since `time`. Topic `deliveries`."""

    type: Literal["version.shown"] = "version.shown"
    article: UUID
    version: int = Field(ge=1, lt=2**31)
    where: Literal["feeds", "index"]
    """`feeds`: the public feeds that are served; `index`: the archive's pages and search."""

    @property
    def lane(self) -> str:
        """What happened to one article stays in order."""
        return str(self.article)

    @property
    def record_key(self) -> str:
        """Told again, it is the same fact: the first time counts."""
        return f"{self.article}:{self.version}:{self.where}"


DeliveryState = Literal[
    "queued", "tried", "delivered", "failed", "acknowledged", "reminded", "overdue"
]


class DeliveryChanged(Event):
    """Something happened to a version at partners: one event for all that share it. Topic
    `deliveries`."""

    type: Literal["delivery.changed"] = "delivery.changed"
    article: UUID
    version: int = Field(ge=1, lt=2**31)
    state: DeliveryState
    partners: list[Code] = Field(min_length=1, max_length=500)
    detail: Line = ""
    """How, or why not; units read it too."""

    @property
    def lane(self) -> str:
        """What happened to one article stays in order."""
        return str(self.article)

    @property
    def record_key(self) -> str:
        """Nothing is compacted away here: each event stands for itself."""
        return str(self.id)


class RecordParked(Event):
    """A record could not be used. Topic `articles.dead`."""

    type: Literal["record.parked"] = "record.parked"
    topic: str
    partition: int
    offset: int
    reason: Literal["no_key", "not_json", "wrong_schema", "key_mismatch", "not_applied"]
    detail: str = Field(max_length=2000)
    size: int = Field(description="bytes of the value as it came")
    record_key_base64: str | None = None
    value_base64: str | None = Field(default=None, description="the first 256 KiB of the value")

    @property
    def record_key(self) -> str:
        """Where the record lies: parked twice, it is still one entry after compaction."""
        return f"{self.topic}:{self.partition}:{self.offset}"


RegistryEvent = Annotated[
    UnitChanged | ColumnChanged | CampaignChanged, Field(discriminator="type")
]

DeliveryEvent = Annotated[VersionShown | DeliveryChanged, Field(discriminator="type")]

ARTICLE_EVENT: TypeAdapter[ArticleEvent] = TypeAdapter(ArticleEvent)
REGISTRY_EVENT: TypeAdapter[UnitChanged | ColumnChanged | CampaignChanged] = TypeAdapter(
    RegistryEvent
)
DELIVERY_EVENT: TypeAdapter[VersionShown | DeliveryChanged] = TypeAdapter(DeliveryEvent)
