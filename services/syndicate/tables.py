"""The tables: articles, the feeds they are in, and what was served last.

Changes are numbered, all feeds together, and a feed's `revision` is the number of its last one, set
in the same transaction as the change itself: what has changed since a number is found by an index.
A document says which revision it shows: one that is behind is rendered again.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)

from services.common.instants import Instant

TABLES = MetaData()

# One row: which store this is.
IDENTITY = Table("identity", TABLES, Column("id", String, primary_key=True))

ARTICLE = Table(
    "article",
    TABLES,
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("json", LargeBinary),  # nothing once the version was erased
)

# One row for each article in each feed; its key is the order of the feed. Notices of retractions
# are apart, so that neither they nor articles are searched for among very many of the others.
ENTRY = Table(
    "entry",
    TABLES,
    Column("feed", String, primary_key=True),
    Column("notice", Boolean, primary_key=True),
    Column("place", Instant, primary_key=True),
    Column("article", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    sqlite_with_rowid=False,
)

FEED = Table(
    "feed",
    TABLES,
    Column("name", String, primary_key=True),
    Column("title", String),  # nothing until the registry names it
    Column("revision", BigInteger, nullable=False, index=True),
)

# Articles of whose text the database's files may still hold bytes.
FORGETTING = Table(
    "forgetting",
    TABLES,
    Column("seq", Integer, primary_key=True),
    Column("article", Uuid, nullable=False),
)

DOCUMENT = Table(
    "document",
    TABLES,
    Column("path", String, primary_key=True),
    Column("feed", String, nullable=False, index=True),
    Column("revision", BigInteger, nullable=False),
    Column("media_type", String, nullable=False),
    Column("etag", String, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

_Seq = BigInteger().with_variant(Integer, "sqlite")

# Versions that are kept, but that no feed shows yet.
UNLISTED = Table(
    "unlisted",
    TABLES,
    Column("seq", _Seq, primary_key=True),
    Column("article", Uuid, nullable=False),
    Column("version", Integer, nullable=False),
    Column("revision", BigInteger, nullable=False),  # of the feeds that will show it
    Column("trace", Text, nullable=False),  # JSON: the request that it follows from
    sqlite_autoincrement=True,  # what was taken away never comes back as another
)

# Events that Kafka has not confirmed yet.
OUTBOX = Table(
    "outbox",
    TABLES,
    Column("seq", _Seq, primary_key=True),
    Column("topic", String, nullable=False),
    Column("partition", Integer, nullable=False),
    Column("key", LargeBinary, nullable=False),
    Column("value", LargeBinary, nullable=False),
    sqlite_autoincrement=True,
)

# Documents that are made of many feeds, such as the list of subscriptions; each counts its own
# changes.
LIST = Table(
    "list",
    TABLES,
    Column("name", String, primary_key=True),
    Column("revision", BigInteger, nullable=False),
)

# One row, whose id is 1: what all feeds show at present.
EDITION = Table(
    "edition",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("hour", Instant, nullable=False),
    Column("rules", Text, nullable=False),  # the settings that every feed was made by
)

# One row for each article in each feed, as in `entry`, in the order of first publication.
HISTORY = Table(
    "history",
    TABLES,
    Column("feed", String, primary_key=True),
    Column("published", BigInteger, primary_key=True),  # microseconds since 1970
    Column("article", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    sqlite_with_rowid=False,
)

# Subscriptions at the hub whose callback has confirmed them. They can't be made again from Kafka.
HUB_SUBSCRIPTION = Table(
    "hub_subscription",
    TABLES,
    Column("seq", _Seq, primary_key=True),
    Column("topic", String, nullable=False),  # the feed's path
    Column("callback", String, nullable=False),
    Column("host", String, nullable=False, index=True),
    Column("secret", String),  # as it was given: every signature needs it
    Column("expires", Instant, nullable=False, index=True),
    Column("pushed", String, nullable=False),  # the ETag of what the callback took last
    Column("due_at", Instant, index=True),  # of the next push; nothing while it has the newest
    Column("not_before", Instant),  # of a push after one that was taken
    Column("failures", Integer, nullable=False),  # in a row
    Column("failing_since", Instant),
    UniqueConstraint("topic", "callback"),
    sqlite_autoincrement=True,
)

# What a callback is still to be asked (subscribe, unsubscribe) or told (denied).
HUB_HANDSHAKE = Table(
    "hub_handshake",
    TABLES,
    Column("seq", _Seq, primary_key=True),
    Column("mode", String, nullable=False),
    Column("topic", String, nullable=False),
    Column("topic_url", String, nullable=False),
    Column("callback", String, nullable=False),
    Column("host", String, nullable=False, index=True),
    Column("secret", String),
    Column("lease", Integer, nullable=False),  # seconds
    Column("etag", String, nullable=False),  # of the topic when it was asked for
    Column("reason", String),
    Column("attempts", Integer, nullable=False),
    Column("due_at", Instant, nullable=False, index=True),
    Column("trace", Text, nullable=False),  # JSON: the request that it follows from
    UniqueConstraint("topic", "callback"),
    sqlite_autoincrement=True,
)

# Since when the saved bytes of a document are served, with the ETag of those bytes.
WENT_LIVE = Table(
    "went_live",
    TABLES,
    Column("path", String, primary_key=True),
    Column("etag", String, nullable=False),
    Column("second", BigInteger, nullable=False),  # since 1970
    Column("alone", Boolean, nullable=False),
)

# One row, whose id is 1: up to where the pages of the past are closed. What was published last may
# leave all feeds, but the pages that were closed because of it stay so.
CLOSED = Table(
    "closed",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("published", BigInteger, nullable=False),  # microseconds since 1970
)
