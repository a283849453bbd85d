"""Feeds as sites write them."""

from xml.sax.saxutils import escape


def item(number: int, text: str = "<p>Nội dung của tin.</p>", **fields: str) -> str:
    parts = {
        "title": f"Tin số {number}",
        "guid": f"tin-{number}",
        "link": f"https://haiquan.test/tin/{number}",
        "description": text,
        **fields,
    }
    return "<item>" + "".join(f"<{k}>{escape(v)}</{k}>" for k, v in parts.items() if v) + "</item>"


def rss(*items: str, head: str = "") -> bytes:
    return (
        '<?xml version="1.0" encoding="utf-8"?>'
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/">'
        f"<channel><title>Hải quan</title><language>vi</language>{head}"
        f"{''.join(items)}</channel></rss>"
    ).encode()


def atom(*entries: str, attributes: str = "") -> bytes:
    return (
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="vi" {attributes}>'
        f"<title>Hải quan</title>{''.join(entries)}</feed>"
    ).encode()
