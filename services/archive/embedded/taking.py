"""What comes is applied to what an index knows, in one commit."""

from collections.abc import Mapping, Sequence
from itertools import chain, starmap
from uuid import UUID

from tantivy import Query

from schemas.events import RegistryEvent
from services.archive.articles.changes import Change, apply
from services.archive.articles.history import History
from services.archive.embedded.documents import (
    SCHEMA,
    article_documents,
    histories_in,
    kept_document,
)
from services.archive.embedded.index import Index, records
from services.archive.engine.contract import Outcome
from services.archive.engine.documents import Kind
from services.common.resuming import Offsets


def take(index: Index, changes: Sequence[Change], offsets: Offsets) -> Outcome:
    """Commit `changes` with `offsets`."""
    index.begin()
    known = _histories(index, {change.id for change in changes})
    changed, effective = apply(known, changes)
    # What nothing stood under needs no search for what to delete, in every segment.
    stood = [str(id_) for id_ in changed if known.get(id_)]
    documents = chain.from_iterable(starmap(article_documents, changed.items()))
    index.replace(stood, documents, offsets)
    histories = {**known, **changed}
    held = [histories.get(each.id, {}).get(each.version) is not None for each in changes]
    return Outcome(effective, held)


def name(index: Index, records: Mapping[str, RegistryEvent | None], offsets: Offsets) -> None:
    """Commit the registry's records with `offsets`."""
    documents = [
        kept_document(key, Kind.REGISTRY, event.to_bytes())
        for key, event in records.items()
        if event
    ]
    index.replace(records, documents, offsets)


def _histories(index: Index, ids: set[UUID]) -> dict[UUID, History]:
    query = Query.term_set_query(SCHEMA, "key", [str(id_) for id_ in ids])
    return histories_in(records(index.searcher(), query))
