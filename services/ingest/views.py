"""How articles look in answers."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from services.common.said import Said, said
from services.common.translation import translated
from services.ingest.lifecycle import State
from services.ingest.likeness.likeness import Alike
from services.ingest.store import ERASED
from services.ingest.submission import Change
from services.ingest.text.differences import differences

_ENDED = ("retracted", "erased")


def summary(
    state: State, archive_url: str, of_body: Sequence[Said] = (), alike: Sequence[Alike] = ()
) -> dict[str, Any]:
    """Say how an article stands, and where readers find it."""
    return {
        **({} if state.public else {"audience": state.audience}),
        "id": str(state.id),
        "version": state.version,
        "status": state.status,
        "unit": state.unit,
        "headline": state.headline,
        "external_id": None if state.status == "erased" else state.external_id,
        "embargoed_until": _time(state.embargoed_until),
        "expires": _time(state.expires),
        "published": _time(state.published),
        "released_version": state.released,
        "received": _time(state.received),
        "updated": _time(state.updated),
        "url": f"{archive_url}/articles/{state.id}",
        "hints": hints(of_body, alike),
    }


def whole(state: State, stored: str, archive_url: str) -> dict[str, Any]:
    """Give all that was handed in for the newest version; of an ended article, why it ended."""
    if state.status == "erased":
        return summary(state, archive_url) | {"erased": json.loads(stored)}
    if state.ended:
        return summary(state, archive_url) | {"retraction": json.loads(stored)}
    given = Change.model_validate_json(stored).model_dump(mode="json")
    stands = summary(state, archive_url)
    # These two as handed in: how it stands shows them only as long as they lie ahead.
    return given | stands | {name: given[name] for name in ("embargoed_until", "expires")}


def hints(of_body: Sequence[Said], alike: Sequence[Alike]) -> list[dict[str, str]]:
    """Tell a unit what it may want to look at, though it was accepted."""
    told = [{"pointer": "/body", "detail": translated(hint)} for hint in of_body]
    for each in alike:
        hint = said("much the same is told in “{headline}”", headline=each.headline)
        told.append({"pointer": "/body", "detail": translated(hint), "article": str(each.article)})
    return told


def similar(alike: Sequence[Alike]) -> list[dict[str, Any]]:
    """Tell the newsroom which articles tell the same, and whose they are."""
    return [
        {
            "id": str(each.article),
            "unit": each.unit,
            "headline": each.headline,
            "score": each.score,
        }
        for each in alike
    ]


def review(row: Row[Any] | None) -> dict[str, Any] | None:
    """Show the newsroom's last decision."""
    if row is None:
        return None
    return {
        "decision": row.decision,
        "note": row.note,
        "at": row.at.isoformat(),
        "version": row.version,
    }


def version(row: Row[Any], before: Row[Any] | None) -> dict[str, Any]:
    """Show who handed a version in, when, and what it changed in the one `before` it."""
    shown = _version(row)
    given = _given(row)
    if given is None:
        return shown
    earlier = before and _given(before)
    return shown | {
        "change": given.change,
        "correction_note": given.correction_note,
        "changes": differences(earlier, given) if earlier else [],
    }


def whole_version(row: Row[Any]) -> dict[str, Any]:
    """Show a version as it was handed in."""
    given = _given(row)
    handed_in = json.loads(row.submission) if given is None else given.model_dump(mode="json")
    return _version(row) | {"submission": handed_in}


def _version(row: Row[Any]) -> dict[str, Any]:
    return {
        "version": row.version,
        "status": row.status,
        "received": row.received.isoformat(),
        "released": _time(row.released),
        "by": row.by,
    }


def _given(row: Row[Any]) -> Change | None:
    """Read a version's text; one that ended its article, or was erased, has none."""
    if row.submission == ERASED or (row.digest == "" and row.status in _ENDED):
        return None
    return Change.model_validate_json(row.submission)


def _time(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
