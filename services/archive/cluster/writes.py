"""What a batch writes. Decided without looking at what is there: the cluster keeps, of each
document, the one with the highest rank, so that any number of archives may write in any order.

There is a document for each version of an article, and one, the head, for how the article stands;
the head alone is found by its words. What `history.py` joins in memory, the ranks join here:

- a version: its text, then that it is gone (taken back, or erased), then the record of an erasure;
- the head: the higher version, and a tombstone above its own version; an erasure above all.

Whoever reads a history joins what he finds once more: a write of many documents is no transaction.
"""

from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from schemas.article import Article
from schemas.events import RegistryEvent
from services.archive.articles.history import History, newest, with_version, without_version
from services.archive.engine.documents import (
    COUNTED,
    POSITIONED,
    Document,
    Kind,
    version_document,
)
from services.common.instants import microseconds
from services.common.resuming import Offsets

TEXT, GONE, ERASURE = 1, 2, 3
END = 2**62
"""The rank of the head of an erased article."""

OFFSETS = "offsets"

_NO_WORDS = dict.fromkeys((*POSITIONED, *COUNTED), ".")
"""What stands in a field of words that would be empty: nothing that anybody looks for. Lucene
reckons how rare a word is among the documents that have the field, Tantivy among all of them."""

_STUBS = 1000
"""So many versions below a retraction are overwritten. Should one have more, nobody is shown the
older ones either; only their text stays in the index."""


@dataclass(frozen=True)
class Write:
    """A document, and its rank among those that had its id or will have it."""

    id: str
    rank: int
    source: Mapping[str, Any]


def changes_writes(histories: Mapping[UUID, History]) -> Iterator[Write]:
    """Say what is known of articles."""
    for article, history in histories.items():
        yield from article_writes(article, history)


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
        return Write(str(article), 2 * version + 1, {**_NO_WORDS, **_stub(article)})
    rank = END if text.erased else 2 * version
    source = {**_NO_WORDS, **_source(version_document(text, newest=True))}
    return Write(str(article), rank, source)


def version_id(article: UUID, version: int) -> str:
    """Name the document of a version."""
    return f"{article}:{version}"


def registry_writes(
    records: Mapping[str, RegistryEvent | None], ranks: Mapping[str, int]
) -> Iterator[Write]:
    """Say what the registry has: of two events the later one counts. A removal has no time, so it
    goes above what stands there: `ranks` tell."""
    for key, event in records.items():
        if event is None:
            yield Write(key, ranks.get(key, 0) + 1, {"kind": Kind.FORGOTTEN})
        else:
            record = event.to_bytes().decode()
            yield Write(key, microseconds(event.time), {"kind": Kind.REGISTRY, "record": record})


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


def read_history(kept: Iterable[tuple[str, bytes | None]]) -> History:
    """Join what the documents of an article's versions keep, by their ids, to what may be read."""
    history: History = {}
    for id_, record in kept:
        version = id_.partition(":")[2]
        if record is not None:
            history = with_version(history, Article.model_validate_json(record))
        elif version:
            history = without_version(history, int(version))
    stands = newest(history)
    if stands is None or stands.erased:
        return {}
    # The newest version of an article whose time is over is for nobody to read.
    return {n: text for n, text in history.items() if not (text is stands and text.withheld)}


def _source(document: Document) -> Mapping[str, Any]:
    return {
        "article": document.key,
        "kind": document.kind,
        "record": document.record.decode(),
        **document.exact,
        **{field: text for field, text in document.texts.items() if text},
        **({"published": document.published} if document.published is not None else {}),
        **({"order": document.order} if document.order else {}),
        **({"signature": b64encode(document.signature).decode()} if document.signature else {}),
    }


def rank_held(text: Article) -> int:
    """Give the rank that a version's document has as long as the version is there."""
    return ERASURE if text.erased else TEXT
