"""When a document went live, and when that may be said.

newsboat throws away content whose Last-Modified did not grow, and stays stale. So it is said only
of a change that was alone in its second, and only once that second is past (RFC 9110, section
8.8.2.1, forbids one that lies ahead of Date). The ETag decides.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Moment:
    """The second, since 1970, in which a document's bytes went live."""

    second: int
    alone: bool
    """Whether nothing else of this document went live in that second, as far as we can tell."""


def moment_at_start(saved: Moment | None, at: float) -> Moment:
    """Give the moment of bytes that are not those which were saved before a restart. They may have
    been live all the same, and nobody knows since when."""
    return Moment(max(int(at), saved.second if saved else 0), alone=False)


def moment_of_change(before: Moment, at: float) -> Moment:
    """Give the moment of new bytes, after those of `before`. A clock that steps back never takes
    the second back: what follows in the past is not alone."""
    return Moment(max(int(at), before.second), int(at) > before.second)


def last_modified(moment: Moment, at: float) -> int | None:
    """Give what may be said at a time; nothing while there is nothing, or for ever."""
    return moment.second if moment.alone and moment.second < int(at) else None


def will_be_said(moment: Moment, at: float) -> bool:
    """Whether there is nothing to be said yet, but will be."""
    return moment.alone and moment.second >= int(at)
