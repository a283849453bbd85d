"""A text is known again where it stands, and not where somebody speaks of it."""

from typing import Any

import pytest

from services.syndicate.circle.pages import words_of_markup
from services.syndicate.circle.prints import Likeness, likeness, print_of
from tests.factories import article

HEADLINE = "Hải quan Hải Phòng thu hồi 12 giấy phép nhập khẩu"
LEAD = (
    "Ngày 2/3, Cục Hải quan Hải Phòng cho biết đã thu hồi 12 giấy phép nhập khẩu của 5 doanh "
    "nghiệp vì khai sai mã số hàng hóa trong năm vừa qua, theo kết quả kiểm tra sau thông quan."
)
PARAGRAPHS = [
    "Theo ông Nguyễn Văn A, các lô hàng được khai là linh kiện nhưng thực tế là hàng nguyên chiếc.",
    "Tổng số thuế phải truy thu được xác định là 4,2 tỷ đồng, chưa kể tiền phạt chậm nộp.",
    "Cơ quan hải quan đã chuyển hồ sơ của hai doanh nghiệp sang công an để tiếp tục điều tra.",
    "Doanh nghiệp còn lại cam kết nộp đủ tiền thuế trong tháng này và rà soát quy trình khai báo.",
    "Trước đó, đơn vị cũng đã cảnh báo về tình trạng khai sai mã số để hưởng thuế suất thấp.",
]
BODY = "".join(f"<p>{each}</p>" for each in PARAGRAPHS)
NOTICE = (
    "Bài “Hải quan Hải Phòng thu hồi 12 giấy phép nhập khẩu” đã được gỡ: thông tin Cục Hải quan "
    "Hải Phòng cho biết đã thu hồi 12 giấy phép nhập khẩu của 5 doanh nghiệp là không chính xác."
)
CHROME = (
    "<nav>Trang chủ Thời sự Kinh tế Thế giới Pháp luật Văn hóa Thể thao</nav>{}<aside>Tin mới: Giá "
    "vàng hôm nay tăng nhẹ; Dự báo thời tiết ba ngày tới; Lịch cúp điện tuần này</aside>"
)


def seen(page: str, notice: str = NOTICE, **changes: Any) -> Likeness:
    text = article(**({"headline": HEADLINE, "lead": LEAD, "body": BODY} | changes))
    return likeness(print_of(text, notice), words_of_markup(CHROME.format(page)))


def test_the_whole_text_is_known():
    found = seen(f"<h1>{HEADLINE}</h1><p>{LEAD}</p>{BODY}")
    assert found == Likeness(1.0, 1.0, headline=True)
    assert found.stands


@pytest.mark.parametrize(
    "page",
    [
        f"<h1>Một tít khác hẳn</h1>{BODY}",
        f"<h1>{HEADLINE}</h1>" + "".join(f"<p>{each}</p>" for each in PARAGRAPHS[:2]),
        f"<p>{LEAD}</p><p>Mời bạn đăng nhập để đọc tiếp.</p>",
        f"<h1>{HEADLINE}</h1>" + BODY.replace("</p>", " (Theo Báo Hải quan)</p>"),
        f"<p>{NOTICE}</p>{BODY}",  # a notice above, and the text left below it
        f"<h1>{HEADLINE}</h1>{BODY}".replace("Hải Phòng", "H.P").upper(),
    ],
)
def test_changed_shortened_or_with_a_notice_above_it_still_stands(page):
    assert seen(page).stands


@pytest.mark.parametrize(
    "page",
    [
        "<p>Bài viết không còn.</p>",
        f"<h1>{HEADLINE}</h1><p>Bài này đã được gỡ theo yêu cầu của tòa soạn nguồn.</p>",
        f"<p>{NOTICE}</p>",
        f"<h1>{HEADLINE}</h1><p>{NOTICE}</p>",
        "<h1>Tin khác của hải quan</h1><p>Cục Hải quan Hải Phòng cho biết lượng hàng qua cảng tăng "
        "8% so với cùng kỳ, chủ yếu là linh kiện điện tử và máy móc.</p>",
    ],
)
def test_who_speaks_of_it_or_of_something_else_does_not_tell_it(page):
    assert not seen(page).stands


def test_nothing_can_be_read_in_a_print():
    kept = print_of(article(headline=HEADLINE, lead=LEAD, body=BODY)).model_dump_json()
    assert not set(kept) - set('{}[]:,"_0123456789') - set("headline_words_opening_whole")


def test_a_print_of_a_long_text_is_small_and_tells_shares_fairly():
    words = [f"từ{n}" for n in range(50_000)]
    known = print_of(article(body=f"<p>{' '.join(words)}</p>"))
    assert len(known.model_dump_json()) < 12_000
    half = likeness(known, words_of_markup(" ".join(words[:25_000])))
    assert 0.4 < half.whole < 0.6


def test_of_a_text_that_its_notice_repeats_as_a_whole_nothing_is_known():
    assert print_of(article(body=f"<p>{PARAGRAPHS[0]}</p>"), PARAGRAPHS[0]).whole == []
