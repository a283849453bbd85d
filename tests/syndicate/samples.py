"""Articles with everything that feeds can say, by name; for whoever reads the feeds back.

What a reader must find is written beside what went in, so nothing here is made from the clock.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from schemas.article import Article, Genre, MediaRole
from tests.factories import NOON, article, retraction

ARCHIVE = "https://paper.example"
NAMES = {
    "units/HQHP": "Chi cục Hải quan khu vực III",
    "units/HQ-TW": "Cục Hải quan <Trung ương> & đơn vị",
    "columns/kinh-te": "Kinh tế & hội nhập",
    "campaigns/vnaccs-6": "Vận hành VNACCS 6",
    "genres/news": "Tin tức",
    "genres/podcast": "Podcast",
}
"""Feed names to titles, as the registry would give them."""

TERMS = "© Báo Hải quan. Dẫn nguồn khi đăng lại."
HOSTILE = "Lỗi <script>alert(\"1 & 2\")</script> ]]> &amp; &lt;b&gt; </title> '5 < 7'"
"""A headline about markup, with what closes an element, a CDATA section or an attribute."""


def _id(number: int) -> UUID:
    return UUID(f"01983a00-0000-7000-8000-{number:012d}")


def _media(number: int, content_type: str, **changes: Any) -> dict[str, Any]:
    """A file that we hold."""
    uploaded = UUID(f"01983a00-0000-7000-9000-{number:012d}")
    href = f"{ARCHIVE}/media/{uploaded}"
    return {
        "id": uploaded,
        "href": href,
        "content_type": content_type,
        "size": 1000 + number,
    } | changes


def _picture(number: int, **changes: Any) -> dict[str, Any]:
    """A photo that we hold, in three sizes."""
    photo = _media(number, "image/jpeg", width=1600, height=1200)
    renditions = [
        {
            "href": f"{photo['href']}?w={width}",
            "width": width,
            "height": width * 3 // 4,
            "size": width,
        }
        for width in (320, 640, 1280)
    ]
    return photo | {"renditions": renditions} | changes


def _sample(number: int, **changes: Any) -> Article:
    at = NOON + timedelta(minutes=number)
    return article(**{"id": _id(number), "published": at, "updated": at} | changes)


_WITHHELD = _picture(
    31, caption="Ảnh của hãng tin", credit="Ảnh: Hãng tin", syndicate=False, role=MediaRole.BODY
)
_SHOWN = _picture(32, caption="Cảng Lạch Huyện", credit="Ảnh: Thu Hà", role=MediaRole.BODY)
_RETRACTED = retraction(_id(17), 3, updated=NOON + timedelta(hours=8), published=NOON)

SAMPLES: dict[str, Article] = {
    "plain": _sample(1),
    "full": _sample(
        2,
        headline='Xuất khẩu "vải thiều" & nhãn: tăng <20%>',
        lead="Sapo có < và &, và 'dấu nháy'.",
        body=(
            "<p>Thân bài với <strong>chữ đậm</strong>, <a href=\"https://example.org/?a=1&amp;b=2\">"
            "liên kết</a> &amp; dấu &lt;.</p><ul><li>Một</li><li>Hai 🙂</li></ul>"
        ),
        byline=["Thu Hà", "Minh Quân"],
        column="kinh-te",
        campaigns=["vnaccs-6"],
        keywords=["vải thiều", "xuất khẩu & nhập khẩu"],
        places=["Hải Phòng", "Quảng Ninh"],
        usage_terms=TERMS,
        source_url="https://unit.example/tin/4711?a=1&b=2",
        urgency=3,
        media=[
            _picture(21, caption="Vải & nhãn", credit="Ảnh: An", role=MediaRole.MAIN),
            {"href": "https://cdn.example/phim.mp4?a=1&b=2", "caption": "Phim ngắn"},
        ],
    ),
    "no_lead_captioned": _sample(
        3,
        headline="Không có sapo, có ảnh",
        media=[_picture(22, caption="Chú thích không phải là sapo", credit="Ảnh: Bình")],
    ),
    "hostile": _sample(
        4,
        headline=HOSTILE,
        lead=f"{HOSTILE}\nDòng hai: \U0001f6a2 \u202eiốcảb\u202c e\u0301 \U00020bb7",
        body="<p>]]&gt; &lt;/item&gt;&lt;/channel&gt; &amp;amp; \U0001f6a2</p><pre>a\r\n\tb</pre>",
        byline=["O'Brien <ob@example.org> & con"],
        keywords=["a\"b'c<d>&e", "]]>"],
    ),
    "many_keywords": _sample(5, unit="HQ-TW", keywords=[f"từ khóa {n}" for n in range(40)]),
    "many_authors": _sample(6, byline=[f"Tác giả {n}" for n in range(1, 13)]),
    "urgent": _sample(7, headline="Khẩn: tạm dừng thông quan do bão", urgency=1),
    "english": _sample(
        8,
        headline="Hai Phong customs clears the year's first shipment",
        lead="The first containers left at dawn.",
        body="<p>The first containers left the port at dawn.</p>",
        language="en",
        translation_of=_id(2),
    ),
    "corrected": _sample(
        9,
        version=3,
        headline="Thu ngân sách quý I đạt 98 nghìn tỷ đồng",
        correction_note="Bản trước ghi nhầm 89 nghìn tỷ đồng; số đúng là 98 < 100.",
        updated=NOON + timedelta(hours=5),
    ),
    "rebuttal": _sample(
        10,
        headline="Về bài báo nói lệ phí tăng gấp đôi",
        lead="Mức lệ phí không thay đổi trong năm nay.",
        genre=Genre.REBUTTAL,
        rebuts={
            "outlet": "Báo Ví Dụ",
            "title": "Lệ phí <tăng> gấp đôi & hơn",
            "url": "https://press.example/bai/123?x=1&y=2",
            "stance": "disputed",
        },
    ),
    "rebuttal_accepted_and_corrected": _sample(
        11,
        version=2,
        headline="Tiếp thu phản ánh về thời gian chờ",
        genre=Genre.REBUTTAL,
        rebuts={
            "outlet": "Báo Ví Dụ",
            "title": "Chờ ba ngày ở cửa khẩu",
            "url": "https://press.example/bai/124",
            "stance": "accepted",
        },
        correction_note="Bổ sung tên cửa khẩu.",
        updated=NOON + timedelta(hours=6),
    ),
    "interview": _sample(
        12, headline="“Không để hàng ùn ứ”", genre=Genre.INTERVIEW, interviewee="Bà Trần Thị B"
    ),
    "podcast": _sample(
        13,
        headline="Podcast số 12: Một ngày ở cửa khẩu",
        lead="Theo chân một ca trực.",
        genre=Genre.PODCAST,
        byline=["Thu Hà"],
        interviewee="Ông Lê Văn C",
        media=[
            _picture(23, caption="Bìa", role=MediaRole.MAIN),
            _media(24, "audio/mpeg", duration=1834.6, size=29_353_984, caption="Bản đầy đủ"),
        ],
    ),
    "video": _sample(
        14,
        headline="Video: Tàu cập cảng",
        genre=Genre.VIDEO,
        media=[
            _picture(25, role=MediaRole.THUMBNAIL),
            _media(26, "video/mp4", width=1920, height=1080, duration=61.4, size=9_000_000,
                   caption="Tàu cập cảng", credit="Video: Đức"),
        ],
    ),
    "gallery": _sample(
        15,
        headline="Chùm ảnh: Đêm ở cảng",
        genre=Genre.PHOTO,
        media=[
            _picture(n, caption=f"Ảnh {n}", credit="Ảnh: An", role=MediaRole.GALLERY)
            for n in range(27, 31)
        ],
    ),
    "withheld_picture": _sample(
        16,
        headline="Một ảnh không được đăng lại",
        body=(
            "<p>Đoạn một.</p>"
            f'<figure><img src="{_WITHHELD["href"]}?w=640" alt="Ảnh của hãng tin">'
            "<figcaption>Ảnh của hãng tin</figcaption></figure><p>Đoạn hai.</p>"
            f'<figure><img src="{_SHOWN["href"]}" alt="Cảng Lạch Huyện">'
            "<figcaption>Cảng Lạch Huyện</figcaption></figure><p>Đoạn ba.</p>"
        ),
        media=[_WITHHELD, _SHOWN],
    ),
    "retracted": _RETRACTED,
    "successor": _sample(18, headline="Bản thay thế của tin đã rút", replaces=_RETRACTED.id),
    "retracted_english": retraction(
        _id(19),
        updated=NOON + timedelta(hours=9),
        published=NOON,
        language="en",
        retraction={
            "reason": "internal",
            "notice": "We took this article back: its figures < 5 & > 7 were wrong.\nSorry.",
            "at": NOON,
        },
    ),
    "long": _sample(20, headline="Toàn văn nghị quyết", body=f"<p>{'Điều khoản. ' * 20_000}</p>"),
}  # fmt: skip
"""By what is special about each; the ids, times and texts never change."""
