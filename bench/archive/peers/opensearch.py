"""OpenSearch's more-like-this on the same folded words and pairs, on one node."""

import http.client
import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from bench.archive.asking import Asked, Subject
from bench.archive.peers.peer import CANDIDATES, PAGE, Item
from services.common.instants import microseconds

HEAP = "1g"
_INDEX = "news"
_WORDS = {"type": "text", "analyzer": "whitespace", "term_vector": "yes"}
_MADE = {
    "settings": {"number_of_shards": 1, "number_of_replicas": 0, "refresh_interval": "-1"},
    "mappings": {
        "_source": {"enabled": False},
        "properties": {
            "unit": {"type": "keyword"},
            "published": {"type": "long"},
            "words": _WORDS,
            "pairs": {**_WORDS, "index_options": "freqs"},
        },
    },
}
# As it comes, and as it suits news: short texts, in which a name stands once.
AS_IT_COMES: dict[str, int] = {}
FOR_NEWS = {"min_term_freq": 1, "min_doc_freq": 2, "max_query_terms": 100}


class OpenSearch:
    """An index of its own, asked on one connection that stays."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=300)

    def create(self) -> None:
        """Make the index."""
        self._ask("PUT", f"/{_INDEX}", _MADE)

    def prepare(self, batch: Sequence[Item]) -> list[bytes]:
        lines = []
        for item in batch:
            lines.append(json.dumps({"index": {"_id": str(item.article.id)}}))
            texts = {name: item.document.texts[name] for name in ("words", "pairs")}
            published = microseconds(item.article.published)
            lines.append(json.dumps({"unit": item.article.unit, "published": published, **texts}))
        return [("\n".join(lines) + "\n").encode()]

    def index(self, prepared: list[bytes]) -> None:
        for body in prepared:
            answer = self._send("POST", f"/{_INDEX}/_bulk", body)
            assert not answer["errors"], answer

    def finish(self) -> None:
        self._ask("POST", f"/{_INDEX}/_refresh", {})

    def ids(self, found: Sequence[str]) -> list[UUID]:
        return [UUID(each) for each in found]

    def like(self, article: UUID, settings: dict[str, int]) -> list[str]:
        """Give what is like an article."""
        asked = {
            "fields": ["words", "pairs"],
            "like": [{"_index": _INDEX, "_id": str(article)}],
            **settings,
        }
        return self._search({"query": {"more_like_this": asked}, "size": CANDIDATES})

    def search(self, asked: Asked) -> list[str]:
        wanted = [{"match_phrase": {"words": " ".join(phrase)}} for phrase in asked.wanted]
        unwanted = [{"match_phrase": {"words": words}} for words in asked.unwanted]
        filters: list[dict[str, Any]] = []
        if asked.unit:
            filters.append({"term": {"unit": asked.unit}})
        if asked.since and asked.until:
            bounds = {"gte": microseconds(asked.since), "lt": microseconds(asked.until)}
            filters.append({"range": {"published": bounds}})
        query = {"bool": {"must": wanted, "must_not": unwanted, "filter": filters}}
        order = {"sort": [{"published": "desc"}]} if asked.by_time else {}
        return self._search({"query": query, "size": PAGE, "track_total_hits": False, **order})

    def _search(self, body: dict[str, Any]) -> list[str]:
        answer = self._ask("POST", f"/{_INDEX}/_search?request_cache=false", body)
        return [hit["_id"] for hit in answer["hits"]["hits"]]

    def _ask(self, method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        return self._send(method, path, json.dumps(body).encode())

    def _send(self, method: str, path: str, body: bytes) -> dict[str, Any]:
        kind = "application/x-ndjson" if path.endswith("_bulk") else "application/json"
        self._connection.request(method, path, body, {"Content-Type": kind})
        answer = self._connection.getresponse()
        read: dict[str, Any] = json.loads(answer.read())
        assert answer.status < 300, read
        return read


class MoreLikeThis:
    """Related news by more-like-this, with some settings."""

    def __init__(self, opensearch: OpenSearch, settings: dict[str, int]) -> None:
        self._opensearch, self._settings = opensearch, settings
        self.ids = opensearch.ids

    def related(self, subject: Subject) -> list[str]:
        return self._opensearch.like(subject.article.id, self._settings)
