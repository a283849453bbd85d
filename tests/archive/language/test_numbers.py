"""Numbers of official documents, as offices and papers really write them."""

import pytest

from services.archive.language.linking import linked_numbers
from services.archive.language.numbers import as_number, as_slug, citations, slug_prefix


def slugs(text: str) -> list[str]:
    return [found.slug for found in citations(text)]


@pytest.mark.parametrize(
    ("written", "slug"),
    [
        ("4314/TCHQ-TXNK", "4314-tchq-txnk"),
        ("167/2025/NĐ-CP", "167-2025-nd-cp"),
        ("38/2015/TT-BTC", "38-2015-tt-btc"),
        ("08/2015/NĐ-CP", "8-2015-nd-cp"),
        ("54/2014/QH13", "54-2014-qh13"),
        ("09/2007/QĐ-TTg", "9-2007-qd-ttg"),
        ("01/2018/TTLT-BCA-BQP-TANDTC", "1-2018-ttlt-bca-bqp-tandtc"),
        ("12/NQ-CP", "12-nq-cp"),
        ("150/TTr-BCA-H", "150-ttr-bca-h"),
        ("1234/TCHQ/GSQL", "1234-tchq-gsql"),
        ("24 / QĐ - BGTVT", "24-qd-bgtvt"),
        ("180/2007 / NĐ - CP", "180-2007-nd-cp"),
        ("167/2025/NĐ–CP", "167-2025-nd-cp"),
        ("167/2025/NÐ-CP", "167-2025-nd-cp"),  # with the Icelandic letter that old fonts had
        ("632/UBND-QLĐTh", "632-ubnd-qldth"),
        ("02/2019/TT-BGDĐT", "2-2019-tt-bgddt"),
    ],
)
def test_a_number_is_found_however_it_is_written(written, slug):
    text = f"Theo văn bản {written}, hàng được thông quan."
    (found,) = citations(text)
    assert found.slug == slug
    assert text[found.start : found.end] == written


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Nghị định 64/CP của Chính phủ", ["64-cp"]),
        ("Nghị định số 8/2015 quy định", ["8-2015-nd-cp"]),
        ("NGHỊ ĐỊNH 8/2015", ["8-2015-nd-cp"]),
        (
            "Nghị định 167/2025/NĐ-CP, Thông tư 38/2015/TT-BTC.",
            ["167-2025-nd-cp", "38-2015-tt-btc"],
        ),
        ("Nghị định 08/2015/NĐ-CP - VCCI góp ý", ["8-2015-nd-cp"]),
    ],
)
def test_what_stands_around_a_number_decides_what_is_one(text, found):
    assert slugs(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "ngày 20/10/2015",
        "tháng 8/2015",
        "số 12/34 Lê Lợi",
        "giá 300.000/CP",
        "24/7",
        "Thông tư 38/2015",  # of which of the ministries?
        "64/CP",
        "0/TCHQ-TXNK",
        "mẫu C/O, E-C/O và VNACCS/VCIS",
        "http://example.vn/2015/TT-BTC",
        "mã 8517.12.00",
        "5/QĐ-UBNDcủa",
    ],
)
def test_what_only_looks_like_a_number_is_none(text):
    assert slugs(text) == []


@pytest.mark.parametrize(
    ("slug", "number"),
    [
        ("4314-tchq-txnk", "4314/TCHQ-TXNK"),
        ("8-2015-nd-cp", "08/2015/NĐ-CP"),
        ("9-2007-qd-ttg", "09/2007/QĐ-TTg"),
        ("54-2014-qh13", "54/2014/QH13"),
        ("64-cp", "64/CP"),
        ("2-2019-tt-bgddt", "02/2019/TT-BGDĐT"),
    ],
)
def test_a_slug_tells_its_number_and_the_number_its_slug(slug, number):
    assert as_number(slug) == number
    assert as_slug(slug) == slug
    if number != "64/CP":
        assert as_slug(number) == as_slug(number.lower()) == slug


@pytest.mark.parametrize(
    "text", ["", "hải quan", "08-2015-nd-cp", "4314/TCHQ-TXNK và", "a-b", "12"]
)
def test_what_is_no_number_has_no_slug(text):
    assert as_slug(text) is None


def test_a_number_that_is_being_typed_begins_its_slug():
    assert slug_prefix("08/2015/NĐ") == "8-2015-nd"
    assert slug_prefix("4314/") == "4314-"


def test_numbers_in_a_text_become_links():
    assert linked_numbers("<p>Theo <b>4314/TCHQ-TXNK</b> &amp; luật.</p>") == (
        '<p>Theo <b><a href="/documents/4314-tchq-txnk">4314/TCHQ-TXNK</a></b> &amp; luật.</p>'
    )


def test_what_is_a_link_or_stands_in_a_tag_is_left_alone():
    for markup in (
        '<a href="https://x.vn"><b>4314/TCHQ-TXNK</b></a>',
        '<img alt="4314/TCHQ-TXNK" src="x">',
        "<p>Không có số nào.</p>",
    ):
        assert linked_numbers(markup) == markup


def test_after_a_link_there_may_be_links_again():
    linked = linked_numbers('<a href="/x">một</a> 12/NQ-CP <abbr>13/NQ-CP</abbr>')
    assert linked.count("/documents/") == 2
