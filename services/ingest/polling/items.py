"""From an item of a feed to a submission. Pure."""

import re
from collections.abc import Sequence

from pydantic import TypeAdapter, ValidationError

from schemas.article import MediaRole
from schemas.registry import Unit
from schemas.text import Url, fold_whitespace
from services.common.given import refused
from services.common.problems import Problem, field_errors
from services.common.said import said
from services.ingest.polling.entry import BadEntry, Entry, File, Text
from services.ingest.polling.feed import Item
from services.ingest.submission import Change, Draft, draft
from services.ingest.text.markup import Unreadable, in_order, plain

_URL = TypeAdapter(Url)
_LEAD = 10_000  # characters
_UNREAD = "\ufffd"  # what stands for a byte that is no character in the encoding of the document


def draft_of(item: Item, unit: Unit) -> Draft:
    """Make what the unit would hand in. Raises BadEntry."""
    entry = item.entry
    try:
        content = _fields(entry)
        if any(_UNREAD in str(content[name]) for name in ("headline", "lead", "body")):
            raise BadEntry(said("it holds bytes that are no characters in the feed's encoding"))
        given = Change.model_validate(
            content | {"external_id": item.external_id, "language": _language(entry, unit)}
        )
        return draft(given)
    except Unreadable as unreadable:
        raise BadEntry(unreadable.reason) from unreadable
    except ValidationError as error:
        found = field_errors(error.errors(include_url=False, include_input=False))
        raise BadEntry(str(refused(found))) from error
    except Problem as problem:
        raise BadEntry(str(problem)) from problem


def correction_note(language: str) -> str:
    """Tell readers why there is a new version, in their language."""
    if language.lower().split("-")[0] == "vi":
        return "Trang tin của đơn vị đã đăng nội dung mới của tin này."
    return "The unit's own site shows a new text of this item."


def _fields(entry: Entry) -> dict[str, object]:
    body = entry.content or entry.summary
    if body is None:
        raise BadEntry(said("it has no text"))
    lead = entry.summary if entry.content and entry.summary != entry.content else None
    return {
        "headline": _line(entry.title),
        "lead": "" if lead is None else _line(lead)[:_LEAD],
        "body": in_order(body.text, entry.base) if body.is_html else body.text,
        "body_format": "html" if body.is_html else "text",
        "source_url": _address(entry.link),
        "byline": _distinct(entry.authors, 50),
        "keywords": _distinct(entry.keywords, 100),
        "media": _media(entry.files),
    }


def _line(text: Text) -> str:
    return fold_whitespace(plain(text.text) if text.is_html else text.text)


def _distinct(lines: Sequence[str], most: int) -> list[str]:
    return list(dict.fromkeys(filter(None, map(fold_whitespace, lines))))[:most]


def _media(files: Sequence[File]) -> list[dict[str, object]]:
    """The first picture is the article's own; what follows is its gallery."""
    known = [file for file in files if _address(file.href)][:200]
    main = next((file for file in known if file.kind == "image"), None)
    return [
        {"href": file.href, "role": MediaRole.MAIN if file is main else MediaRole.GALLERY}
        for file in known
    ]


def _address(given: str | None) -> str | None:
    """What a browser would repair is repaired; what can't be an address is left out."""
    if given is None:
        return None
    try:
        return _URL.validate_python(re.sub(r"\s", "%20", given))
    except ValidationError:
        return None


def _language(entry: Entry, unit: Unit) -> str:
    """The feed chooses among the languages of the unit; the first of those is for all others."""
    spoken = (entry.language or "").lower().split("-")[0]
    same = (known for known in unit.languages if known.lower().split("-")[0] == spoken)
    return next(same, unit.languages[0] if unit.languages else "vi")
