"""What we say to readers ourselves: of articles in their language, of feeds in ours."""

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


# What a feed is, by its family or name; `{}` is its title.
_DESCRIPTIONS = {
    "latest": "Tin mới của tất cả các đơn vị",
    "urgent": "Tin khẩn của tất cả các đơn vị",
    "corrections": "Các tin đã được đính chính hoặc rút lại",
    "units": "Tin mới của {}",
    "columns": "Tin mới trong chuyên mục {}",
    "campaigns": "Tin mới trong chuyên đề {}",
    "languages": "Tin mới theo ngôn ngữ: {}",
    "genres": "Tin mới thuộc thể loại {}",
}


def description_of(feed: str, title: str) -> str:
    """Say in a sentence what is in a feed."""
    return _DESCRIPTIONS.get(feed.partition("/")[0], "{}").replace("{}", title)
