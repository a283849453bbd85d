"""What a batch writes. Decided without looking at what is there: the cluster keeps, of each
document, the one with the highest rank, so that any number of archives may write in any order.

There is a document for each version of an article, and one, the head, for how the article stands;
the head alone is found by its words. What `history.py` joins in memory, the ranks join here:

- a version: its text, then that it is gone (taken back, or erased), then the record of an erasure;
- the head: the higher version, and a tombstone above its own version; an erasure above all.

Whoever reads a history joins what he finds once more: a write of many documents is no transaction.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from schemas.article import Article
from services.archive.articles.history import History
from services.archive.engine.documents import Document, Kind, version_document
from services.common.resuming import Offsets

TEXT, GONE, ERASURE = 1, 2, 3
END = 2**62
"""The rank of the head of an erased article."""

OFFSETS = "offsets"

_STUBS = 1000
"""So many versions below a retraction are overwritten. Should one have more, nobody is shown the
older ones either; only their text stays in the index."""


@dataclass(frozen=True)
class Write:
    """A document, and its rank among those that had its id or will have it."""

    id: str
    rank: int
    source: Mapping[str, Any]


def article_writes(article: UUID, history: History) -> Iterator[Write]:
    """Say what is known of an article."""
    yield head_write(article, history)
    for version, text in history.items():
        if text is None:
            yield _gone(article, version)
            continue
        rank = ERASURE if text.erased else TEXT
        document = version_document(text, newest=False)
        yield Write(version_id(article, version), rank, _source(document))
        if text.canceled:
            below = range(max(1, version - _STUBS), version)
            yield from (_gone(article, each) for each in below if each not in history)


def head_write(article: UUID, history: History) -> Write:
    """Say how an article stands."""
    version = max(history)
    text = history[version]
    if text is None:
        return Write(str(article), 2 * version + 1, _stub(article))
    rank = END if text.erased else 2 * version
    return Write(str(article), rank, _source(version_document(text, newest=True)))


def version_id(article: UUID, version: int) -> str:
    """Name the document of a version."""
    return f"{article}:{version}"


def registry_write(key: str, rank: int, record: bytes | None) -> Write:
    """Say what the registry has under a key; `record` is None for what was removed."""
    if record is None:
        return Write(key, rank, {"kind": Kind.FORGOTTEN})
    return Write(key, rank, {"kind": Kind.REGISTRY, "record": record.decode()})


def offset_writes(offsets: Offsets) -> Iterable[Write]:
    """Say how far partitions have been taken."""
    for (topic, partition), offset in offsets.items():
        record = f"{topic} {partition} {offset}"
        yield Write(f"{OFFSETS}:{topic}:{partition}", offset, {"kind": OFFSETS, "record": record})


def read_offsets(records: Iterable[bytes]) -> Offsets:
    """Read what `offset_writes` keeps."""
    parts = (record.decode().split() for record in records)
    return {(topic, int(partition)): int(offset) for topic, partition, offset in parts}


def _gone(article: UUID, version: int) -> Write:
    return Write(version_id(article, version), GONE, _stub(article))


def _stub(article: UUID) -> Mapping[str, Any]:
    return {"article": str(article), "kind": Kind.FORGOTTEN}


def _source(document: Document) -> Mapping[str, Any]:
    return {
        "article": document.key,
        "kind": document.kind,
        "record": document.record.decode(),
        **document.exact,
        **document.texts,
        **({"published": document.published} if document.published is not None else {}),
        **({"order": document.order} if document.order else {}),
    }


def rank_held(text: Article) -> int:
    """Give the rank that a version's document has as long as the version is there."""
    return ERASURE if text.erased else TEXT
