"""The names of units, columns and campaigns, as the index keeps them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from tantivy import Document, Query

from schemas.events import (
    REGISTRY_EVENT,
    CampaignChanged,
    ColumnChanged,
    RegistryEvent,
    UnitChanged,
)
from services.archive.documents import SCHEMA, Kind, record_document
from services.archive.index import Index, records

_KEY = re.compile(rb"(unit|column|campaign):[\w.-]+")


@dataclass(frozen=True)
class Names:
    """Names by code; what nobody has named yet goes by its code."""

    units: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    campaigns: Mapping[str, str] = field(default_factory=dict)

    def unit(self, code: str) -> str:
        """Name a unit."""
        return self.units.get(code, code)

    def column(self, slug: str) -> str:
        """Name a column."""
        return self.columns.get(slug, slug)


class Registry:
    """Holds the names that the index keeps, so that they are there without Kafka too."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self.names = Names()
        self.reload()

    def reload(self) -> None:
        """Read the names anew."""
        query = Query.term_query(SCHEMA, "kind", Kind.REGISTRY, "basic")
        stored = records(self._index.searcher(), query)
        self.names = _names([REGISTRY_EVENT.validate_json(each) for each in stored])


def registry_documents(event: RegistryEvent) -> list[Document]:
    """Make the document of one registry record."""
    return [record_document(event.key, Kind.REGISTRY, event.to_bytes())]


def registry_key(key: bytes | None) -> str | None:
    """Read the key of a record that was removed; None for one that is no registry key."""
    return key.decode() if key and _KEY.fullmatch(key) else None


def _names(events: list[RegistryEvent]) -> Names:
    return Names(
        units={e.unit.code: e.unit.name for e in events if isinstance(e, UnitChanged)},
        columns={e.column.slug: e.column.name for e in events if isinstance(e, ColumnChanged)},
        campaigns={
            e.campaign.slug: e.campaign.name for e in events if isinstance(e, CampaignChanged)
        },
    )
