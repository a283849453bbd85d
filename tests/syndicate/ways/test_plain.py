"""HTML as plain text."""

import time

import pytest

from services.syndicate.ways.mail.plain import plain_text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Một.</p><p>Hai.</p>", "Một.\n\nHai."),
        ("<p>Một<br>Hai</p>", "Một\nHai"),
        ("<p>A\n  B</p>", "A B"),
        ("<p><b>A</b> và <i>B</i>.</p>", "A và B."),
        ("<ul><li>Một</li><li>Hai</li></ul><p>Ba</p>", "- Một\n- Hai\n\nBa"),
        ('<p><a href="https://a.example/">Ở đây</a>.</p>', "Ở đây <https://a.example/>."),
        ('<p><a href="https://a.example/">https://a.example/</a></p>', "https://a.example/"),
        ('<figure><img src="x" alt="Cảng"><figcaption>Ảnh</figcaption></figure>', "[Cảng]\n\nẢnh"),
        ("<table><tr><td>1</td><td>2</td></tr><tr><td>3</td></tr></table>", "1 2\n3"),
        ("<p>1 &lt; 2 &amp; 3</p>", "1 < 2 & 3"),
        ("Không thẻ", "Không thẻ"),
        ("", ""),
    ],
)
def test_paragraphs_lists_and_links_stay_apart(html, text):
    assert plain_text(html) == text


@pytest.mark.parametrize(
    "html", ["<div>" * 5000 + "Sâu", "<p>\n \n</p>" * 20_000, " \n" * 100_000, "<br>" * 50_000]
)
def test_no_markup_takes_long(html):
    began = time.process_time()
    plain_text(html)

    assert time.process_time() - began < 5
