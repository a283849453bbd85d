"""What ingest keeps. SQLAlchemy Core; the same on SQLite and PostgreSQL."""

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

from schemas.article import PUBLIC
from services.common import trail
from services.common.instants import Instant

tables = MetaData()

articles = Table(
    "articles",
    tables,
    Column("id", Text, primary_key=True),
    Column("unit", Text, nullable=False),
    Column("external_id", Text),
    Column("version", Integer, nullable=False),
    Column("status", Text, nullable=False),
    Column("headline", Text, nullable=False),
    Column("genre", Text, nullable=False),
    Column("column", Text),
    Column("embargoed_until", Instant),  # null unless it is embargoed
    Column("expires", Instant),  # null where there is nothing that could expire
    Column("published", Instant),  # first release; null while nothing was released
    Column("released", Integer),  # the newest version that was released
    Column("received", Instant, nullable=False),
    Column("updated", Instant, nullable=False),
    Column("audience", Text, nullable=False, server_default=PUBLIC),
    UniqueConstraint("unit", "external_id"),
    Index("articles_by_unit", "unit", "id"),
    Index("articles_by_status", "status", "id"),
)
# Few articles wait for a time, so only these are in the indexes.
for _time in (articles.c.embargoed_until, articles.c.expires):
    Index(
        f"articles_by_{_time.name}",
        _time,
        sqlite_where=_time.is_not(None),
        postgresql_where=_time.is_not(None),
    )

article_campaigns = Table(
    "article_campaigns",
    tables,
    Column("article_id", Text, primary_key=True),
    Column("campaign", Text, primary_key=True),
    ForeignKeyConstraint(["article_id"], ["articles.id"]),
    Index("article_campaigns_by_campaign", "campaign", "article_id"),
)

versions = Table(
    "versions",
    tables,
    Column("article_id", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("status", Text, nullable=False),
    Column("submission", Text, nullable=False),  # JSON, with `contact`: it never leaves this table
    Column("digest", Text, nullable=False),
    Column("by", Text, nullable=False),  # the id of the key that was used
    Column("trace", Text, nullable=False),  # JSON: the request that a release will follow from
    Column("received", Instant, nullable=False),
    Column("released", Instant),
    ForeignKeyConstraint(["article_id"], ["articles.id"]),
)

reviews = Table(
    "reviews",
    tables,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("article_id", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("decision", Text, nullable=False),  # accept, return, reject
    Column("note", Text, nullable=False),
    Column("by", Text, nullable=False),  # the id of the key that was used
    Column("at", Instant, nullable=False),
    ForeignKeyConstraint(["article_id"], ["articles.id"]),
    Index("reviews_by_article", "article_id", "seq"),
)

signatures = Table(
    "signatures",
    tables,
    Column("article_id", Text, primary_key=True),
    Column("signature", LargeBinary, nullable=False),  # empty: too short to be likened
    ForeignKeyConstraint(["article_id"], ["articles.id"]),
)

signature_bands = Table(
    "signature_bands",
    tables,
    Column("band", BigInteger, primary_key=True),
    Column("article_id", Text, primary_key=True),
)

idempotency = Table(
    "idempotency",
    tables,
    Column("unit", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("answer", Text, nullable=False),  # JSON
    Column("created", Instant, nullable=False),
    Index("idempotency_by_age", "created"),
)

media = Table(
    "media",
    tables,
    Column("id", Text, primary_key=True),
    Column("content_type", Text, nullable=False),
    Column("width", Integer),
    Column("height", Integer),
    Column("duration", Float),  # seconds
    Column("size", BigInteger, nullable=False),
    Column("renditions", Text, nullable=False),  # JSON
    Column("received", Instant, nullable=False),
)

# The units that sent a file in, or got it from the newsroom in an article of theirs.
media_owners = Table(
    "media_owners",
    tables,
    Column("media_id", Text, primary_key=True),
    Column("unit", Text, primary_key=True),
    Column("received", Instant, nullable=False),
    ForeignKeyConstraint(["media_id"], ["media.id"], ondelete="CASCADE"),
)

registry = Table(
    "registry",
    tables,
    Column("kind", Text, primary_key=True),  # unit, column, campaign
    Column("code", Text, primary_key=True),
    Column("entry", Text, nullable=False),  # JSON
    Column("updated", Instant, nullable=False),
)

keys = Table(
    "keys",
    tables,
    Column("id", Text, primary_key=True),
    Column("digest", Text, nullable=False, unique=True),  # of the key, or of the public key
    Column("public_key", LargeBinary),  # of a signing key: Ed25519, 32 bytes
    Column("scope", Text, nullable=False),  # submit, newsroom, admin
    Column("unit", Text),  # of a key that submits
    Column("name", Text),  # of the others: who or what uses it
    Column("note", Text, nullable=False),
    Column("created", Instant, nullable=False),
    Column("expires", Instant),
    Column("last_used", Instant),  # some time behind
    Column("revoked", Instant),
)

nonces = Table(
    "nonces",
    tables,
    Column("key", Text, primary_key=True),
    Column("nonce", Text, primary_key=True),
    Column("kept_until", Instant, nullable=False),
    Index("nonces_by_age", "kept_until"),
)

audit = trail.audit.to_metadata(tables)

outbox = Table(
    "outbox",
    tables,
    # Only an id: commits come out of order, so nothing may rely on it growing.
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("topic", Text, nullable=False),
    Column("key", LargeBinary, nullable=False),
    Column("value", LargeBinary),  # null: a tombstone
    Column("lane", Text, nullable=False),  # rows of one lane are sent one after the other
    Column("partition", Integer, nullable=False),
    Column("priority", Integer, nullable=False),  # the lowest first
    Column("created", Instant, nullable=False),
    Column("sent", Instant),
    Column("sent_offset", BigInteger),
)
_waiting = outbox.c.sent.is_(None)
Index(
    "outbox_by_priority",
    outbox.c.priority,
    outbox.c.seq,
    sqlite_where=_waiting,
    postgresql_where=_waiting,
)
# Of the sent rows too: an erasure looks for all that was ever sent of an article.
Index("outbox_by_lane", outbox.c.lane, outbox.c.seq)
Index("outbox_by_sent", outbox.c.topic, outbox.c.partition, outbox.c.sent)

leases = Table(
    "leases",
    tables,
    Column("owner", Text, primary_key=True),
    Column("bucket", Integer, primary_key=True),
    Column("until", Instant, nullable=False),
)

reached = Table(
    "reached",
    tables,
    Column("topic", Text, primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("offset", BigInteger, nullable=False),  # the highest that Kafka has ever confirmed
)

compared = Table(
    "compared",
    tables,
    Column("topic", Text, primary_key=True),
    Column("begun", Instant, nullable=False),  # the last comparison that went to its end
)

# One row: which database this is. Kafka's offsets belong to one database.
identity = Table("identity", tables, Column("id", Text, primary_key=True))

# What the other services told of versions.
hops = Table(
    "hops",
    tables,
    Column("key", Text, primary_key=True),  # the event's own: told again, it is the same fact
    Column("article_id", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("service", Text, nullable=False),
    Column("event", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("partners", Text, nullable=False),  # JSON: a list of codes
    Column("detail", Text, nullable=False),
    Column("last", Instant),  # of several that are kept as one
    Index("hops_by_article", "article_id"),
)

polls = Table(
    "polls",
    tables,
    Column("unit", Text, primary_key=True),
    Column("feed_url", Text, nullable=False),
    Column("since", Instant, nullable=False),  # what the site dates earlier is not taken
    Column("next_at", Instant),  # null: gone (410), until the unit has another address
    Column("failures", Integer, nullable=False),  # one after the other, up to now
    Column("etag", Text),
    Column("modified", Text),
    Column("last_ok", Instant),
    Column("last_error", Text),
    Column("last_error_at", Instant),
    Column("notes", Text, nullable=False),  # JSON: what could not be used of the feed as last read
)

polled_items = Table(
    "polled_items",
    tables,
    Column("unit", Text, primary_key=True),
    Column("external_id", Text, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("article_id", Text),  # null: not taken
    Column("version", Integer),  # the last one that came from the feed
    Column("note", Text),  # why its newest content was not taken
    Column("seen", Instant, nullable=False),  # when that content was first seen
)

media_uses = Table(
    "media_uses",
    tables,
    Column("media_id", Text, primary_key=True),
    Column("article_id", Text, primary_key=True),
    Index("media_uses_by_article", "article_id"),
)

erasures = Table(
    "erasures",
    tables,
    Column("article_id", Text, primary_key=True),
    Column("media", Text, nullable=False),  # JSON: the ids of the files that go with it
    Column("begun", Instant, nullable=False),
    Column("cleaned", Instant),  # from then on neither folder nor database file holds a byte of it
    Column("sent", Instant),  # Kafka has the record and the tombstones
    Column("done", Instant),  # the tombstones were queued a second time
)
