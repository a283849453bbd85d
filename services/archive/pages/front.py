"""The front page: which story leads, and what stands below it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from schemas.article import Article, Genre
from services.archive.catalogue.catalogue import Catalogue
from services.archive.catalogue.filters import Filters
from services.archive.language.question import Question
from services.archive.pages.pictures import Files

_LATEST = 30
_BESIDE, _IN_COLUMN = 5, 4
_LEADS_FOR = timedelta(hours=24)


@dataclass(frozen=True)
class Front:
    """What the front page shows."""

    lead: Article | None
    beside: Sequence[Article]
    latest: Sequence[Article]
    by_column: Mapping[str, Sequence[Article]]
    """For each column that has any, by slug."""


def front_page(catalogue: Catalogue, columns: Sequence[str], only: str | None) -> Front:
    """Put the front page together, of articles in one language or in all."""

    def latest(limit: int, column: str | None = None) -> list[Article]:
        filters = Filters(language=only, column=column)
        return [hit.article for hit in catalogue.by_time(Question(), filters, limit).hits]

    found = latest(_LATEST)
    lead = leading(found)
    others = [article for article in found if article is not lead]
    in_columns = {slug: latest(_IN_COLUMN, slug) for slug in columns}
    return Front(
        lead, others[:_BESIDE], others[_BESIDE:], {k: v for k, v in in_columns.items() if v}
    )


def leading(articles: Sequence[Article]) -> Article | None:
    """Choose the story that leads, from the latest first: of the newest day the most urgent; of
    these one with a picture, and a service notice last; of these the newest."""
    if not articles:
        return None
    since = articles[0].published - _LEADS_FOR
    return min(
        (article for article in articles if article.published >= since),
        key=lambda article: (
            article.urgency,
            article.genre is Genre.NOTICE,
            Files(article).main is None,
        ),
    )
