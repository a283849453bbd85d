"""The embedded engine: what comes is applied to what is known, in one commit."""

from collections.abc import Mapping, Sequence
from pathlib import Path
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
from services.archive.embedded.purge import purge_what_was_erased
from services.archive.embedded.view import EmbeddedView
from services.archive.engine.contract import InWorker, Outcome
from services.archive.engine.documents import Kind
from services.common.resuming import Offsets


class EmbeddedEngine:
    """An index of this process alone, in `folder`."""

    shared = False

    def __init__(self, folder: Path) -> None:
        self.index = Index(folder)

    @property
    def id(self) -> str:
        """The index's."""
        return self.index.id

    @property
    def fault(self) -> str | None:
        """Why the last commit failed, if it did."""
        return self.index.fault

    @property
    def offsets(self) -> Offsets:
        """How far each partition has been taken, for good."""
        return self.index.offsets

    def take(self, changes: Sequence[Change], offsets: Offsets) -> Outcome:
        """Commit `changes` with `offsets`."""
        known = self._histories({change.id for change in changes})
        changed, effective = apply(known, changes)
        documents = {str(id_): article_documents(id_, history) for id_, history in changed.items()}
        self.index.replace(documents, offsets)
        histories = {**known, **changed}
        held = [histories.get(each.id, {}).get(each.version) is not None for each in changes]
        return Outcome(effective, held)

    def name(self, records: Mapping[str, RegistryEvent | None], offsets: Offsets) -> None:
        """Commit the registry's records with `offsets`."""
        documents = {
            key: [kept_document(key, Kind.REGISTRY, event.to_bytes())] if event else []
            for key, event in records.items()
        }
        self.index.replace(documents, offsets)

    def view(self) -> EmbeddedView:
        """Give a view of the last commit."""
        return EmbeddedView(self.index)

    async def tend(self, in_worker: InWorker) -> None:
        """Take what was erased out of the index's files; run until cancelled."""
        await purge_what_was_erased(self.index, in_worker)

    def close(self) -> None:
        """Let go of the index's lock."""
        self.index.close()

    def _histories(self, ids: set[UUID]) -> dict[UUID, History]:
        query = Query.term_set_query(SCHEMA, "key", [str(id_) for id_ in ids])
        return histories_in(records(self.index.searcher(), query))
