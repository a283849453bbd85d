"""An article as a partner reads it in a feed: as the public does, and what is for it alone."""

from collections.abc import Mapping
from dataclasses import replace

from schemas.article import Article
from services.syndicate.feeds.entry import Entry, Names, Private, entry_of
from services.syndicate.feeds.site import Site


def partner_entry_of(article: Article, names: Names, site: Site) -> Entry:
    """Show an article to a partner."""
    return replace(entry_of(article, names, site), private=private_of(article))


def private_of(article: Article) -> Private:
    """Give what public feeds don't say; what is not set is left out."""
    always = {
        "version": article.version,
        "pub_status": article.pub_status.value,
        "test": None if article.public else "true",
    }
    said = {**always, **(_ending(article) if article.canceled else _fields(article))}
    return {name: _written(value) for name, value in said.items() if value not in ("", None)}


def _written(value: object) -> str | int:
    return value if isinstance(value, int) else str(value)


def _ending(article: Article) -> Mapping[str, object]:
    if article.erased:
        return {"erased": article.erased.reason_code}
    return {"reason": article.retraction and article.retraction.reason}


def _fields(article: Article) -> Mapping[str, object]:
    return {
        "unit": article.unit,  # public RSS has only what codes stand for
        "column": article.column,
        "campaigns": " ".join(article.campaigns),  # codes hold no spaces
        "urgency": article.urgency,
        "genre": article.genre.value,
        "change": article.change,
        "correction_note": article.correction_note,
        "ed_note": article.ed_note,
        "external_id": article.external_id,
        "approved_by": article.approved_by,
        "embargoed_until": article.embargoed_until and article.embargoed_until.isoformat(),
        "expires": article.expires and article.expires.isoformat(),
        "translation_of": article.translation_of,
        "replaces": article.replaces,
        "stance": article.rebuts and article.rebuts.stance,
    }
