"""The words of a page are found however it is written, and no page costs more than a moment."""

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.common.text import folded_words
from services.syndicate.circle.pages import words_of, words_of_markup

TEXT = "Sáng nay, lô hàng đầu tiên đã được thông quan tại cảng Lạch Huyện"
WORDS = folded_words(TEXT)


def page(body: str, head: str = "") -> str:
    return f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>"


@pytest.mark.parametrize(
    "body",
    [
        f"<p>{TEXT}</p>",
        f"<p>{TEXT.upper()}</p>",
        f"<div><p>{TEXT}",
        f"<p>{TEXT.replace(' ', '&nbsp; ')}</p>",
        f"<p>{TEXT.replace('ả', 'a&#x309;')}</p>",
        f"<p>{TEXT.replace('thông', 'th<b>ô</b>ng')}</p>",
        f"<p>{TEXT.replace('thông', 'th&shy;ô&#x200b;ng')}</p>",
        f"<p>{TEXT.replace(' lô', '</p><div>lô</div><p>')}</p>",
        f"<p>{TEXT.replace(' lô', '<br>lô')}</p>",
        f"<style>p {{color: red}}</style><p>{TEXT}</p><script>if (1 < 2) track()</script>",
        f"<td>{TEXT}",
        f"<noscript>{TEXT}</noscript>",
        f"</div></p>{TEXT}</html></body>",
        TEXT,
    ],
)
def test_markup_hides_no_word(body):
    assert words_of_markup(page(body))[: len(WORDS)] == WORDS


def test_what_a_page_keeps_in_its_scripts_for_the_browser_is_read():
    data = json.dumps({"articleBody": f"<p>{TEXT}</p>"})
    words = words_of_markup(page(f'<script type="application/ld+json">{data}</script>'))
    assert words[-len(WORDS) :] == WORDS


def test_what_a_page_tells_other_sites_of_itself_is_read():
    assert words_of_markup(page("", f'<meta property="og:description" content="{TEXT}">')) == WORDS


def test_comments_and_styles_are_not_read():
    hidden = f"<!-- {TEXT} --><style>/* {TEXT} */</style>"
    assert words_of_markup(page(hidden)) == []


@pytest.mark.parametrize(
    ("encoding", "header", "declared"),
    [
        ("utf-8", None, ""),
        ("utf-8", "UTF-8", ""),
        ("utf-8", "no-such-thing", ""),
        ("utf-8-sig", None, ""),
        ("utf-16", "utf-16", ""),
        ("utf-8", "zip", '<meta charset="rot13">'),
    ],
)
def test_letters_are_read_as_browsers_read_them(encoding, header, declared):
    assert words_of(page(f"<p>{TEXT}</p>", declared).encode(encoding), header) == WORDS


def test_an_old_page_says_in_itself_how_its_letters_are_written():
    text, declared = "Đã gỡ bài", '<meta http-equiv="x" content="text/html; charset=windows-1258">'
    raw = page(f"<p>{text}</p>", declared).encode("cp1258", "xmlcharrefreplace")
    assert words_of(raw) == ["da", "go", "bai"]


def test_bytes_that_are_no_text_are_no_fault():
    assert words_of(b"\x00\xff<p>\x80ok\x00</p>\xc3") == ["yok", "a"] or words_of(b"<p>ok") == [
        "ok"
    ]


@pytest.mark.parametrize("number", ["9" * 5000, "0" * 5000 + "65", "x" + "f" * 5000])
def test_a_letter_with_a_number_without_end_hides_no_other(number):
    assert words_of(f"<script>một &#{number}; hai</script>".encode()) == ["mot", "hai"]


@pytest.mark.parametrize(
    "hostile",
    [
        "<p " + " ".join(f"a{n}=1" for n in range(150_000)) + ">",
        "<div>" * 200_000,
        "<b><i><a>" * 100_000,
        "<table><tr><td>" * 60_000,
        "<" * 1_000_000,
        "<!--" * 250_000,
        "<script>" * 100_000,
        "<script>" + "<" * 1_000_000,
        "<script>" + "\\u003c" * 150_000,
        "&" * 1_000_000,
        "\0" * 1_000_000,
        "e" + "\u0301" * 500_000,
    ],
    ids=lambda hostile: hostile[:12],
)
def test_no_page_takes_long(hostile):
    began = time.process_time()
    words_of(hostile.encode())
    assert time.process_time() - began < 5


@settings(max_examples=30)
@given(st.text(max_size=200))
def test_no_text_breaks_it(text):
    for word in words_of_markup(text):
        assert word
        assert not word.isspace()


@settings(max_examples=30)
@given(
    st.binary(max_size=200),
    st.sampled_from([None, "utf-8", "utf-16", "windows-1258", "unicode_escape"]),
)
def test_no_bytes_break_it(raw, charset):
    words_of(raw, charset)
