"""Calls to ingest that may be made again: each says whether it changed anything."""

from http import HTTPStatus
from typing import Any

import httpx2

from stack.demo.content import Entry
from stack.door import refusal
from stack.errors import StackError

# Not a failure here: the code or `external_id` is taken, or there is a later version.
_THERE_ALREADY = {HTTPStatus.CONFLICT, HTTPStatus.PRECONDITION_FAILED}


class Ingest:
    """Ingest as the newsroom calls it, with the admin key."""

    def __init__(self, http: httpx2.Client) -> None:
        self._http = http

    def register(self, kind: str, entry: Entry) -> bool:
        """Add a unit, column or campaign; False if its code is taken."""
        return self._call("POST", f"/v1/admin/{kind}", json=entry).is_success

    def upload(self, picture: bytes) -> str:
        """Store a picture and give its id: the same for the same bytes."""
        return _id(self._call("POST", "/v1/media", content=picture))

    def submit(self, unit: str, submission: Entry) -> tuple[str, bool]:
        """Submit an article; give its id, and whether it is new.

        An article that is there is left as it stands, also where other content is refused: that of
        a submission with an embargo is another each time.
        """
        answer = self._call("POST", "/v1/articles", params={"unit": unit}, json=submission)
        return _id(answer), answer.status_code == HTTPStatus.CREATED

    def correct(self, article: str, change: Entry) -> bool:
        """Put a version in the place of the first; False if there is a later one."""
        path, first = f"/v1/articles/{article}", {"If-Match": '"1"'}
        return self._call("PUT", path, json=change, headers=first).is_success

    def retract(self, article: str, retraction: Entry) -> bool:
        """Take an article back; False if it was taken back before."""
        path = f"/v1/articles/{article}"
        if self._call("GET", path).json()["status"] == "retracted":
            return False
        self._call("POST", f"{path}/retraction", json=retraction)
        return True

    def _call(self, method: str, path: str, **content: Any) -> httpx2.Response:  # noqa: ANN401
        try:
            answer = self._http.request(method, path, **content)
        except httpx2.TransportError as error:
            raise StackError(f"Cannot reach ingest at {self._http.base_url}: {error}.") from error
        if answer.is_error and answer.status_code not in _THERE_ALREADY:
            raise StackError(f"Ingest refuses {method} {path}: {refusal(answer)}")
        return answer


def _id(answer: httpx2.Response) -> str:
    """Find the id, which a 409 names as well."""
    return str(answer.json()["id"])
