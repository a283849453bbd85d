"""Ours: the catalogue over the embedded engine, in this process and over HTTP."""

import http.client
import json
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from os import link
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from bench.archive.asking import Asked, Subject
from bench.archive.peers.peer import LIMIT, Item
from schemas.article import Article
from schemas.events import ArticleEvent, Trace, UnitChanged
from schemas.reading import read_article_event
from schemas.registry import Unit
from services.archive.catalogue.catalogue import Catalogue, Found
from services.archive.catalogue.filters import SearchRequest
from services.archive.catalogue.registry import Registry
from services.archive.catalogue.relating import Related
from services.archive.embedded.engine import EmbeddedEngine
from services.archive.engine.contract import Engine, Hit, Sketch, View
from services.archive.engine.query import Query
from services.common.ids import new_id
from services.common.instants import now
from tests.integration.services import Place
from tests.stack.processes import free_port_base

_TRACE = Trace(request_id="bench", traceparent=f"00-{'1' * 32}-{'1' * 16}-01")


class Ours:
    """An index in a folder, which is there or is made."""

    def __init__(self, folder: Path) -> None:
        self.engine = EmbeddedEngine(folder)
        self._heard = _Listening(self.engine)
        self.registry = Registry(self.engine)
        self.catalogue = Catalogue(cast("Engine", self._heard), self.registry)

    def name_units(self, codes: Sequence[str]) -> None:
        """Give units names."""
        named = [
            UnitChanged(**_event(), unit=Unit(code=each, name=f"Đơn vị {each}")) for each in codes
        ]
        self.engine.name({event.key: event for event in named}, {})
        self.registry.reload()

    def prepare(self, batch: Sequence[Item]) -> list[tuple[bytes, bytes]]:
        """Give events as Kafka brings them: all that follows is our own work."""
        return records(item.article for item in batch)

    def index(self, prepared: list[tuple[bytes, bytes]]) -> None:
        taken = [read_article_event(key, value).article for key, value in prepared]
        self.engine.take(taken, {("articles", 0): 0})

    def finish(self) -> None:
        """Each batch was searchable when it was taken."""

    def subject(self, article: Article) -> Subject | None:
        """Listen to what related news of an article are asked by; None if nothing is."""
        self._heard.queries.clear()
        self.catalogue.related(article, LIMIT)
        return Subject(article, self._heard.queries[0]) if self._heard.queries else None

    def query(self, asked: Asked) -> Query:
        """Listen to what a question becomes."""
        self._heard.queries.clear()
        self.search(asked)
        return self._heard.queries[0]

    def related(self, subject: Subject) -> Sequence[Related]:
        return self.catalogue.related(subject.article, LIMIT)

    def ids(self, found: Sequence[Related]) -> list[UUID]:
        return [each.article.id for each in found]

    def search(self, asked: Asked) -> Found:
        request = SearchRequest.model_validate(asked.parameters())
        if request.by_time:
            return self.catalogue.by_time(request.question, request, request.limit)
        return self.catalogue.by_relevance(request.question, request, request.limit)


class WithFacets:
    """The counts that go with each page of a search."""

    def __init__(self, ours: Ours) -> None:
        self._ours = ours

    def search(self, asked: Asked) -> object:
        request = SearchRequest.model_validate(asked.parameters())
        return self._ours.catalogue.facets(request.question, request)


class Http:
    """The same index, asked of the service, on one connection that stays."""

    def __init__(self, url: str, process: "subprocess.Popen[bytes]") -> None:
        self.process = process
        parts = urlsplit(url)
        self._connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)

    def related(self, subject: Subject) -> list[Any]:
        return self._get(f"/v1/articles/{subject.article.id}/related?limit={LIMIT}")

    def ids(self, found: Sequence[Any]) -> list[UUID]:
        return [UUID(each["id"]) for each in found]

    def search(self, asked: Asked) -> object:
        return self._get(f"/v1/search?{urlencode(asked.parameters())}")

    def _get(self, path: str) -> list[Any]:
        self._connection.request("GET", path)
        answer = self._connection.getresponse()
        body = answer.read()
        assert answer.status == 200, (path, answer.status, body[:500])
        items: list[Any] = json.loads(body)["items"]
        return items


@contextmanager
def service(index: Path, folder: Path) -> Iterator[Http]:
    """Run archive on a copy of an index, without Kafka; the copy shares the files."""
    place = Place(folder / "service", free_port_base())
    copy = place.data / "archive" / "index"
    shutil.copytree(index, copy, copy_function=link, ignore=shutil.ignore_patterns("*.lock"))
    try:
        with place.service("archive", rate_per_second=1_000_000) as process:
            yield Http(place.url("archive"), process)
    finally:
        shutil.rmtree(place.data)


class _Listening:
    """An engine whose questions are heard."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.queries: list[Query] = []

    def view(self) -> View:
        return cast("View", _ListeningView(self._engine.view(), self.queries))

    def __getattr__(self, name: str) -> object:
        return getattr(self._engine, name)


class _ListeningView:
    def __init__(self, view: View, queries: list[Query]) -> None:
        self._view = view
        self._queries = queries

    def best(self, query: Query, limit: int, passed: int = 0) -> Sequence[Hit]:
        self._queries.append(query)
        return self._view.best(query, limit, passed)

    def sketches(self, query: Query, limit: int) -> Sequence[Sketch]:
        self._queries.append(query)
        return self._view.sketches(query, limit)

    def latest(self, query: Query, limit: int, after: str | None = None) -> Sequence[Hit]:
        self._queries.append(query)
        return self._view.latest(query, limit, after)

    def __getattr__(self, name: str) -> object:
        return getattr(self._view, name)


def records(articles: Iterable[Article]) -> list[tuple[bytes, bytes]]:
    """Give events as Kafka brings them."""
    made = [ArticleEvent(**_event(), type="article.published", article=each) for each in articles]
    return [(event.key.encode(), event.to_bytes()) for event in made]


def _event() -> dict[str, Any]:
    return {"id": new_id(), "time": now(), "producer": "stack", "trace": _TRACE}
