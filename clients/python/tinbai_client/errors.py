"""The two ways in which a call can fail."""

from typing import Any

import httpx2

from tinbai_client.words import Fault


class Refused(Exception):
    """Something is wrong with what was sent: to send it again will not help (RFC 9457)."""

    def __init__(self, answer: httpx2.Response) -> None:
        problem = _problem(answer)
        self.status = answer.status_code
        self.type = str(problem.get("type", "about:blank"))
        self.title = str(problem.get("title", answer.reason_phrase))
        self.detail = str(problem.get("detail", ""))
        self.errors: tuple[Fault, ...] = tuple(problem.get("errors", ()))
        self.problem = problem
        self.request_id = answer.headers.get("x-request-id")
        super().__init__(f"{self.status} {self.title}: {self.detail}")


class Unavailable(Exception):
    """It could not be handed in for now; make the same call again later."""


def _problem(answer: httpx2.Response) -> dict[str, Any]:
    """Read the problem; of what is between us and ingest, such as a proxy, expect anything."""
    try:
        problem = answer.json()
    except ValueError:
        return {}
    return problem if isinstance(problem, dict) else {}
