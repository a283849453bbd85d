"""The language in which the caller wants to be answered: `Accept-Language`, for this task."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Literal, get_args

Language = Literal["en", "vi"]
DEFAULT: Language = "en"
_SPOKEN: tuple[Language, ...] = get_args(Language)

# A language range and its weight: RFC 9110, sections 12.4.2 and 12.5.4.
_RANGE = re.compile(
    r"\s*(\*|[a-z]{1,8}(?:-[a-z0-9]{1,8})*)\s*(?:;\s*q=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)\s*)?",
    re.IGNORECASE,
)

_READ = 1000  # characters of the header; whoever wants a language says so before that

_current: ContextVar[Language] = ContextVar("language", default=DEFAULT)


def preferred(accept_language: str | None) -> Language:
    """Choose by weight, of equals the first named; what is not well formed is passed over.

    Only the primary subtag counts: `vi-VN` is answered with `vi` (RFC 4647, section 3.4).
    """
    if not accept_language:
        return DEFAULT
    weights: dict[str, float] = {}
    for part in accept_language[:_READ].split(","):
        if found := _RANGE.fullmatch(part):
            primary = found[1].lower().split("-")[0]
            weights[primary] = max(weights.get(primary, 0.0), float(found[2] or 1))
    others = weights.get("*", 0.0)
    named = [tag for tag in weights if tag in _SPOKEN]
    best = max([*named, *_SPOKEN], key=lambda tag: weights.get(tag, others))
    return "vi" if best == "vi" and weights.get(best, others) else DEFAULT


def current_language() -> Language:
    """Give the language of this task; English where nobody asked for another."""
    return _current.get()


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Answer in `language` for as long as the body runs."""
    token = _current.set(language)
    try:
        yield
    finally:
        _current.reset(token)


def language_headers() -> dict[str, str]:
    """Say which language an answer is in, and to caches that it depends on who asks."""
    return {"Content-Language": current_language(), "Vary": "Accept-Language"}
