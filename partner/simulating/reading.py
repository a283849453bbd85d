"""What a webhook says, in whichever format it comes."""

import json
from collections.abc import Mapping
from html import escape

from partner.entry import Entry, read_entry


def entry_of(body: bytes, headers: Mapping[str, str]) -> Entry | None:
    """Read a webhook; nothing if it is none. Formats other than tinbai's own JSON have no words for
    an entry, which stands in headers then; the article is shown as it came."""
    try:
        return read_entry(json.loads(body))
    except ValueError:
        text = body.decode(errors="replace")
    try:
        return read_entry(
            {
                "seq": int(headers["tinbai-seq"]),
                "id": headers["tinbai-article"],
                "version": int(headers["tinbai-version"]),
                "kind": headers["tinbai-kind"],
                "digest": "",
                "article": {"body": f"<pre>{escape(text)}</pre>"} if text else None,
                "replay": "tinbai-replay" in headers,
            }
        )
    except (KeyError, ValueError):
        return None
