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

# One row: what all feeds show at present.
EDITION = Table(
    "edition",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("hour", Instant, nullable=False),
    Column("rules", Text, nullable=False),  # the settings that every feed was made by
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
