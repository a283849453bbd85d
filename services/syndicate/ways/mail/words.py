"""What we say ourselves in mails: in Vietnamese of an article in Vietnamese, else in English."""

from dataclasses import dataclass


@dataclass(frozen=True)
class MailWords:
    """The phrases of one language; `{}` is filled in."""

    corrected: str
    retracted: str
    removed: str
    test: str
    again: str
    of: str
    time: str
    take_down: str
    reason: str
    notice: str
    unit: str
    published: str
    version: str
    link: str
    id: str
    byline: str
    files: str
    terms: str
    ed_note: str
    unsubscribe: str


_VIETNAMESE = MailWords(
    corrected="ĐÍNH CHÍNH: {}",
    retracted="RÚT TIN: {}",
    removed="GỠ TIN: {}",
    test="[THỬ] {}",
    again="[GỬI LẠI] {}",
    of="tin của {unit}, đăng {time}",
    time="%H:%M ngày %d/%m/%Y",
    take_down="Đề nghị quý báo không đăng tin này, và gỡ tin ở mọi nơi đã đăng.",
    reason="Lý do",
    notice="Thông báo cho bạn đọc",
    unit="Đơn vị",
    published="Đăng lúc",
    version="Phiên bản",
    link="Địa chỉ",
    id="Mã tin",
    byline="Tác giả",
    files="Ảnh, âm thanh, video",
    terms="Điều kiện sử dụng",
    ed_note="Ghi chú cho tòa soạn, không đăng",
    unsubscribe="Không nhận tin nữa",
)
_ENGLISH = MailWords(
    corrected="CORRECTION: {}",
    retracted="RETRACTED: {}",
    removed="TAKE DOWN: {}",
    test="[TEST] {}",
    again="[AGAIN] {}",
    of="the article of {unit}, published {time}",
    time="%d/%m/%Y, %H:%M",
    take_down="Please do not publish this article, and take it down wherever it stands.",
    reason="Reason",
    notice="Notice to readers",
    unit="Unit",
    published="Published",
    version="Version",
    link="Address",
    id="Id",
    byline="By",
    files="Pictures, sound and film",
    terms="Terms of use",
    ed_note="Note to the newsroom, not to be published",
    unsubscribe="No more articles",
)


def mail_words_in(language: str) -> MailWords:
    """Give the phrases for an article in a language."""
    return _VIETNAMESE if language.split("-")[0].lower() == "vi" else _ENGLISH
