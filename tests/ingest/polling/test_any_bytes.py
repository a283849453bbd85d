"""Whatever a site sends, it is a feed or a refusal, and each of its items a draft or a reason."""

import contextlib

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.registry import Unit
from services.ingest.polling.document import NotAFeed
from services.ingest.polling.entry import BadEntry
from services.ingest.polling.feed import parse
from services.ingest.polling.items import draft_of
from tests.ingest.polling.feeds import atom, item, rss

UNIT = Unit(code="HQ", name="HQ")
FEEDS = [
    rss(item(1), item(2, "<p>a <a href='/x'>b</a>", **{"dc:date": "2026-11-22T10:00:00Z"})),
    atom(
        '<entry xml:base="/b/"><id>1</id><title type="html">&lt;b></title><link href="x"/>'
        '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>x</p></div></content>'
        "<updated>2026-11-22T10:00:00Z</updated></entry>"
    ),
]
PIECES = st.one_of(
    st.binary(max_size=20),
    st.text(max_size=20).map(lambda text: text.encode(errors="surrogatepass")),
    st.sampled_from([b"<", b">", b"]]>", b"<![CDATA[", b"&#0;", b"&x;", b"<item>", b"</item>"]),
    st.sampled_from([b"http://[", b"//", b"xml:base='http://['", b"<!DOCTYPE a [", b"\x00"]),
)


@st.composite
def broken_feeds(draw: st.DrawFn) -> bytes:
    data = draw(st.sampled_from(FEEDS))
    for piece in draw(st.lists(PIECES, min_size=1, max_size=4)):
        start = draw(st.integers(0, len(data)))
        end = draw(st.integers(start, min(len(data), start + 30)))
        data = data[:start] + piece + data[end:]
    return data


@settings(max_examples=300, deadline=None)
@given(st.one_of(broken_feeds(), st.binary()))
def test_any_bytes_are_read_or_refused(data):
    with contextlib.suppress(NotAFeed):
        for found in parse(data, "https://haiquan.test/rss").items:
            assert 0 < len(found.external_id) <= 300
            assert len(found.digest) == 64
            with contextlib.suppress(BadEntry):
                assert draft_of(found, UNIT).body.html
