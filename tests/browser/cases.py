"""Articles that are hard on a page: long, wide, many, foreign. All invented."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from schemas.article import Article, Media, MediaRole, Rebuttal
from services.ingest.text.body import clean_body
from tests.browser.paper import id_of
from tests.factories import article

_AT = datetime(2026, 11, 10, 2, 0, tzinfo=UTC)
_LONG_WORD = "Thôngquanđiệntử" * 12

_BODY = f"""
<p>Theo công văn số 4314/TCHQ-TXNK, các chi cục tổng hợp số liệu trước ngày 25 hằng tháng. Mã tra
cứu: <code>{_LONG_WORD}</code>.</p>
<h4>Số liệu theo cửa khẩu</h4>
<table><caption>Tờ khai theo tháng</caption><thead><tr><th scope="col">Cửa khẩu</th>
{"".join(f'<th scope="col">Tháng {month}</th>' for month in range(1, 13))}</tr></thead><tbody>
{
    "".join(
        f'<tr><th scope="row">{name}</th>' + "<td>12.345.678</td>" * 12 + "</tr>"
        for name in ("Vịnh Trà", "Nà Phiêng", "Gò Sen")
    )
}</tbody></table>
<h6>Việc phải làm</h6>
<ol start="3"><li>Rà soát hồ sơ<ul><li>tờ khai luồng vàng</li><li>tờ khai luồng đỏ</li></ul></li>
<li>Báo cáo <abbr title="Tổng cục">TC</abbr></li></ol>
<blockquote><p>Không để lô hàng nào phải chờ vì giấy tờ.</p></blockquote>
<p lang="en">The notice is also <a href="https://example.com/a?b=1&amp;c=2" title="a > b">available
in English</a> at https://example.com/{"mot-dia-chi-rat-dai-" * 8}</p>
<pre>dòng lệnh   có khoảng trắng {"x" * 90}</pre>
<dl><dt>Luồng xanh</dt><dd>Thông quan ngay</dd></dl><hr>
<figure><img src="https://example.com/khong-co.png" width="600" height="300"><figcaption>Sơ
đồ</figcaption></figure>
"""


def hard_cases() -> list[Article]:
    """Give the articles; their names are those of `id_of`."""
    return [_of_all_kinds(), *_corrected(), _recordings(), _many_pictures(), _bare()]


def _of_all_kinds() -> Article:
    return _hard(
        "all-kinds",
        headline=f"Tổng hợp số liệu thông quan mười hai tháng tại ba cửa khẩu {_LONG_WORD} và "
        "những việc các đơn vị phải hoàn thành trước kỳ báo cáo cuối năm để không lỡ hạn đối chiếu",
        lead="Công văn hướng dẫn cách tổng hợp; số liệu là số liệu thử.",
        body=clean_body(_BODY, "html").html,
        byline=["Vân Khê", "An Phong", "Trúc Quỳnh"],
        column="thong-quan",
        campaigns=["thong-quan-so", "cao-diem-cuoi-nam"],
        keywords=["tờ khai", 'luồng "xanh"'],
        source_url=f"https://example.com/{'nguon-' * 40}",
        rebuts=Rebuttal(
            outlet="Báo Thử", title="Chờ lâu", url="https://thu.example/1", stance="disputed"
        ),
        replaces=id_of("cm-giam-phi"),
        genre="rebuttal",
    )


def _corrected() -> list[Article]:
    notes = ["", "Sửa tên tàu.", "Sửa số tờ khai: 15, không phải 51."]
    return [
        _hard(
            "corrected",
            version=version,
            headline="Sửa hai lần",
            correction_note=note,
            updated=_AT + timedelta(hours=version),
        )
        for version, note in enumerate(notes, 1)
    ]


def _recordings() -> Article:
    return _hard(
        "recordings",
        headline="Podcast: Nghe chuyện cửa khẩu",
        genre="podcast",
        media=[
            Media(
                id=uuid4(),
                href="https://bao.example/media/1",
                content_type="audio/mpeg",
                duration=754.2,
                size=4_230_000,
                caption="Tập 1: Người gác đêm",
                credit="Ghi âm: Vân Khê",
            ),
            Media(
                href="https://example.com/2.mp4",
                content_type="video/mp4",
                width=1280,
                height=720,
            ),
        ],
    )


def _many_pictures() -> Article:
    pictures = [
        Media(
            href=f"https://example.com/{number}.jpg",
            content_type="image/jpeg",
            width=900,
            height=600 + 50 * number,
            caption="" if number == 2 else f"Ảnh {number}: sông về đêm",
            role=MediaRole.GALLERY,
        )
        for number in range(1, 6)
    ]
    return _hard("pictures", headline="Năm tấm ảnh", genre="news", media=pictures)


def _bare() -> Article:
    return _hard("bare", headline="Bare", language="fr", unit="KHONGTEN")


def _hard(name: str, **fields: object) -> Article:
    return article(
        **{"id": id_of(name), "unit": "HQKV22", "published": _AT, "updated": _AT} | fields
    )
