"""How articles look in answers."""

import json
from datetime import datetime
from typing import Any

from services.common.said import Said
from services.common.translation import translated
from services.ingest.lifecycle import State
from services.ingest.media import Picture
from services.ingest.submission import Change


def summary(state: State, archive_url: str, hints: tuple[Said, ...] = ()) -> dict[str, Any]:
    """Say how an article stands, and where readers find it."""
    return {
        "id": str(state.id),
        "version": state.version,
        "status": state.status,
        "unit": state.unit,
        "headline": state.headline,
        "external_id": None if state.status == "erased" else state.external_id,
        "embargoed_until": _time(state.embargoed_until),
        "published": _time(state.published),
        "received": _time(state.received),
        "updated": _time(state.updated),
        "url": f"{archive_url}/articles/{state.id}",
        "hints": shown_hints(hints),
    }


def shown_hints(hints: tuple[Said, ...]) -> list[dict[str, str]]:
    """Give what a unit may want to look at, though it was accepted."""
    return [{"pointer": "/body", "detail": translated(hint)} for hint in hints]


def whole(state: State, stored: str, archive_url: str) -> dict[str, Any]:
    """Give all that was handed in for the newest version; of an ended article, why it ended."""
    if state.status == "erased":
        return summary(state, archive_url) | {"erased": json.loads(stored)}
    if state.ended:
        return summary(state, archive_url) | {"retraction": json.loads(stored)}
    given = Change.model_validate_json(stored).model_dump(mode="json")
    return given | summary(state, archive_url)


def media(picture: Picture, archive_url: str) -> dict[str, Any]:
    """Describe a file that was uploaded."""
    return {
        "id": str(picture.id),
        "href": f"{archive_url}/media/{picture.id}",
        "content_type": picture.content_type,
        "width": picture.width,
        "height": picture.height,
        "duration": None,
        "size": len(picture.data),
    }


def _time(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
