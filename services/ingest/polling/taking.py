"""An item of a feed becomes an article or a correction, in one transaction with its own record."""

from dataclasses import dataclass, replace
from typing import Literal
from uuid import UUID

from sqlalchemy import Connection

from services.common.said import said
from services.ingest import commands
from services.ingest import store as articles
from services.ingest.commands import Call
from services.ingest.lifecycle import State, Status
from services.ingest.polling import store
from services.ingest.polling.feed import Item
from services.ingest.polling.items import correction_note
from services.ingest.submission import Change, Draft

BY = "poll"
"""Stands in a version for the key that it was handed in with."""

_FOLLOWED: set[Status] = {"published", "embargoed", "in_review", "returned"}


@dataclass(frozen=True)
class Outcome:
    """What became of an item, and how its article stands if it is another one now."""

    kind: Literal["added", "corrected", "unchanged", "kept"]
    state: State | None = None


def take(conn: Connection, call: Call, item: Item, given: Draft) -> Outcome:
    """Take in an item that is new or changed. Raises Problem where the article is refused.

    The newsroom's word stands: an article that it has changed, taken back or turned down since the
    feed last spoke keeps as it is, and the item is noted.
    """
    assert call.unit is not None
    known = store.item(conn, call.unit, item.external_id)
    if known is not None and known.digest == item.digest:
        return Outcome("unchanged")  # another process was faster
    if known is None or known.article_id is None:
        return _add(conn, call, item, given)
    return _correct(conn, call, item, given, UUID(known.article_id), known.version)


def pass_over(conn: Connection, call: Call, item: Item, note: str) -> None:
    """Keep an item as known without taking it: it is looked at again when it changes."""
    assert call.unit is not None
    store.remember(conn, call.unit, item, call.now, note=note)


def _add(conn: Connection, call: Call, item: Item, given: Draft) -> Outcome:
    assert call.unit is not None
    answer = commands.submit(conn, call, call.unit, given, None)
    state = answer.state
    store.remember(conn, call.unit, item, call.now, article=state.id, version=state.version)
    return Outcome("added", state) if answer.created else Outcome("unchanged")


def _correct(
    conn: Connection, call: Call, item: Item, given: Draft, article: UUID, version: int
) -> Outcome:
    assert call.unit is not None
    state = commands.find(conn, call, article)
    if state.version != version or state.status not in _FOLLOWED:
        note = said(
            "not taken: the article is {status} at version {version}, not as the feed left it",
            status=state.status,
            version=state.version,
        )
        store.remember(conn, call.unit, item, call.now, note=note)
        return Outcome("kept", state)
    if articles.submission_of(conn, article, version).digest == given.digest:
        store.remember(conn, call.unit, item, call.now)  # only its markup differs
        return Outcome("unchanged")
    changed = commands.change(
        conn, call, article, _correction(state, given), lambda now: now != version
    ).state
    store.remember(conn, call.unit, item, call.now, article=article, version=changed.version)
    return Outcome("corrected", changed)


def _correction(state: State, given: Draft) -> Draft:
    change = given.submission
    assert isinstance(change, Change)
    if state.published is None:
        return given
    note = correction_note(change.language)
    return replace(given, submission=change.model_copy(update={"correction_note": note}))
