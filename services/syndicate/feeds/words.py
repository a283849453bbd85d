"""What we say to readers ourselves, in the language of the article."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """The phrases of one language."""

    retracted: str
    removed: str
    correction: str


_VIETNAMESE = Words(
    retracted="Tin đã được rút",
    removed="Tin này đã được gỡ bỏ.",
    correction="Đính chính",
)
_ENGLISH = Words(
    retracted="This article was retracted",
    removed="This article was removed.",
    correction="Correction",
)


def words_in(language: str) -> Words:
    """Vietnamese for Vietnamese, English for every other language."""
    return _VIETNAMESE if language.split("-")[0].lower() == "vi" else _ENGLISH
