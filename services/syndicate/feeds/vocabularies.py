"""What partners' systems know by URI: the vocabularies of IPTC, and ours."""

from collections.abc import Mapping

from schemas.article import Article, Genre
from services.syndicate.feeds.entry import Names

MEDIA_TOPICS = "http://cv.iptc.org/newscodes/mediatopic/"
"""Begins the URI of a Media Topic."""

# Only those that mean the same.
IPTC_GENRES: Mapping[Genre, str] = {
    Genre.FEATURE: "http://cv.iptc.org/newscodes/genre/Feature",
    Genre.INTERVIEW: "http://cv.iptc.org/newscodes/genre/Interview",
}
"""Genres that IPTC's vocabulary has too."""


def unit_name(article: Article, names: Names) -> str:
    """How the unit is called that an article is from."""
    return names.get(f"units/{article.unit}", article.unit)
