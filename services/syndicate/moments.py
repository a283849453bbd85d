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


def moment_of_change(before: Moment | None, at: float, *, known: bool = True) -> Moment:
    """Give the moment of new bytes, after those of `before`.

    A clock that steps back never takes the second back: what follows in the past is not alone.
    `known` is False for bytes that may have been live before, such as what is rendered at a start.
    """
    second = int(at)
    if before is None:
        return Moment(second, known)
    return Moment(max(second, before.second), known and second > before.second)


def last_modified(moment: Moment, at: float) -> int | None:
    """Give what may be said at a time; nothing while there is nothing, or for ever."""
    return moment.second if moment.alone and moment.second < int(at) else None


def will_be_said(moment: Moment, at: float) -> bool:
    """Whether there is nothing to be said yet, but will be."""
    return moment.alone and moment.second >= int(at)
