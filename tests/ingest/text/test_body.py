"""The body comes out as a safe subset of HTML, whatever format it came in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from services.ingest.text.body import clean_body


@pytest.mark.parametrize(
    ("body", "body_format", "expected"),
    [
        ("<p>Một <b>hai</b></p>", "html", "<p>Một <b>hai</b></p>"),
        ("<h1>Tít</h1>", "html", "<h2>Tít</h2>"),
        ('<p><a href="/x">tin</a></p>', "html", '<p><a rel="noopener noreferrer">tin</a></p>'),
        ("<p>a</p><script>alert(1)</script>", "html", "<p>a</p>"),
        ("một\nhai\n\nba & bốn", "text", "<p>một<br>hai</p><p>ba &amp; bốn</p>"),
        ("**một**", "markdown", "<p><strong>một</strong></p>"),
        ("<b>x</b> một", "markdown", "<p>&lt;b&gt;x&lt;/b&gt; một</p>"),
    ],
)
def test_a_body_comes_out_as(body, body_format, expected):
    assert clean_body(body, body_format).html == expected


@pytest.mark.parametrize("mark", ["![a](", "[", "![[", "[a\n", "a\n", "*a_ ", "&#", "`a", "\\["])
def test_markdown_of_nothing_but_marks_is_refused_before_it_is_read(mark):
    fault = clean_body(mark * (500_000 // len(mark)), "markdown").error

    assert fault == "holds more than 20,000 marks of Markdown"


def test_a_long_article_in_markdown_is_no_bomb():
    paragraph = "Sáng nay, **lô hàng** [đầu tiên](https://a.test) đã được *thông quan*.\n\n"

    assert clean_body(paragraph * 2_000, "markdown").error is None


@pytest.mark.parametrize("body", ["", "   ", "<p></p>", "<script>x</script>", "<p>&nbsp;</p>"])
def test_a_body_without_text_is_an_error(body):
    assert clean_body(body, "html").error


@pytest.mark.parametrize(
    "markup", ["<div>", '<b id="x"><p>', "<font size=1><p>", "<table><a><nobr>"]
)
def test_half_a_megabyte_of_nested_tags_is_an_error(markup):
    # Handed to the cleaner it would take minutes.
    assert clean_body(markup * (500_000 // len(markup)), "html").error


def test_many_tags_side_by_side_are_kept():
    rows = "".join(f"<tr><td>{number}</td></tr>" for number in range(2000))

    assert clean_body(f"<table>{rows}</table>", "html").html.count("<td>") == 2000


@given(st.text(alphabet=st.sampled_from("<>/=\"' &;:#x1aonscripthref\n"), max_size=80))
def test_nothing_active_survives(body):
    cleaned = clean_body(body, "html")
    if cleaned.error:
        return
    tree = html.fragment_fromstring(cleaned.html, create_parent="div")
    for element in tree.iter():
        assert element.tag not in ("script", "style", "iframe", "object")
        assert not [name for name in element.attrib if name.startswith("on")]
