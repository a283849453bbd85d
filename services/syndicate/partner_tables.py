"""The tables of the partners' side. What they hold can't be made again from Kafka: back them up.

A partner's entries are numbered without gaps: `seq` is taken from the partner's own row, in the
transaction that stores the entry.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    Uuid,
)

from services.common import trail
from services.common.instants import Instant
from services.syndicate.tables import TABLES

_Seq = BigInteger().with_variant(Integer, "sqlite")

PARTNER = Table(
    "partner",
    TABLES,
    Column("code", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("formats", Text, nullable=False),  # JSON; an empty list means all
    Column("ack_deadline", Integer, nullable=False),  # seconds
    Column("product", Integer, nullable=False),  # the number of the one that counts
    Column("last_seq", BigInteger, nullable=False),
    Column("created", Instant, nullable=False),
    Column("active", Boolean, nullable=False, default=True),
)

# Every product that a partner ever had, so that each decision can be made again.
PRODUCT = Table(
    "product",
    TABLES,
    Column("partner", String, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("rules", Text, nullable=False),  # JSON of schemas.partner.Product, as it was wished
    Column("successors", Text, nullable=False),  # JSON: unit to those that took over from it
    Column("at", Instant, nullable=False),
    Column("cause", String, nullable=False),  # "changed" by the newsroom, or "registry"
)

PARTNER_KEY = Table(
    "partner_key",
    TABLES,
    Column("id", Uuid, primary_key=True),
    Column("partner", String, nullable=False, index=True),
    Column("digest", String, nullable=False, unique=True),
    Column("created", Instant, nullable=False),
    Column("expires", Instant),
    Column("last_used", Instant),  # some time behind
    Column("note", Text, nullable=False, default=""),
)

# Who changed what of partners, and when.
AUDIT = trail.audit.to_metadata(TABLES)

# Every released version, as partners get it. Kafka has them too; here they are found by id.
VERSION = Table(
    "version",
    TABLES,
    Column("article", Uuid, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("json", LargeBinary),  # of schemas.article.Article; nothing once it was erased
    Column("digest", String, nullable=False),
    Column("at", Instant, nullable=False),
    Index("version_at", "at", "article", "version"),
)

# What became of an article at a partner, from first to last. The text is in `version`.
PARTNER_ENTRY = Table(
    "partner_entry",
    TABLES,
    Column("partner", String, primary_key=True),
    Column("seq", BigInteger, primary_key=True),
    Column("article", Uuid, nullable=False, index=True),
    Column("version", Integer, nullable=False),
    Column("kind", String, nullable=False),
    Column("reason", Text, nullable=False),
    Column("digest", String, nullable=False),
    Column("product", Integer, nullable=False),  # the number of the product that decided
    Column("at", Instant, nullable=False),
    Index("partner_entry_at", "partner", "at"),
    sqlite_with_rowid=False,
)

# The newest entry of each article that a partner ever got; its key is the order of its feed.
HOLDING = Table(
    "holding",
    TABLES,
    Column("partner", String, primary_key=True),
    Column("article", Uuid, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("version", Integer, nullable=False),
    Column("kind", String, nullable=False),
    Column("place", Instant, nullable=False),
    Index("holding_article", "article"),
    Index("holding_place", "partner", "kind", "place", "article"),
    sqlite_with_rowid=False,
)

# Partners whose product has changed, and how far their articles have been gone through.
REASSESSING = Table(
    "reassessing",
    TABLES,
    Column("partner", String, primary_key=True),
    Column("after", Uuid),  # nothing before the first
)

# Who took over from whom: what the registry says of each unit.
SUCCESSION = Table(
    "succession",
    TABLES,
    Column("unit", String, primary_key=True),
    Column("succeeds", Text, nullable=False),  # JSON: a list of codes
)

# IPTC Media Topics of columns.
MEDIA_TOPIC = Table(
    "media_topic",
    TABLES,
    Column("column", String, primary_key=True),
    Column("topic", String, nullable=False),
)

# Ways by which a partner is pushed to. Those that it pulls by need no row.
WAY = Table(
    "way",
    TABLES,
    Column("id", Uuid, primary_key=True),
    Column("partner", String, nullable=False, index=True),
    Column("kind", String, nullable=False),  # webhook, folder, object_store, sftp, email
    Column("format", String, nullable=False),  # of schemas.partner.Format
    Column("target", String, nullable=False),  # a URL, a folder or an address
    Column("host", String, nullable=False),  # whose places for calls it shares
    Column("settings", Text, nullable=False),  # JSON; what each kind needs beside
    Column("secret", String),
    Column("old_secret", String),
    Column("old_secret_until", Instant),
    Column("off", String),  # why it is off; nothing while it is on
    Column("created", Instant, nullable=False),
    # Where its deliveries wait. It gets another when it is turned off: those are orphans then.
    Column("queue", BigInteger, nullable=False, unique=True),
    Column("failures", Integer, nullable=False),  # in a row
    Column("failing_since", Instant),
    Column("rest_until", Instant),  # after failures: no attempt before that
    Column("slow", Boolean, nullable=False, default=False),  # how the last attempt was
)

# One version for one partner by one way. `seq` orders what is due; waiting rows have a `due_at`.
DELIVERY = Table(
    "delivery",
    TABLES,
    Column("seq", _Seq, primary_key=True),
    Column("way", Uuid, nullable=False),
    Column("queue", BigInteger, nullable=False),  # of the way; what waits in no way's is not sent
    Column("partner", String, nullable=False),
    Column("entry", BigInteger, nullable=False),  # the entry's seq at the partner
    Column("article", Uuid, nullable=False),
    Column("version", Integer, nullable=False),
    Column("message", String, nullable=False),  # the same id on every attempt
    Column("rank", Integer, nullable=False),  # 0 overtakes: retractions, corrections, urgency 1
    Column("replay", Boolean, nullable=False),
    Column("state", String, nullable=False),  # waiting, delivered, failed, superseded
    Column("due_at", Instant),  # of the next attempt; nothing once it has come to an end
    Column("lease", Instant),  # an attempt is under way, until then at the latest
    Column("attempts", Integer, nullable=False),
    Column("created", Instant, nullable=False),
    Column("ended", Instant),
    Column("error", String),  # of the last attempt; no word of the article
    Column("trace", Text, nullable=False),  # JSON: the request that it follows from
    Index("delivery_next", "queue", "state", "rank", "seq"),
    Index("delivery_article", "article", "way"),
    Index("delivery_ended", "ended"),
    Index("delivery_lease", "lease"),
    Index("delivery_partner", "partner", "state", "seq"),
    sqlite_autoincrement=True,
)

# Queues whose way was turned off or is gone: what still waits in them comes to an end.
ENDED_QUEUE = Table(
    "ended_queue",
    TABLES,
    Column("queue", BigInteger, primary_key=True),
    Column("why", String, nullable=False),
)

# What happened to versions at partners, until it is told: one event for a version and a state.
DELIVERY_NEWS = Table(
    "delivery_news",
    TABLES,
    Column("seq", _Seq, primary_key=True),
    Column("article", Uuid, nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", String, nullable=False),  # of schemas.events.DeliveryState
    Column("partners", Text, nullable=False),  # JSON: those that share it
    Column("detail", String, nullable=False),
    Column("at", Instant, nullable=False),
    Column("trace", Text, nullable=False),
    sqlite_autoincrement=True,
)

# Words of partners, in order; one that only says again what was said is not kept.
ACKNOWLEDGEMENT = Table(
    "acknowledgement",
    TABLES,
    Column("seq", _Seq, primary_key=True),
    Column("partner", String, nullable=False),
    Column("article", Uuid, nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", String, nullable=False),  # received, applied, removed, refused
    Column("url", String),
    Column("by", String, nullable=False),  # "partner", or "newsroom" in its name
    Column("at", Instant, nullable=False),
    Index("acknowledgement_article", "article", "partner"),
    Index("acknowledgement_partner", "partner", "seq"),
    sqlite_autoincrement=True,
)

# A retraction that a partner has to act on, from when it was told.
TAKEDOWN = Table(
    "takedown",
    TABLES,
    Column("partner", String, primary_key=True),
    Column("article", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),  # the one that retracts
    Column("entry", BigInteger, nullable=False),  # its seq at the partner
    Column("had", Integer, nullable=False),  # the last version that the partner got before
    Column("since", Instant, nullable=False),
    Column("deadline", Instant, nullable=False),
    Column("next_at", Instant, index=True),  # of the reminder or of the deadline; else nothing
    Column("state", String, nullable=False),  # waiting, reminded, overdue, done
    Column("word", String),  # the last that the partner said of it
    Column("word_at", Instant),
    Column("pulled_at", Instant),  # when `changes` gave it to the partner
    Column("test", Boolean, nullable=False),  # of a drill: nobody is to be woken for it
    Column("trace", Text, nullable=False),  # JSON: the request that it follows from
    Index("takedown_article", "article"),
    Index("takedown_state", "state", "deadline", "article", "partner"),
    Index("takedown_entry", "partner", "entry"),
)

# Where a partner says that a retracted article stands, or stood, and what we saw there.
PLACE = Table(
    "place",
    TABLES,
    Column("seq", _Seq, primary_key=True),
    Column("partner", String, nullable=False),
    Column("article", Uuid, nullable=False),
    Column("url", String, nullable=False),
    Column("host", String, nullable=False),
    Column("look_at", Instant, index=True),  # nothing if not again
    Column("claimed_until", Instant, index=True),  # while somebody looks
    Column("looks", Integer, nullable=False),
    Column("seen", String),  # the last time: gone, standing, unclear, unreachable
    Column("seen_at", Instant),
    Column("detail", String, nullable=False),  # how we know; no word of the article
    Index("place_article", "article", "partner"),
    Index("place_seen", "seen"),
    sqlite_autoincrement=True,
)

# Hashes of the words of a text that was taken back, by which it is known again where it stands.
TEXT_PRINT = Table(
    "text_print",
    TABLES,
    Column("article", Uuid, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("hashes", Text, nullable=False),  # JSON of services.syndicate.circle.prints.TextPrint
)

# What a partner has fetched.
PULLED = Table(
    "pulled",
    TABLES,
    Column("partner", String, primary_key=True),
    Column("seq", BigInteger, nullable=False),  # of the last entry that `changes` gave it
    Column("feed_at", Instant),  # when it was given its feed last
)

# How far each partition was read into this store, in the transaction of what it brought.
POSITION = Table(
    "position",
    TABLES,
    Column("topic", String, primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("offset", BigInteger, nullable=False),
)

# One row, whose id is 1: Ed25519, by which manifests are signed.
SIGNING_KEY = Table(
    "signing_key",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("private", LargeBinary, nullable=False),
)
