"""What an index in the cluster looks like."""

from services.archive.cluster.nodes import Json
from services.archive.engine.documents import COUNTED, EXACT, POSITIONED

_SETTINGS: Json = {
    # A million articles are a few gigabytes: one shard, so that scores and counts are exact; more
    # machines hold copies of it. With one machine there is none, and with two one.
    "number_of_shards": 1,
    "auto_expand_replicas": "0-1",
    # While there is much to take nobody waits to see it: then it shows within this time.
    "refresh_interval": "500ms",
    # Lists by relevance go on to their 10,000th hit.
    "max_result_window": 20_000,
    # What was erased must leave the files too: no remainder of deleted documents is tolerated, and
    # none is kept for copies that might come back.
    "merge.policy.expunge_deletes_allowed": 0,
    # As Tantivy counts it: today's BM25 leaves out a factor that all scores share.
    "similarity.default.type": "LegacyBM25",
    "similarity.default.k1": 1.2,
    "similarity.default.b": 0.75,
}


def template(alias: str) -> Json:
    """Give the template of the indexes that are read by `alias`, one after the other."""
    return {
        "index_patterns": [f"{alias}-*"],
        "priority": 500,
        "template": {"settings": {"index": _SETTINGS}, "mappings": _mappings()},
    }


def _mappings() -> Json:
    exact = {"type": "keyword"}
    kept = {"type": "keyword", "index": False, "doc_values": False}
    words = {"type": "text", "analyzer": "whitespace", "index_options": "positions"}
    return {
        "dynamic": "strict",
        # Words are made again from the record: no need to keep them twice.
        "_source": {"includes": ["record", "signature"]},
        "properties": {
            "article": exact,
            "kind": exact,
            **dict.fromkeys(EXACT, exact),
            "order": exact,
            "published": {"type": "long"},
            **dict.fromkeys(POSITIONED, words),
            **{field: {**words, "index_options": "freqs"} for field in COUNTED},
            "record": kept,
            "signature": {"type": "binary"},
        },
    }
