"""Every topic there is, with its partitions and configuration. We make them; Kafka never does."""

from dataclasses import dataclass, field

_HOUR = 3_600_000
_DAY = 24 * _HOUR


@dataclass(frozen=True)
class Topic:
    """A Kafka topic as it must be."""

    name: str
    partitions: int
    config: dict[str, str] = field(default_factory=dict, hash=False)


ARTICLES = Topic(
    "articles",
    # For ever: with another count an article's versions would lie in two partitions, unordered.
    partitions=24,
    config={
        "cleanup.policy": "compact",
        # An erased version is gone from the disk within a day: a segment is closed after six
        # hours, and compacted at the latest a day after its first record.
        "segment.ms": str(6 * _HOUR),
        "max.compaction.lag.ms": str(_DAY),
        # A consumer that was away for a month still meets the tombstone.
        "delete.retention.ms": str(30 * _DAY),
    },
)
"""Every released version of every article, for ever: the record."""

EXPRESS = Topic(
    "articles.express",
    partitions=6,
    config={
        # Compacted too, so that a tombstone erases a version here before it grows old.
        "cleanup.policy": "compact,delete",
        "retention.ms": str(7 * _DAY),
        "segment.ms": str(6 * _HOUR),
        "max.compaction.lag.ms": str(_DAY),
    },
)
"""Urgent versions and retractions a second time, so that they overtake a backlog."""

REGISTRY = Topic("registry", partitions=1, config={"cleanup.policy": "compact"})
"""Units, columns and campaigns, each at its newest state."""

DELIVERIES = Topic(
    "deliveries",
    partitions=6,
    config={"cleanup.policy": "delete", "retention.ms": str(400 * _DAY)},
)
"""What became of each version: in the feeds, in the index, at each partner."""

DEAD = Topic(
    "articles.dead",
    partitions=1,
    config={
        "cleanup.policy": "compact,delete",
        "retention.ms": str(90 * _DAY),
        # Records of erased articles are taken out by tombstones.
        "segment.ms": str(6 * _HOUR),
        "max.compaction.lag.ms": str(_DAY),
    },
)
"""What could not be used, and why."""

TOPICS = (ARTICLES, EXPRESS, REGISTRY, DELIVERIES, DEAD)
