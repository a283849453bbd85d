"""What we say to readers ourselves, in the language of the article."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """The phrases of one language."""

    retracted: str
    removed: str
    correction: str
    disputes: str
    accepts: str
    original: str
    replaced: str
    versions: str


_VIETNAMESE = Words(
    retracted="Tin đã được rút",
    removed="Tin này đã được gỡ bỏ.",
    correction="Đính chính",
    disputes="Phản hồi bài báo",
    accepts="Tiếp thu ý kiến của bài báo",
    original="Bản gốc",
    replaced="Tin đã rút mà tin này thay thế",
    versions="Các phiên bản",
)
_ENGLISH = Words(
    retracted="This article was retracted",
    removed="This article was removed.",
    correction="Correction",
    disputes="In answer to",
    accepts="Accepting what was said in",
    original="Original",
    replaced="Retracted article that this one replaces",
    versions="Versions",
)


def words_in(language: str) -> Words:
    """Vietnamese for Vietnamese, English for every other language."""
    return _VIETNAMESE if language.split("-")[0].lower() == "vi" else _ENGLISH
