"""Writing many documents at once."""

import time
from collections.abc import Iterator, Sequence

from pydantic_core import to_json

from services.archive.cluster.nodes import Answer, Json, Nodes, NotNow
from services.archive.cluster.writes import Write
from services.archive.engine.contract import EngineFailed

_BYTES = 8 * 1024 * 1024  # in one call; a cluster takes 100 MB, and holds all of them in memory
_PAUSES = (0.1, 0.2, 0.5, 1.0, 2.0, 4.0)  # seconds between attempts; after the last it is over
_WAIT = "5s"  # for a shard that is just being moved
# Of the cluster or of its settings, whatever stands in the document.
_ITS_OWN_FAULT = (401, 403)
_FILTER = "error,items.*.status,items.*.error.type"


class NoSuchIndex(EngineFailed):
    """There is no index by that alias."""


class DocumentRefused(ValueError):
    """The cluster will never take a document of this batch; it says why, in its word for it."""


def write(nodes: Nodes, index: str, writes: Sequence[Write], *, refresh: bool) -> list[bool]:
    """Write all to `index`, an alias; say of each whether it outranked what was there.

    Returns when every copy has them on its disk, and with `refresh` when they can be found. Raises
    EngineFailed and DocumentRefused: then some may be written, and it does no harm to repeat all.
    """
    accepted: list[bool] = []
    for part in _parts(writes):
        accepted += _write_part(nodes, index, part, refresh=refresh)
    return accepted


def ranks_of(nodes: Nodes, index: str, ids: Sequence[str]) -> dict[str, int]:
    """Say which rank each document has that is there. Raises EngineFailed."""
    if not ids:
        return {}
    asked = {"docs": [{"_id": id_, "_source": False} for id_ in ids]}
    answer = nodes.call("POST", f"{index}/_mget", asked)
    if not answer.ok:
        raise EngineFailed(answer.reason)
    return {each["_id"]: each["_version"] for each in answer.body["docs"] if each.get("found")}


def _write_part(nodes: Nodes, index: str, part: "_Part", *, refresh: bool) -> list[bool]:
    done: dict[int, bool] = {}
    for pause in (*_PAUSES, None):
        waiting = [at for at in range(len(part)) if at not in done]
        body = b"".join(part[at] for at in waiting)
        try:
            answer = _send(nodes, index, body, refresh=refresh)
            for at, item in zip(waiting, answer.body["items"], strict=True):
                if (outcome := _outcome(item["index"])) is not None:
                    done[at] = outcome
            if len(done) == len(part):
                return [done[at] for at in range(len(part))]
        except NotNow:
            if pause is None:
                raise
        if pause is not None:
            time.sleep(pause)
    raise NotNow("some documents are not taken")


def _send(nodes: Nodes, index: str, body: bytes, *, refresh: bool) -> Answer:
    parameters = {
        "refresh": "true" if refresh else "false",
        "require_alias": "true",
        "timeout": _WAIT,
        "filter_path": _FILTER,
    }
    answer = nodes.call("POST", f"{index}/_bulk", body, parameters)
    if not answer.ok:
        raise EngineFailed(answer.reason)
    return answer


def _outcome(item: Json) -> bool | None:
    """Say whether a document was taken; None where it is to be tried again."""
    status = item["status"]
    if status < 300:
        return True
    if status == 409:
        return False  # something of the same rank or a higher one is there
    if status == 429 or status >= 500:
        return None
    kind = str(item["error"]["type"])
    if status == 404:
        raise NoSuchIndex(kind)
    if status in _ITS_OWN_FAULT:
        raise EngineFailed(f"{status} {kind}")
    raise DocumentRefused(kind)


_Part = Sequence[bytes]


def _parts(writes: Sequence[Write]) -> Iterator[_Part]:
    part: list[bytes] = []
    size = 0
    for each in writes:
        line = _lines(each)
        if part and size + len(line) > _BYTES:
            yield part
            part, size = [], 0
        part.append(line)
        size += len(line)
    if part:
        yield part


def _lines(each: Write) -> bytes:
    where = {"_id": each.id, "version": each.rank, "version_type": "external"}
    return to_json({"index": where}) + b"\n" + to_json(each.source) + b"\n"
