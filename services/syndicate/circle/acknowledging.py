"""Words of partners, as they are kept. Each function is a part of its caller's transaction."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Connection, Row, insert, select, tuple_, update

from schemas.events import Trace
from services.syndicate.announcing import news
from services.syndicate.changes.versions import Key
from services.syndicate.circle import places, takedowns, text_prints
from services.syndicate.circle.deadlines import State, next_at
from services.syndicate.circle.sightings import SETTLED
from services.syndicate.circle.words import Acknowledgement, Earlier, Word, ends, is_about, repeats
from services.syndicate.partner_tables import ACKNOWLEDGEMENT, HOLDING, PARTNER_ENTRY, TAKEDOWN
from services.syndicate.partners.acts import Act, record

_MOST = 100  # words of a partner on one version


@dataclass(frozen=True)
class Kept:
    """A word, and when it was said first."""

    acknowledgement: Acknowledgement
    at: datetime
    is_new: bool


@dataclass(frozen=True)
class NeverTold:
    """Something in a word that the partner was never told of."""

    index: int
    field: Literal["id", "version"]


class Refused(Exception):
    """Words on what the partner was never told of; none of them is kept."""

    def __init__(self, faults: Sequence[NeverTold]) -> None:
        super().__init__("never told")
        self.faults = faults


class TooManyWords(Exception):
    """The partner goes on saying one thing and another of the same version."""


def acknowledge(
    connection: Connection,
    partner: str,
    given: Sequence[Acknowledgement],
    at: datetime,
    trace: Trace,
    *,
    by_newsroom: bool = False,
) -> list[Kept]:
    """Keep what a partner says, or the newsroom in its name, all of it or nothing, and have it
    told. What is said again changes nothing. Raises Refused, TooManyWords."""
    if faults := list(_never_told(connection, partner, given)):
        raise Refused(faults)
    by = "newsroom" if by_newsroom else "partner"
    said = _said(connection, partner, given)
    kept = [_keep(connection, partner, word, at, by, said[word.id, word.version]) for word in given]
    new = [each.acknowledgement for each in kept if each.is_new]
    for word in new:
        _apply(connection, partner, word, at)
        if by_newsroom:
            detail = {"article": str(word.id), "version": word.version, "state": word.state.value}
            act = Act(at, trace.request_id)
            record(connection, act, "version.acknowledged", f"partner:{partner}", detail)
    written = trace.model_dump_json()
    news.note(
        connection,
        (news.News(w.id, w.version, partner, "acknowledged", at, written, w.state) for w in new),
    )
    return kept


def listed(
    connection: Connection, partner: str, article: UUID | None, after: int, limit: int
) -> Sequence[Row[Any]]:
    """List a partner's words, the oldest first."""
    query = select(ACKNOWLEDGEMENT).where(
        ACKNOWLEDGEMENT.c.partner == partner, ACKNOWLEDGEMENT.c.seq > after
    )
    if article is not None:
        query = query.where(ACKNOWLEDGEMENT.c.article == article)
    return connection.execute(query.order_by(ACKNOWLEDGEMENT.c.seq).limit(limit)).all()


def _never_told(
    connection: Connection, partner: str, given: Sequence[Acknowledgement]
) -> Iterator[NeverTold]:
    newest = (HOLDING.c.partner == partner, HOLDING.c.article.in_({word.id for word in given}))
    query = select(HOLDING.c.article, HOLDING.c.version).where(*newest)
    held = {row.article: row.version for row in connection.execute(query)}
    for index, word in enumerate(given):
        if word.id not in held:
            yield NeverTold(index, "id")
        elif word.version != held[word.id] and not _was_told(connection, partner, word):
            yield NeverTold(index, "version")


def _was_told(connection: Connection, partner: str, word: Acknowledgement) -> bool:
    query = select(PARTNER_ENTRY.c.seq).where(
        PARTNER_ENTRY.c.article == word.id,
        PARTNER_ENTRY.c.partner == partner,
        PARTNER_ENTRY.c.version == word.version,
    )
    return connection.execute(query.limit(1)).first() is not None


def _said(
    connection: Connection, partner: str, given: Sequence[Acknowledgement]
) -> defaultdict[Key, list[Kept]]:
    """Give what the partner has said already of the same versions, the oldest first."""
    of = tuple_(ACKNOWLEDGEMENT.c.article, ACKNOWLEDGEMENT.c.version)
    mine = ACKNOWLEDGEMENT.c.partner == partner
    query = select(ACKNOWLEDGEMENT).where(mine, of.in_({(word.id, word.version) for word in given}))
    said: defaultdict[Key, list[Kept]] = defaultdict(list)
    for row in connection.execute(query.order_by(ACKNOWLEDGEMENT.c.seq)):
        word = Acknowledgement.model_construct(
            id=row.article, version=row.version, state=Word(row.state), url=row.url
        )
        said[row.article, row.version].append(Kept(word, row.at, is_new=False))
    return said


def _keep(
    connection: Connection,
    partner: str,
    word: Acknowledgement,
    at: datetime,
    by: str,
    said: list[Kept],
) -> Kept:
    before = [each.acknowledgement for each in said]
    if repeats([Earlier(each.state, each.url) for each in before], word):
        return [
            each
            for each in said
            if each.acknowledgement.state is word.state
            and word.url in (None, each.acknowledgement.url)
        ][-1]
    if len(said) >= _MOST:
        raise TooManyWords
    values = {"article": word.id, "version": word.version, "state": word.state, "url": word.url}
    connection.execute(insert(ACKNOWLEDGEMENT).values(partner=partner, by=by, at=at, **values))
    said.append(Kept(word, at, is_new=False))
    return Kept(word, at, is_new=True)


def _apply(connection: Connection, partner: str, word: Acknowledgement, at: datetime) -> None:
    """Do what follows for the retraction of the article, if there is one."""
    takedown = takedowns.find(connection, partner, word.id)
    if takedown is None:
        return
    if word.url is not None:
        places.add(connection, {(partner, word.id): [word.url]})
    if not is_about(word, takedown.version):
        return
    values: dict[str, Any] = {}
    if word.state is not Word.RECEIVED or takedown.word is None:
        values = {"word": word.state, "word_at": at}
    if ends(word.state):
        values |= {"state": State.DONE, "next_at": None}
        if takedown.state == State.DONE:
            del values["word_at"]  # the first time counts
        places.look_soon(connection, partner, word.id, at + SETTLED)
    elif word.state is Word.REFUSED and takedown.state == State.DONE:
        waiting = State.WAITING
        due = next_at(waiting, takedown.since, takedown.deadline)
        values |= {"state": waiting, "next_at": due}
    if "state" in values:
        text_prints.keep(connection, {(word.id, takedown.had): takedown.version})
    if values:
        mine = (TAKEDOWN.c.partner == partner, TAKEDOWN.c.article == word.id)
        connection.execute(update(TAKEDOWN).where(*mine).values(values))
    text_prints.forget_unneeded(connection, word.id)
