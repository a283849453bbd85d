"""What a drill sends: nobody can take it for news."""

from datetime import datetime
from typing import Any

_NOTE = (
    "Tin thử đường truyền: hãy xử lý như tin thật rồi báo nhận; không đăng cho bạn đọc. "
    "A test of the line to you: handle it as you would news and acknowledge it; not for readers."
)


def item(number: int, embargoed_until: datetime | None = None) -> dict[str, Any]:
    """Make an item."""
    given: dict[str, Any] = {
        "headline": f"[THỬ / TEST] Tin thử đường truyền số {number}",
        "lead": "Không phải tin: bỏ qua. Not news: please ignore.",
        "body": "<p>Đây là tin thử, không dành cho bạn đọc.</p><p>This is a test item.</p>",
        "genre": "notice",
        "ed_note": _NOTE,
    }
    if embargoed_until:
        given["embargoed_until"] = embargoed_until.isoformat()
    return given


def correction(number: int) -> dict[str, Any]:
    """Make the second version of an item."""
    return item(number) | {
        "body": "<p>Đây là tin thử đã được sửa.</p><p>This is a corrected test item.</p>",
        "correction_note": "Bản sửa để thử. A test of a correction.",
    }


RETRACTION = {
    "reason": "Kết thúc thử đường truyền. The test is over.",
    "notice": "Tin thử đã được gỡ. The test item was taken down.",
}
