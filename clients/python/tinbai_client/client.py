"""The calls to ingest, each tried again where that may help."""

import hashlib
import json
import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

import httpx2

from tinbai_client.errors import Refused, Unavailable
from tinbai_client.words import (
    Article,
    Change,
    Event,
    Id,
    Media,
    Result,
    Submission,
    WholeArticle,
)

BATCH = 1000  # lines that are sent, and if need be sent again, together
LONGEST_WAIT = 60.0  # seconds between two attempts


class Client:
    """Calls ingest with a unit's key. May be used by several threads."""

    def __init__(
        self,
        url: str,
        key: str,
        *,
        language: str = "vi, en;q=0.5",
        timeout: float = 30.0,
        attempts: int = 6,
        transport: httpx2.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._http = httpx2.Client(
            base_url=url,
            timeout=timeout,
            transport=transport,
            headers={
                "Authorization": f"Bearer {key}",
                "Accept-Language": language,
                "User-Agent": "tinbai-client/0.1.0",
            },
        )
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

    def submit(self, article: Submission, *, idempotency_key: str | None = None) -> Article:
        """Hand in an article: once it is answered, it will not be lost.

        The same article again, also by another run of the program, is the same article.
        """
        body = _json(article)
        once = idempotency_key or hashlib.sha256(body).hexdigest()
        answer: Article = self._call("POST", "/v1/articles", body, {"Idempotency-Key": once}).json()
        return answer

    def change(self, article: Id, content: Change, *, version: int) -> Article:
        """Put a whole new version in the place of `version`. Refused (412) if there is another."""
        path, seen = f"/v1/articles/{article}", {"If-Match": f'"{version}"'}
        try:
            answer: Article = self._call("PUT", path, _json(content), seen).json()
        except Refused as refused:
            # The answer to an earlier attempt may have been lost, though it had its effect.
            now = self.get(article) if refused.status == httpx2.codes.PRECONDITION_FAILED else None
            if now is None or not _is(now, content, version + 1):
                raise
            return now
        return answer

    def retract(self, article: Id, *, reason: str, notice: str) -> Article:
        """Take an article back, everywhere. Readers see `notice`; `reason` is for the newsroom."""
        body = _json({"reason": reason, "notice": notice})
        answer: Article = self._call("POST", f"/v1/articles/{article}/retraction", body).json()
        return answer

    def get(self, article: Id) -> WholeArticle:
        """Give an article of the unit."""
        answer: WholeArticle = self._call("GET", f"/v1/articles/{article}").json()
        return answer

    def articles(self, **filters: str | int) -> Iterator[Article]:
        """Give the unit's articles, the newest first; `status="embargoed"` narrows it."""
        cursor: str | None = ""
        while cursor is not None:
            following = {"cursor": cursor} if cursor else {}
            page = self._call("GET", "/v1/articles", params={**filters, **following}).json()
            yield from page["items"]
            cursor = page["next"]

    def timeline(self, article: Id) -> Iterator[Event]:
        """Give what became of an article, in order of time."""
        yield from self._call("GET", f"/v1/articles/{article}/timeline").json()["items"]

    def upload_media(self, file: Path) -> Media:
        """Store a picture, sound or film."""
        kind = {"Content-Type": "application/octet-stream"}  # ingest looks at the bytes
        answer: Media = self._call("POST", "/v1/media", file, kind).json()
        return answer

    def submit_many(self, articles: Iterable[Submission]) -> Iterator[Result]:
        """Hand in any number of articles, and give the result of each in order.

        One that is refused stops no other. With an `external_id` each, to hand them all in again
        has no second effect.
        """
        lines = (_json(article) + b"\n" for article in articles)
        done = 0
        while batch := list(islice(lines, BATCH)):
            for number, told in enumerate(self._batch(batch), start=done + 1):
                yield _result(number, told)
            done += len(batch)

    def _batch(self, lines: list[bytes]) -> list[dict[str, Any]]:
        body = b"".join(lines)
        headers = {
            "Content-Type": "application/x-ndjson",
            "Idempotency-Key": hashlib.sha256(body).hexdigest(),
        }
        for attempt in range(1, self._attempts + 1):
            told = _lines(self._call("POST", "/v1/batches", body, headers))
            if len(told) == len(lines) and not any(_is_passing(line["code"]) for line in told):
                break
            if attempt < self._attempts:
                self._sleep(_backoff(attempt))
        if len(told) != len(lines):
            raise Unavailable(f"{len(told)} of {len(lines)} lines were answered")
        return told

    def _call(
        self,
        method: str,
        path: str,
        body: bytes | Path | None = None,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str | int] | None = None,
    ) -> httpx2.Response:
        for attempt in range(1, self._attempts + 1):
            asked_to_wait = 0.0
            try:
                with _opened(body) as content:
                    answer = self._http.request(
                        method, path, content=content, headers=headers, params=params
                    )
            except httpx2.TransportError as error:
                fault = f"{type(error).__name__}: {error}"
            else:
                if answer.is_success:
                    return answer
                if not _is_passing(answer.status_code):
                    raise Refused(answer)
                fault, asked_to_wait = str(answer.status_code), _retry_after(answer)
            if attempt == self._attempts or asked_to_wait > LONGEST_WAIT:
                break
            self._sleep(max(asked_to_wait, _backoff(attempt)))
        raise Unavailable(f"{method} {path} failed {attempt} times, at last with {fault}")


def _opened(body: bytes | Path | None) -> AbstractContextManager[bytes | BinaryIO | None]:
    return body.open("rb") if isinstance(body, Path) else nullcontext(body)


def _is_passing(code: int) -> bool:
    """Whether the same call may be answered otherwise a little later."""
    return code >= httpx2.codes.INTERNAL_SERVER_ERROR or code == httpx2.codes.TOO_MANY_REQUESTS


def _backoff(attempt: int) -> float:
    """Doubling from half a second, with jitter, so that many clients don't come back at once."""
    return min(LONGEST_WAIT, 0.5 * 2.0 ** (attempt - 1)) * random.uniform(0.5, 1)  # noqa: S311


def _retry_after(answer: httpx2.Response) -> float:
    """Read seconds or a date (RFC 9110, section 10.2.3); 0 where there is neither."""
    value = answer.headers.get("retry-after", "")
    if value.isdecimal():
        return float(value)
    try:
        at: datetime = parsedate_to_datetime(value)
    except ValueError:
        return 0.0
    return (at.astimezone(UTC) - datetime.now(UTC)).total_seconds()


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def _lines(answer: httpx2.Response) -> list[dict[str, Any]]:
    return [json.loads(line) for line in answer.content.splitlines() if line.strip()]


def _result(number: int, told: Mapping[str, Any]) -> Result:
    status = told.get("status")
    return Result(
        number,
        told["code"],
        told.get("id"),
        told.get("version"),
        status if isinstance(status, str) else None,  # a problem's own status is a number
        told.get("detail", ""),
        tuple(told.get("errors") or ()),
    )


def _is(now: WholeArticle, content: Change, version: int) -> bool:
    """Whether an article stands at `version`, with this content."""
    stored: Mapping[str, object] = now
    return now["version"] == version and all(
        stored.get(name) == value for name, value in content.items()
    )
