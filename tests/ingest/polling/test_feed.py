"""Feeds as sites write them become submissions; hostile ones are refused at no cost."""

import time
from datetime import UTC, datetime

import pytest

from schemas.registry import Unit
from services.ingest.polling.document import NotAFeed
from services.ingest.polling.entry import BadEntry
from services.ingest.polling.feed import MOST_ITEMS, Item, parse
from services.ingest.polling.items import draft_of
from services.ingest.submission import Draft
from tests.ingest.polling.feeds import atom, item, rss

URL = "https://haiquan.test/rss/tin.xml"
UNIT = Unit(code="HQ", name="HQ", languages=["vi-VN", "en"])


def items(data: bytes):
    return parse(data, URL).items


def only(data: bytes):
    feed = parse(data, URL)
    assert not feed.notes
    (found,) = feed.items
    return draft_of(found, UNIT)


def submitted(data: bytes) -> dict:
    return only(data).submission.model_dump(mode="json", exclude_defaults=True)


def test_an_item_of_rss_with_all_that_sites_put_into_it():
    given = item(
        1,
        "Tóm tắt &amp; dẫn.",
        **{
            "content:encoded": '<p>Dài <img src="/a.png"> <a href="b">b</a></p>',
            "dc:creator": "Nguyễn Văn A",
            "category": "Thuế",
            "pubDate": "Sun, 22 Nov 2026 10:00:00 +0700",
        },
    ).replace("</item>", '<enclosure url="/c.jpg" type="image/jpeg" length="1"/></item>')

    assert submitted(rss(given)) == {
        "headline": "Tin số 1",
        "lead": "Tóm tắt & dẫn.",
        "body": '<p>Dài <img src="https://haiquan.test/a.png"> '
        '<a href="https://haiquan.test/rss/b">b</a></p>',
        "language": "vi-VN",
        "byline": ["Nguyễn Văn A"],
        "keywords": ["Thuế"],
        "media": [{"href": "https://haiquan.test/c.jpg", "role": "main"}],
        "external_id": "tin-1",
        "source_url": "https://haiquan.test/tin/1",
    }
    assert items(rss(given))[0].dated == datetime(2026, 11, 22, 3, tzinfo=UTC)


def test_an_entry_of_atom_with_all_that_sites_put_into_it():
    entry = """<entry xml:lang="en"><id>urn:x:1</id>
      <title type="html">A &amp;amp; &lt;b>B&lt;/b></title>
      <link href="/t/1"/><link rel="enclosure" type="video/mp4" href="v.mp4"/>
      <author><name>An Bình</name><email>a@b.c</email></author><category term="thue" label="Thuế"/>
      <updated>2026-11-22T03:00:00Z</updated><summary>Dẫn 1 &lt; 2</summary>
      <content type="xhtml" xml:base="/x/"><div xmlns="http://www.w3.org/1999/xhtml"><p>Thân
      <img src="a.png"/></p></div></content></entry>"""

    given = submitted(atom(entry))
    assert "<p>Thân" in given.pop("body")
    assert given == {
        "headline": "A & B",
        "lead": "Dẫn 1 < 2",
        "language": "en",
        "byline": ["An Bình"],
        "keywords": ["Thuế"],
        "media": [{"href": "https://haiquan.test/rss/v.mp4", "role": "gallery"}],
        "external_id": "urn:x:1",
        "source_url": "https://haiquan.test/t/1",
    }
    assert 'src="https://haiquan.test/x/a.png"' in only(atom(entry)).body.html


def test_rss_1_0_has_its_items_beside_the_channel():
    data = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
      xmlns="http://purl.org/rss/1.0/"><channel rdf:about="x"><title>C</title></channel>
      <item rdf:about="https://haiquan.test/1"><title>T</title><link>https://haiquan.test/1</link>
      <description>D</description></item></rdf:RDF>"""

    assert submitted(data)["external_id"] == "https://haiquan.test/1"


def test_plain_text_keeps_its_paragraphs_and_is_no_markup():
    given = only(rss(item(1, "Một < hai\n\nBa")))

    assert given.body.html == "<p>Một &lt; hai</p><p>Ba</p>"


def test_markup_that_sites_get_wrong_keeps_its_text():
    given = (
        "<b>Một <p>data:2024 & hai</b> <a href='http://['>ba</a> <img src=\"data:a/b\"></div>bốn"
    )
    body = only(rss(item(1, given))).body.html

    for word in ("Một", "data:2024 &amp; hai", "ba", "bốn"):
        assert word in body
    assert "src" not in body


def test_an_item_without_an_id_goes_by_its_link_and_a_long_id_by_its_digest():
    by_link, long = items(rss(item(1, guid=""), item(2, guid="x" * 1000)))

    assert by_link.external_id == "https://haiquan.test/tin/1"
    assert long.external_id.startswith("sha256:")


def test_an_address_of_e_mail_is_no_byline():
    assert "byline" not in submitted(rss(item(1, author="a@b.vn (Nguyễn Văn A)")))


def test_html_s_named_characters_are_known_though_no_dtd_names_them():
    data = rss(item(1)).replace("Tin số 1".encode(), "Tin&nbsp;số &eacute;".encode())

    assert submitted(data)["headline"] == "Tin số é"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-8-sig", "iso-8859-1"])
def test_the_declared_encoding_is_read(encoding):
    text = rss(item(1, title="Café")).decode()
    text = text.replace("utf-8", encoding.removesuffix("-sig")).replace("Hải quan", "HQ")
    text = text.replace("Nội dung của tin.", "x")

    assert submitted(text.encode(encoding))["headline"] == "Café"


def test_bytes_that_are_no_characters_are_not_published():
    (broken,) = items(rss(item(1, title="Caf@")).replace(b"Caf@", b"Caf\xe9 "))

    with pytest.raises(BadEntry, match="encoding"):
        draft_of(broken, UNIT)


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (item(2, guid="", link=""), "neither an id nor a link"),
        (item(1), "same id"),
        (item(2, "x" * 600_000), "too long"),
        (f"<item><title>{'x' * 10}", "end is missing"),
        ("<item>" + "<a/>" * 2000 + "</item>", "too many parts"),
    ],
)
def test_a_broken_item_hurts_only_itself(broken, reason):
    feed = parse(rss(item(1), broken, item(3)), URL)

    assert {"tin-1", "tin-3"} == {found.external_id for found in feed.items}
    assert any(reason in note.reason for note in feed.notes)


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (item(2, ""), "no text"),
        (item(2, "<p> </p>"), "no text"),
        (item(2, title=""), "headline"),
        (item(2, title="x" * 501), "headline"),
        (item(2, "<div>" * 100_000), "nested too deep"),
        (item(2, f"<a {' '.join(f'x{n}' for n in range(9999))}>x</a>"), "too many attributes"),
    ],
)
def test_an_item_that_is_no_article_is_told_why(broken, reason):
    with pytest.raises(BadEntry, match=reason):
        draft_of(parse(rss(broken), URL).items[0], UNIT)


def test_an_item_that_is_cut_off_is_not_taken():
    whole = rss(item(1), item(2))
    feed = parse(whole[: whole.rindex(b"</description>") - 5], URL)

    assert [found.external_id for found in feed.items] == ["tin-1"]
    assert any("end is missing" in note.reason for note in feed.notes)


def test_a_feed_may_list_more_than_is_read_at_once():
    feed = parse(rss(*(item(n, "x") for n in range(MOST_ITEMS + 5))), URL)

    assert len(feed.items) == MOST_ITEMS
    assert str(MOST_ITEMS) in feed.notes[-1].reason


def test_only_the_content_makes_the_digest():
    one, dated, other = (
        items(rss(item(1, **fields)))[0].digest
        for fields in ({}, {"pubDate": "Sun, 22 Nov 2026 10:00:00 +0700"}, {"title": "Khác"})
    )

    assert one == dated != other


def declaring(entities: str) -> bytes:
    """Make a feed that uses the entity `j` fifty thousand times."""
    feed = rss(*(item(n, "@" * 1000, title="@") for n in range(50)))
    head, _, rest = feed.partition(b"?>")
    return head + f"?><!DOCTYPE rss [{entities}]>".encode() + rest


LAUGHS = "".join(
    f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefghi", "bcdefghij", strict=True)
)
HOSTILE = {
    "billion laughs": declaring(f'<!ENTITY a "ha">{LAUGHS}'),
    "one large entity": declaring(f'<!ENTITY j "{"x" * 50_000}">'),
    "external entity": declaring('<!ENTITY j SYSTEM "file:///etc/passwd">'),
    "parameter entity": declaring('<!ENTITY % p SYSTEM "http://127.0.0.1:1/x">%p;'),
    "external DTD": declaring("").replace(b"[]", b'SYSTEM "http://127.0.0.1:1/x.dtd"'),
    "nesting": b"<rss><channel><item>" + b"<a>" * 1_600_000,
    "closed nesting": b"<rss>" + b"<a>" * 400_000 + b"</a>" * 400_000 + b"</rss>",
    "nesting within the limit of tags": b"<rss>" + b"<a>" * 400_000,
    "tags": b"<rss>" + b"<a/>" * 1_200_000 + b"</rss>",
    "items in items": b"<rss>" + b"<item>" * 250 + b"<a/>" * 400_000,
    "attributes": b"<rss " + b" ".join(b'a%d=""' % n for n in range(450_000)) + b"/>",
    "namespaces": b"<rss " + b" ".join(b'xmlns:a%d="b"' % n for n in range(200_000)) + b"/>",
    "open brackets": b"<" * 5_000_000,
    "ampersands": b"<rss>" + b"&" * 5_000_000,
    "line breaks": b"<?xml version='1.0'?>" + b"\n" * 5_000_000 + b"<rss/>",
    "a long name": b"<" + b"a" * 5_000_000 + b">",
    "comments": b"<rss>" + b"<!--" * 1_000_000,
    "zeros": bytes(5_000_000),
    "a wrong encoding": b"<?xml version='1.0' encoding='utf-16'?><rss/>",
    "an unknown encoding": b"<?xml version='1.0' encoding='no-such'?><rss/>",
    "nothing": b"",
    "HTML": b"<!DOCTYPE html><html><body><p>x<br></body></html>",
    "JSON": b'{"version": "https://jsonfeed.org/version/1.1"}',
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_xml_costs_nothing(name):
    data = HOSTILE[name].replace(b"@", b"&j;")[: 5 * 1024 * 1024]
    began = time.process_time()
    try:
        drafts = [_drafted(found) for found in items(data)]
    except NotAFeed:
        drafts = []

    assert time.process_time() - began < 3
    assert all(len(repr(d)) < 50_000 and "root:" not in repr(d) for d in drafts if d)


B_AND_P = "".join(f"<b id=x{n}><p>" for n in range(13_000))


@pytest.mark.parametrize(
    "markup",
    [
        "<div>" * 100_000,
        "<b>" * 170_000,
        B_AND_P,
        "<div><table></div></table>" * 20_000,
        "<a " + " ".join(f"x{n}=1" for n in range(50_000)) + ">x",
        "<a " + "/".join(f"x{n}" for n in range(50_000)) + ">x",
        '<a t=">" ' + " ".join(f"x{n}=1" for n in range(50_000)) + ">x",
        '<a "' * 100_000,
        "<a '" * 100_000,
        "<a" * 200_000,
        "<!--" * 100_000,
        "<table><tr><td>" * 30_000,
        "<svg><p>" * 50_000,
        "<select><option>" * 30_000,
        "&amp;" * 100_000,
        '<img src="data:' + "/" * 400_000 + '">x',
    ],
    ids=lambda markup: markup[:20],
)
def test_hostile_markup_costs_nothing(markup):
    (found,) = items(rss(item(1, markup)))
    began = time.process_time()
    _drafted(found)

    assert time.process_time() - began < 4


def _drafted(found: Item) -> Draft | None:
    try:
        return draft_of(found, UNIT)
    except BadEntry:
        return None
