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
    in_query: bool
    """Whether it came in the query, where browsers and proxies may keep it."""
    headers: MoreHeaders = field(default_factory=list)
    """What admission adds to the answer, whatever the answer is."""


def visit_of(scope: Scope) -> Visit:
    """Give the visit that a request is. The first time its key is taken out of the query, so that
    nothing that comes after, be it a link, a log line or an error, can repeat it."""
    if _IN_SCOPE not in scope:
        asked = _key_taken_from(scope)
        sent = Headers(scope=scope).get("authorization")
        if sent is not None:
            scope[_IN_SCOPE] = Visit(bearer(sent) or basic(sent), in_query=False)
        else:
            key = asked or None if scope["method"] == "GET" else None
            scope[_IN_SCOPE] = Visit(key, in_query=True)
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
    return asked
