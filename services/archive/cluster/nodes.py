"""Calls to the nodes of a cluster: bounded, tried at each node, and none while all are away.

Own code, and not opensearch-py: of a library with 600 calls eight would be used, and what matters
here, which failure is tried again and which ends the question, is hidden in its transport. 3.0.0
also brings requests and urllib3 beside the HTTP client that is here.
"""

import itertools
import ssl
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
from pydantic_core import from_json, to_json

from services.archive.engine.contract import EngineFailed

_ANSWER_WITHIN = 10.0  # seconds
_CONNECT_WITHIN = 1.0
_CONNECTIONS = httpx2.Limits(max_connections=64, max_keepalive_connections=64)
_REST = 1.0  # seconds without a call, when no node answered
_NONE: Mapping[str, str] = {}
_BUSY = 429
_NOT_NOW = (502, 503, 504)

Json = Mapping[str, Any]


class NotNow(EngineFailed):
    """The cluster is there, and has too much to do or too few nodes: it may soon be otherwise."""


class Busy(NotNow):
    """A node has too much to do."""


@dataclass(frozen=True)
class Answer:
    """What a node answered: `body` is JSON, taken apart."""

    status: int
    body: Any

    @property
    def ok(self) -> bool:
        """Whether it did what it was asked to."""
        return self.status < 300

    @property
    def reason(self) -> str:
        """Say why not, in the cluster's own words for kinds of errors; without values of ours."""
        error = self.body.get("error") if isinstance(self.body, dict) else None
        kind = error.get("type") if isinstance(error, dict) else error
        return f"{self.status} {kind or ''}".strip()


class Nodes:
    """The nodes of one cluster. Calls may come from any thread; all of them may be repeated, so one
    that failed is simply made again at the next node. When none answers, nobody asks for a second:
    requests that wait for time-outs would pile up."""

    def __init__(self, urls: Sequence[str], ca: Path | None = None) -> None:
        # Names and passwords in a URL go into a header: httpx takes them out.
        self._urls = [httpx2.URL(url.rstrip("/") + "/") for url in urls]
        verify = ssl.create_default_context(cafile=ca) if ca else ssl.create_default_context()
        self._client = httpx2.Client(verify=verify, limits=_CONNECTIONS, trust_env=False)
        self._turns = itertools.count()
        self._resting_until = 0.0
        self._reason = ""

    def call(
        self,
        method: str,
        path: str,
        body: Json | bytes | None = None,
        parameters: Mapping[str, str] = _NONE,
        within: float = _ANSWER_WITHIN,
    ) -> Answer:
        """Ask one node, and the next where that can't be reached. Raises NotNow."""
        if time.monotonic() < self._resting_until:
            raise NotNow(self._reason)
        content = body if isinstance(body, bytes) or body is None else to_json(body)
        first = next(self._turns)
        reasons, busy = [], False
        for turn in range(len(self._urls)):
            url = self._urls[(first + turn) % len(self._urls)]
            try:
                return self._ask(url, method, path, content, parameters, within)
            except httpx2.ReadTimeout as error:
                # It works on it: the others would only be held up too.
                raise NotNow(_told(url, error)) from error
            except (NotNow, httpx2.TransportError) as error:
                reasons.append(_told(url, error))
                busy = busy or isinstance(error, Busy)
        self._reason = "; ".join(reasons)
        if not busy:
            self._resting_until = time.monotonic() + _REST
        raise NotNow(self._reason)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _ask(
        self,
        url: httpx2.URL,
        method: str,
        path: str,
        content: bytes | None,
        parameters: Mapping[str, str],
        within: float,
    ) -> Answer:
        answer = self._client.request(
            method,
            url.join(path),
            params=parameters,
            content=content,
            headers={"Content-Type": "application/x-ndjson"} if content else None,
            timeout=httpx2.Timeout(within, connect=_CONNECT_WITHIN),
        )
        try:
            body = from_json(answer.content) if answer.content else None
        except ValueError:
            body = None  # not OpenSearch's own words: somebody stands before it
        found = Answer(answer.status_code, body)
        if found.status == _BUSY:
            raise Busy(found.reason)
        if found.status in _NOT_NOW:
            raise NotNow(found.reason)
        return found


def _told(url: httpx2.URL, error: Exception) -> str:
    what = str(error) if isinstance(error, NotNow) else type(error).__name__
    return f"{url.host}:{url.port or url.scheme}: {what}"
