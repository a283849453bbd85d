"""What is compared: an article's values and a rule's, brought to the same form."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from schemas.article import Article
from schemas.partner import Rules
from services.common.text import fold, folded_words


class Field(StrEnum):
    """The fields of a rule, in the order in which they are looked at."""

    UNITS = "units"
    COLUMNS = "columns"
    CAMPAIGNS = "campaigns"
    GENRES = "genres"
    LANGUAGES = "languages"
    KEYWORDS = "keywords"
    MAX_URGENCY = "max_urgency"


Terms = Mapping[str, str]
"""What is compared, to what was written: `{"hai quan": "Hải quan"}`."""

Successors = Mapping[str, Sequence[str]]
"""Unit to all those that took over from it, and from these."""


def terms_of(article: Article) -> dict[Field, Terms]:
    """Give what an article has in each field."""
    return {
        Field.UNITS: {article.unit: article.unit},
        Field.COLUMNS: {article.column: article.column} if article.column else {},
        Field.CAMPAIGNS: {slug: slug for slug in article.campaigns},
        Field.GENRES: {article.genre.value: article.genre.value},
        Field.LANGUAGES: dict.fromkeys(_ranges(article.language), article.language),
        Field.KEYWORDS: {_folded(keyword): keyword for keyword in article.keywords},
        Field.MAX_URGENCY: {str(article.urgency): str(article.urgency)},
    }


def wanted_by(rules: Rules, successors: Successors) -> dict[Field, Terms]:
    """Give what a rule takes in each field that it has."""
    most = rules.max_urgency or 0
    wanted: dict[Field, Terms] = {
        Field.UNITS: _with_successors(rules.units, successors),
        Field.COLUMNS: {slug: slug for slug in rules.columns},
        Field.CAMPAIGNS: {slug: slug for slug in rules.campaigns},
        Field.GENRES: {genre.value: genre.value for genre in rules.genres},
        Field.LANGUAGES: {tag.lower(): tag for tag in rules.languages},
        Field.KEYWORDS: {_folded(keyword): keyword for keyword in rules.keywords},
        Field.MAX_URGENCY: {str(urgency): str(most) for urgency in range(1, most + 1)},
    }
    return {field: terms for field, terms in wanted.items() if terms}


def _with_successors(units: Sequence[str], successors: Successors) -> Terms:
    later = {later: unit for unit in units for later in successors.get(unit, ())}
    return later | {unit: unit for unit in units}


def _ranges(tag: str) -> list[str]:
    """Give the language ranges that match a tag, the narrowest first (RFC 4647, section 3.3.1)."""
    parts = tag.lower().split("-")
    return ["-".join(parts[:count]) for count in range(len(parts), 0, -1)]


def _folded(keyword: str) -> str:
    # What is nothing but signs has no words.
    return " ".join(folded_words(keyword)) or fold(keyword)
