"""The paper in Vietnamese and in English: what pages say beside the articles, and where they are.

The path alone decides, never `Accept-Language`: an address has one content for all caches, and a
link shows to others what its sender saw.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, Request

_WORDS: dict[str, dict[str, Any]] = tomllib.loads(
    Path(__file__).with_name("words.toml").read_text(encoding="utf-8")
)


@dataclass(frozen=True)
class Edition:
    """One language of the paper. `only` narrows its lists; the first edition shows all there is."""

    language: str
    prefix: str
    only: str | None = None

    @property
    def words(self) -> dict[str, Any]:
        """What its pages say."""
        return _WORDS[self.language]

    @property
    def home(self) -> str:
        """The path of its front page."""
        return self.prefix or "/"

    @property
    def feed(self) -> str:
        """The feed of all that it shows."""
        return f"languages/{self.only}" if self.only else "latest"

    def language_name(self, tag: str) -> str:
        """Name a language; by its tag, where there is no word for it."""
        known: dict[str, str] = self.words["languages"]
        return known.get(tag.lower().partition("-")[0], tag)


VIETNAMESE = Edition("vi", "")
ENGLISH = Edition("en", "/en", only="en")


def around(language: str) -> Edition:
    """Choose what is around an article: English around English ones, otherwise Vietnamese."""
    return ENGLISH if language.lower().partition("-")[0] == "en" else VIETNAMESE


def _asked(request: Request) -> Edition:
    path = request.url.path
    return ENGLISH if f"{path}/".startswith(f"{ENGLISH.prefix}/") else VIETNAMESE


TheEdition = Annotated[Edition, Depends(_asked)]
