"""The families of public feeds, and which of them an article is in.

A feed's name is its address below `/feeds/` without the format: `latest`, `units/HQ-HP`.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import pairwise

from schemas.article import Article, Genre
from schemas.events import CampaignChanged, ColumnChanged, RegistryEvent, UnitChanged

_MOST_URGENT = 1  # what `articles.express` carries too

# One line a family: the names of its feeds that an article which is shown is in.
_FAMILIES: tuple[Callable[[Article], Iterable[str]], ...] = (
    lambda _: ["latest"],
    lambda article: ["urgent"] if article.urgency == _MOST_URGENT else [],
    # With the retracted: a corrected article stays in this feed when it is taken back.
    lambda article: ["corrections"] if article.correction_note or article.canceled else [],
    lambda article: [f"units/{article.unit}"],
    lambda article: [f"columns/{article.column}"] if article.column else [],
    lambda article: [f"campaigns/{slug}" for slug in article.campaigns],
    lambda article: [f"languages/{canonical(article.language)}"],
    lambda article: [f"genres/{article.genre}"],
)

TITLES = {
    "latest": "Tin mới",
    "urgent": "Tin khẩn",
    "corrections": "Đính chính và rút tin",
    f"genres/{Genre.NEWS}": "Tin tức",
    f"genres/{Genre.FEATURE}": "Phóng sự",
    f"genres/{Genre.INTERVIEW}": "Phỏng vấn",
    f"genres/{Genre.STATEMENT}": "Thông cáo",
    f"genres/{Genre.INFOGRAPHIC}": "Đồ họa",
    f"genres/{Genre.PHOTO}": "Ảnh",
    f"genres/{Genre.VIDEO}": "Video",
    f"genres/{Genre.PODCAST}": "Podcast",
    f"genres/{Genre.NOTICE}": "Thông báo",
    f"genres/{Genre.REBUTTAL}": "Phản hồi báo chí",
    "languages/vi": "Tiếng Việt",
}
"""The feeds that are there from the start, and how they are called."""

# Of the languages that papers here are written in beside Vietnamese; these come with an article.
_LANGUAGES = {
    "languages/en": "Tiếng Anh",
    "languages/fr": "Tiếng Pháp",
    "languages/ja": "Tiếng Nhật",
    "languages/km": "Tiếng Khmer",
    "languages/ko": "Tiếng Hàn",
    "languages/lo": "Tiếng Lào",
    "languages/ru": "Tiếng Nga",
    "languages/zh": "Tiếng Trung",
}


def feeds_of(article: Article | None) -> frozenset[str]:
    """Name the feeds that show `article`: none unless it is public and usable or taken back."""
    if article is None or not article.public or article.withheld:
        return frozenset()
    if article.erased:  # nor is there a notice: the record is for partners
        return frozenset()
    return frozenset(name for family in _FAMILIES for name in family(article))


def place(article: Article) -> datetime:
    """The time that orders an article in its feeds, newest first; the id decides between equals.

    A correction stays where the first version stood; a retraction moves to the top.
    """
    return article.updated if article.canceled else article.published


def title_of(name: str, registered: str | None) -> str:
    """How a feed is called: as the registry says, or as we do, or by its code."""
    if known := registered or TITLES.get(name) or _LANGUAGES.get(name):
        return known
    family, _, key = name.partition("/")
    language, _, region = key.partition("-")
    if family == "languages" and region:
        return f"{title_of(f'languages/{language}', None)} ({region})"
    return key


def named_feed(event: RegistryEvent) -> tuple[str, str]:
    """Give the feed that an entry of the registry stands for, and its title."""
    match event:
        case UnitChanged(unit=unit):
            return f"units/{unit.code}", unit.name
        case ColumnChanged(column=column):
            return f"columns/{column.slug}", column.name
        case CampaignChanged(campaign=campaign):
            return f"campaigns/{campaign.slug}", campaign.name


def language_of(name: str) -> str:
    """The language that a feed says it is in; each entry says its own."""
    family, _, key = name.partition("/")
    return key if family == "languages" else "vi"


def canonical(tag: str) -> str:
    """Write a language tag as it is usually written (RFC 5646, section 2.1.1): `EN-us` is `en-US`,
    so that one language has one feed."""
    subtags = tag.lower().split("-")
    written = subtags[:1]
    for before, subtag in pairwise(subtags):
        if len(before) == 1:  # of an extension
            written.append(subtag)
        else:
            written.append({2: subtag.upper(), 4: subtag.title()}.get(len(subtag), subtag))
    return "-".join(written)
