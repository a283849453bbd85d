"""What a partner is to be told of an article: pure."""

from dataclasses import dataclass

from schemas.article import Article
from schemas.partner import Kind


@dataclass(frozen=True)
class Held:
    """What a partner was told last of an article."""

    seq: int
    version: int
    kind: Kind


def kind_of(article: Article, held: Held | None, *, included: bool) -> Kind | None:
    """Say what to tell next, if anything; told once, it is not told again.

    Who ever got a version hears of its retraction and of its corrections, whatever the product says
    now (guarantee 4): of a correction that the product leaves out, that the article is removed.
    """
    if held is None:
        usable = not (article.canceled or article.withheld)
        return Kind.PUBLISHED if usable and included else None
    is_new = article.version > held.version
    if article.canceled:
        return Kind.RETRACTED if is_new or held.kind is not Kind.RETRACTED else None
    if article.withheld:
        return Kind.REMOVED if held.kind.stands else None
    if not included:
        return Kind.REMOVED if is_new or held.kind.stands else None
    if not held.kind.stands:
        return Kind.PUBLISHED
    return Kind.CORRECTED if is_new else None


def reason_of(kind: Kind, article: Article, clause: str) -> str:
    """Say why; `clause` is the sentence of a product that leaves the article out."""
    match kind:
        case Kind.PUBLISHED:
            return ""
        case Kind.CORRECTED:
            return article.correction_note
        case Kind.RETRACTED:
            return _end_of(article)
        case Kind.REMOVED:
            return "expired" if article.withheld else f"{clause} {article.correction_note}".strip()


def _end_of(article: Article) -> str:
    if article.erased:
        return article.erased.reason_code
    return article.retraction.reason if article.retraction else ""


def overtakes(kind: Kind, article: Article) -> bool:
    """Whether word of it goes before what waits."""
    return kind is not Kind.PUBLISHED or article.urgency == 1
