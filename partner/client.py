"""The calls to tinbai, each tried again where that may help."""

import random
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import httpx2

from partner.entry import Entry, read_entry

LONGEST_WAIT = 60.0  # seconds between two attempts
MOST_ENTRIES = 1000


class Refused(Exception):
    """tinbai will not do it: to ask again will not help. RFC 9457 says why."""

    def __init__(self, answer: httpx2.Response) -> None:
        problem = _object(answer) or {}
        self.status = answer.status_code
        self.detail = str(problem.get("detail", ""))
        super().__init__(f"{self.status} {problem.get('title', '')}: {self.detail}")


class Unavailable(Exception):
    """tinbai could not be reached for now: ask again later."""


class WentBack(Exception):
    """tinbai knows less than it has told, as after it was restored from a backup. What it gives the
    same seq now may be something else: begin a new mirror."""


@dataclass(frozen=True)
class Feed:
    """A feed, and by what to ask whether it has changed."""

    body: bytes
    content_type: str
    etag: str | None


class Client:
    """Calls tinbai with the partner's key. May be used by several threads."""

    def __init__(
        self,
        url: str,
        code: str,
        key: str,
        *,
        timeout: float = 30.0,
        attempts: int = 6,
        transport: httpx2.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._http = httpx2.Client(
            base_url=url,
            timeout=timeout,
            transport=transport,
            headers={"Authorization": f"Bearer {key}", "User-Agent": "tinbai-partner/0.1.0"},
        )
        self._timeout = timeout
        self.code = code
        self._own = f"/partners/{code}"
        self._attempts = attempts
        self._sleep = sleep

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the connections."""
        self._http.close()

    def changes(self, after: int = 0, *, limit: int = MOST_ENTRIES, wait: float = 0) -> list[Entry]:
        """Give what comes after a seq, the oldest first; where there is nothing, wait for it for so
        many seconds, 60 at the most. Raises WentBack."""
        params = {"after": after, "limit": limit, "wait": wait}
        page = self._get(f"{self._own}/changes", params, timeout=self._timeout + wait)
        if page["last"] < after:
            raise WentBack(f"tinbai has entries up to {page['last']} only, and told {after} before")
        return [read_entry(values) for values in page["items"]]

    def all_changes(self, after: int = 0) -> Iterator[list[Entry]]:
        """Give all that there is after a seq, page by page."""
        while page := self.changes(after):
            yield page
            after = page[-1].seq

    def manifest_days(self) -> Iterator[str]:
        """Give the days that have manifests, the first one first."""
        cursor: dict[str, str] = {}
        while True:
            page = self._get(f"{self._own}/manifests", cursor)
            yield from (day["date"] for day in page["items"])
            if page["next"] is None:
                return
            cursor = {"cursor": page["next"]}

    def manifests(self, day: str) -> Iterator[dict[str, Any]]:
        """Give the manifest of a day, in its parts: each is signed."""
        params: dict[str, int] = {}
        while True:
            part = self._get(f"{self._own}/manifests/{day}", params)
            yield part
            if part["next"] is None:
                return
            params = {"after": part["next"]}

    def public_key(self) -> dict[str, Any]:
        """Give the key by which manifests are verified: `{id, pem, jwk}`."""
        return self._get("/manifests/key")

    def acknowledge(self, article: str, version: int, state: str, url: str | None = None) -> None:
        """Say what became of a version: `received`, `applied`, `removed` or `refused`; and at which
        address it stands, or stood."""
        body = {"id": article, "version": version, "state": state}
        self._call(
            "POST",
            f"{self._own}/acknowledgements",
            json=body | ({"url": url} if url else {}),
        )

    def feed(self, extension: str, etag: str | None = None) -> Feed | None:
        """Give the feed as `rss`, `atom`, `json`, `ninjs` or `newsml`; nothing if it is still the
        one that had this ETag."""
        condition = {"If-None-Match": etag} if etag else {}
        answer = self._call("GET", f"{self._own}/feed.{extension}", headers=condition)
        if answer.status_code == httpx2.codes.NOT_MODIFIED:
            return None
        kind = answer.headers.get("content-type", "")
        return Feed(answer.content, kind, answer.headers.get("etag"))

    def _get(
        self, path: str, params: Mapping[str, Any] | None = None, timeout: float | None = None
    ) -> dict[str, Any]:
        answer = self._call("GET", path, params=params, timeout=timeout or self._timeout)
        values = _object(answer)
        if values is None:  # a proxy's page, for one
            raise Unavailable(f"{path} was not answered with a JSON object")
        return values

    def _call(self, method: str, path: str, **more: Any) -> httpx2.Response:  # noqa: ANN401 - httpx2's own
        for attempt in range(1, self._attempts + 1):
            asked_to_wait = 0.0
            try:
                answer = self._http.request(method, path, **more)
            except httpx2.TransportError as error:
                fault = f"{type(error).__name__}: {error}"
            else:
                if answer.is_success or answer.status_code == httpx2.codes.NOT_MODIFIED:
                    return answer
                if not _is_passing(answer.status_code):
                    raise Refused(answer)
                fault, asked_to_wait = str(answer.status_code), _retry_after(answer)
            if attempt == self._attempts or asked_to_wait > LONGEST_WAIT:
                break
            self._sleep(max(asked_to_wait, _backoff(attempt)))
        raise Unavailable(f"{method} {path} failed {attempt} times, at last with {fault}")


def _is_passing(code: int) -> bool:
    """Whether the same call may be answered otherwise a little later."""
    return code >= httpx2.codes.INTERNAL_SERVER_ERROR or code == httpx2.codes.TOO_MANY_REQUESTS


def _backoff(attempt: int) -> float:
    """Doubling from half a second, with jitter, so that many clients don't come back at once."""
    return min(LONGEST_WAIT, 0.5 * 2.0 ** (attempt - 1)) * random.uniform(0.5, 1)  # noqa: S311


def _retry_after(answer: httpx2.Response) -> float:
    """Read the seconds (RFC 9110, section 10.2.3); a date, which tinbai never sends, is none."""
    value = answer.headers.get("retry-after", "")
    return float(value) if value.isascii() and value.isdigit() else 0.0


def _object(answer: httpx2.Response) -> dict[str, Any] | None:
    """Read a JSON object; of what is between us and tinbai, such as a proxy, expect anything."""
    try:
        values = answer.json()
    except ValueError:
        return None
    return values if isinstance(values, dict) else None
