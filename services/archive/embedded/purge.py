"""Takes what was erased out of the index's files too.

Tantivy marks a document as deleted; its words stay in their segment until that is merged, which may
be never, and no call forces a merge. So all that stands in segments with deleted documents is
written again, into new ones, and the old ones go as a whole. Each step is a commit like any other:
readers notice nothing, and a process that dies goes on later.
"""

import asyncio
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import chain, starmap
from typing import Any
from uuid import UUID

import structlog
from pydantic_core import from_json
from tantivy import Document, Query, Searcher

from services.archive.embedded.documents import (
    SCHEMA,
    article_documents,
    histories_in,
    kept_document,
)
from services.archive.embedded.index import Index, record, records
from services.archive.engine.contract import InWorker
from services.archive.engine.documents import Kind

_RETRY_AFTER = 10.0  # seconds
_AT_ONCE = 200  # articles in one commit: the intake waits for no more
_PAGE = 50_000  # addresses

log = structlog.get_logger()


async def purge_what_was_erased(index: Index, in_worker: InWorker) -> None:
    """Purge if there is something; `in_worker` is where the index is written. The index itself says
    what is left to do: it still counts the deleted documents of an article."""
    try:
        if await asyncio.to_thread(remains, index):
            await purge(index, in_worker)
    except OSError as error:
        log.warning("purge_interrupted", error=str(error))
        await asyncio.sleep(_RETRY_AFTER)


async def purge(index: Index, in_worker: InWorker) -> None:
    """Write all anew that shares a segment with deleted documents; let go of the old files."""
    keys = await asyncio.to_thread(worn_keys, index)
    for first in range(0, len(keys), _AT_ONCE):
        await in_worker(partial(rewrite, index, keys[first : first + _AT_ONCE]))
    left = await in_worker(index.settle)
    log.info("index_purged", written=len(keys), files_left=left)


def remains(index: Index) -> bool:
    """Whether a segment holds deleted documents of what was erased, or a file of a segment that is
    gone lies there."""
    searcher = index.searcher()
    keys = {_key_of(each) for each in records(searcher, _erased())}
    if any(searcher.doc_freq("key", key) > _standing(searcher, key) for key in keys if key):
        return True
    return bool(keys and index.leftovers())


def worn_keys(index: Index) -> list[str]:
    """List the keys of what stands in segments that hold deleted documents."""
    searcher, worn = index.worn_segments()
    keys = {
        _key_of(record(searcher, address)): None
        for address in _addresses(searcher)
        if address.segment_ord in worn
    }
    return [key for key in keys if key]


def rewrite(index: Index, keys: Sequence[str]) -> None:
    """Write these again, as they stand."""
    searcher = index.searcher()
    articles = [key for key in keys if _is_article(key)]
    histories = histories_in(records(searcher, Query.term_set_query(SCHEMA, "key", articles)))
    documents = list(chain.from_iterable(starmap(article_documents, histories.items())))
    for key in set(keys).difference(articles):
        documents += _registry_documents(searcher, key)
    index.replace(keys, documents, {})


def _erased() -> Query:
    return Query.term_set_query(SCHEMA, "kind", [Kind.ERASED, Kind.FORGOTTEN])


def _registry_documents(searcher: Searcher, key: str) -> Iterator[Document]:
    for each in records(searcher, Query.term_query(SCHEMA, "key", key, "basic")):
        yield kept_document(key, Kind.REGISTRY, each)


def _addresses(searcher: Searcher) -> Iterator[Any]:
    for offset in range(0, searcher.num_docs, _PAGE):
        hits = searcher.search(Query.all_query(), _PAGE, count=False, offset=offset).hits
        yield from (address for _, address in hits)


def _standing(searcher: Searcher, key: str) -> int:
    query = Query.term_query(SCHEMA, "key", key, "basic")
    return sum(1 for _ in records(searcher, query))


def _key_of(kept: bytes) -> str | None:
    """Give the key under which a record stands; None for the offsets, which each commit writes."""
    document = from_json(kept)
    return None if isinstance(document, list) else document.get("key") or document["id"]


def _is_article(key: str) -> bool:
    try:
        UUID(key)
    except ValueError:
        return False
    return True
