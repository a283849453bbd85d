"""What a webhook or a feed says, in whichever format it comes."""

import json
from collections.abc import Mapping
from html import escape
from typing import Any

from partner.entry import Entry, Invalid, read_entry


def entry_of(body: bytes, headers: Mapping[str, str]) -> Entry | None:
    """Read a webhook; nothing if it is none. Formats other than tinbai's own JSON have no words for
    an entry, which stands in headers then."""
    try:
        return read_entry(json.loads(body))
    except ValueError:
        pass
    try:
        return read_entry(
            {
                "seq": int(headers["tinbai-seq"]),
                "id": headers["tinbai-article"],
                "version": int(headers["tinbai-version"]),
                "kind": headers["tinbai-kind"],
                "digest": "",
                "article": _article(body),
                "replay": "tinbai-replay" in headers,
            }
        )
    except (KeyError, ValueError):
        return None


def entries_of(feed: bytes) -> list[Entry]:
    """Read a feed in ninjs. It has no `seq`: of one article, versions are in order as well. Raises
    Invalid."""
    try:
        return [_entry(item) for item in json.loads(feed)["items"]]
    except (KeyError, TypeError, ValueError) as error:
        raise Invalid(f"this is no feed in ninjs: {error!r}") from error


def _entry(item: Mapping[str, Any]) -> Entry:
    version = int(item["version"])
    standing = "published" if version == 1 else "corrected"
    return read_entry(
        {
            "seq": version,
            "id": item["uri"].removeprefix("urn:uuid:"),
            "version": version,
            "kind": standing if item["pubStatus"] == "usable" else "retracted",
            "digest": "",
            "article": _of_ninjs(item),
        }
    )


def _article(body: bytes) -> dict[str, Any] | None:
    """Give what a page shows of an article: of what isn't ninjs, as it came."""
    try:
        return _of_ninjs(json.loads(body))
    except (KeyError, TypeError, ValueError):
        text = body.decode(errors="replace")
        return {"body": f"<pre>{escape(text)}</pre>"} if text else None


def _of_ninjs(item: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "headline": item["title"],
        "language": item["language"],
        "body": "".join(body["value"] for body in item.get("bodies", ())),
    }
