"""What is found out about a partner's request before its route is run, and said with the answer."""

from dataclasses import dataclass, field
from urllib.parse import unquote_plus

from starlette.datastructures import Headers
from starlette.types import Scope

from services.common.auth import basic, bearer
from services.common.limiter import Headers as MoreHeaders

_IN_SCOPE = "tinbai.visit"


@dataclass
class Visit:
    """One request below `/partners/`."""

    key: str | None
    """As it was sent: as Bearer, as the password of Basic, or, to read, as `?key=`."""
    headers: MoreHeaders = field(default_factory=list)
    """What admission adds to the answer, whatever the answer is."""


def visit_of(scope: Scope) -> Visit:
    """Give the visit that a request is. The first time its key is taken out of the query, so that
    nothing that comes after, be it a link, a log line or an error, can repeat it."""
    if _IN_SCOPE not in scope:
        scope[_IN_SCOPE] = Visit(_key_taken_from(scope))
    visit: Visit = scope[_IN_SCOPE]
    return visit


def _key_taken_from(scope: Scope) -> str | None:
    kept, asked = [], None
    for part in scope["query_string"].decode("latin-1").split("&"):
        name, _, value = part.partition("=")
        if unquote_plus(name) == "key":
            asked = unquote_plus(value)
        else:
            kept.append(part)
    scope["query_string"] = "&".join(kept).encode("latin-1")
    authorization = Headers(scope=scope).get("authorization")
    if authorization is not None:
        return bearer(authorization) or basic(authorization)
    return asked or None if scope["method"] == "GET" else None
