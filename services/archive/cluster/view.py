"""Questions to the cluster."""

import re
from base64 import b64decode
from collections.abc import Collection, Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any
from uuid import UUID

from pydantic_core import to_json

from services.archive.articles.history import History
from services.archive.cluster.compiling import compiled
from services.archive.cluster.nodes import Json, Nodes
from services.archive.cluster.writes import read_history
from services.archive.engine.contract import EngineFailed, Hit, Sketch
from services.archive.engine.documents import Kind
from services.archive.engine.query import All, AnyOf, Query, Term

_ANY: Mapping[str, str] = {}
_MOST = 10_000
"""Documents that are read at once: versions of an article, records of the registry."""
_KEPT: Json = {"_source": ["record"], "docvalue_fields": ["published"]}
_SKETCHED: Json = {**_KEPT, "_source": ["record", "signature"]}
_KEPT_PATHS = "hits.hits._score,hits.hits._source,hits.hits.fields"
_VERSIONS = frozenset({Kind.EARLIER, Kind.FORGOTTEN})


class ClusterView:
    """What the cluster holds. Each answer is of one state; a later one may be of a later state."""

    def __init__(self, nodes: Nodes, index: str) -> None:
        self._nodes = nodes
        self._index = index
        self._with_terms: int | None = None

    def best(self, query: Query, limit: int, passed: int = 0) -> Sequence[Hit]:
        """Give what fits best."""
        found = {"size": limit, "from": passed, "sort": ["_score", {"order": "desc"}], **_KEPT}
        return _hits(self._best(query, found))

    def sketches(self, query: Query, limit: int) -> Sequence[Sketch]:
        """Give what fits best, with its record: asked for later, it might be another."""
        found = self._best(query, {"size": limit, **_SKETCHED})
        return [
            Sketch(b64decode(hit["_source"]["signature"]), each.published, each.record)
            for hit, each in zip(_listed(found), _hits(found), strict=True)
        ]

    def read(self, sketches: Sequence[Sketch]) -> Sequence[bytes]:
        """Give the records that came with the signatures."""
        return [each.place for each in sketches if isinstance(each.place, bytes)]

    def latest(self, query: Query, limit: int, after: str | None = None) -> Sequence[Hit]:
        """Give what was published last."""
        found = self._search(
            {
                "query": compiled(query),
                "size": limit,
                "sort": [{"order": "desc"}],
                **({"search_after": [after]} if after else {}),
                **_KEPT,
            },
            _KEPT_PATHS,
        )
        return _hits(found)

    def counts(
        self, query: Query, fields: Collection[str], most: int
    ) -> Mapping[str, Mapping[str, int]]:
        """Count values."""
        wanted = {field: {"terms": {"field": field, "size": most}} for field in fields}
        found = self._search({"query": compiled(query), "size": 0, "aggs": wanted}, "aggregations")
        return {
            field: {
                each["key"]: each["doc_count"] for each in found["aggregations"][field]["buckets"]
            }
            for field in fields
        }

    def total(self, query: Query) -> int:
        """Count what is found."""
        return int(self._call(f"{self._index}/_count", {"query": compiled(query)})["count"])

    def frequencies(self, field: str, terms: Collection[str]) -> Mapping[str, int]:
        """Count documents; those that were replaced count until they are merged away."""
        if not terms:
            return {}
        asked = {
            "doc": {field: " ".join(terms)},
            **dict.fromkeys(("positions", "offsets", "payloads"), False),
            "term_statistics": True,
        }
        vectors = self._call(f"{self._index}/_termvectors", asked)["term_vectors"][field]
        self._with_terms = max(vectors["field_statistics"]["doc_count"], self._with_terms or 0)
        known = vectors["terms"]
        return {term: known.get(term, {}).get("doc_freq", 0) for term in terms}

    def vocabulary(
        self, field: str, prefix: str, query: Query, limit: int
    ) -> Sequence[tuple[str, int]]:
        """Count the values that begin with `prefix`."""
        begun = re.sub(r"[^\w ]", r"\\\g<0>", prefix)
        wanted = {field: {"terms": {"field": field, "size": limit, "include": f"{begun}.*"}}}
        found = self._search({"query": compiled(query), "size": 0, "aggs": wanted}, "aggregations")
        buckets = found["aggregations"][field]["buckets"]
        return [(each["key"], each["doc_count"]) for each in buckets]

    @property
    def documents(self) -> int:
        """All articles that stand: they alone have words."""
        if self._with_terms is None:
            self._with_terms = self.total(Term("kind", Kind.CURRENT))
        return self._with_terms

    def stands(self, article: UUID) -> bytes | None:
        """Give the record that says how an article stands."""
        answer = self._nodes.call(
            "GET", f"{self._index}/_doc/{article}", parameters={"_source": "record"}
        )
        if not answer.ok and answer.status != 404:
            raise EngineFailed(answer.reason)
        record = (answer.body or {}).get("_source", {}).get("record")
        return record.encode() if record else None

    def history(self, article: UUID) -> History:
        """Give an article's versions, joined as they are found."""
        query = All([Term("article", str(article)), AnyOf("kind", _VERSIONS)])
        return read_history(self._records(query))

    def registry(self) -> Iterable[bytes]:
        """Give all records of the registry."""
        return self.kept(Kind.REGISTRY)

    def kept(self, kind: str) -> Iterable[bytes]:
        """Give what all documents of a kind keep."""
        return [record for _, record in self._records(Term("kind", kind)) if record]

    def _records(self, query: Query) -> Sequence[tuple[str, bytes | None]]:
        asked = {"query": compiled(query), "size": _MOST, "sort": ["_doc"], "_source": ["record"]}
        found = self._search(asked, "hits.hits._id,hits.hits._source")
        return [
            (hit["_id"], record.encode() if record else None)
            for hit in _listed(found)
            for record in [hit.get("_source", {}).get("record")]
        ]

    def _best(self, query: Query, what: Json) -> Json:
        asked = compiled(query)
        # Copies differ in which deleted documents they still count. A question goes to the same
        # one, so that its next page follows the first.
        copy = {"preference": sha256(to_json(asked)).hexdigest()[:16]}
        return self._search({"query": asked, **what}, _KEPT_PATHS, copy)

    def _search(self, body: Json, paths: str, copy: Mapping[str, str] = _ANY) -> dict[str, Any]:
        parameters = {
            # Part of the answer would pass for all of it.
            "allow_partial_search_results": "false",
            "search_type": "dfs_query_then_fetch",
            "filter_path": paths,
            **copy,
        }
        path = f"{self._index}/_search"
        return self._call(path, {"track_total_hits": False, **body}, parameters)

    def _call(self, path: str, body: Json, parameters: Mapping[str, str] = _ANY) -> dict[str, Any]:
        answer = self._nodes.call("POST", path, body, parameters)
        if not answer.ok:
            raise EngineFailed(answer.reason)
        return answer.body or {}


def _hits(found: Json) -> Sequence[Hit]:
    return [
        Hit(hit["_source"]["record"].encode(), hit["_score"] or 0.0, hit["fields"]["published"][0])
        for hit in _listed(found)
    ]


def _listed(found: Json) -> Sequence[dict[str, Any]]:
    listed: Sequence[dict[str, Any]] = found.get("hits", {}).get("hits", [])
    return listed
