"""Where to look once the demo is in."""

from collections.abc import Mapping
from pathlib import Path

from stack.home import running
from stack.layout import Layout

_RELATED, _TRANSLATED, _URGENT = "gs-te-te", "vt-khai-truong-en", "np-sat-lo"
_CORRECTED, _RETRACTED, _EMBARGOED = "vt-24-gio", "cm-giam-phi", "thu-ngan-sach"


def layout_of(data: Path) -> Layout:
    """Tell where the stack on `data` is; without one, where `tinbai up` would put it."""
    if record := running(data):
        return Layout(data, record.host, record.port_base)
    return Layout(data, "127.0.0.1", 8000)


def worth_opening(layout: Layout, ids: Mapping[str, str]) -> dict[str, str]:
    """Name the addresses; `ids` has the articles' by `external_id`."""
    ingest, syndicate, archive = (
        layout.public_url(service) for service in ("ingest", "syndicate", "archive")
    )
    return {
        "front page": f"{archive}/",
        "in English": f"{archive}/en",
        "a column": f"{archive}/columns/thong-quan",
        "related news": f"{archive}/articles/{ids[_RELATED]}",
        "a translation": f"{archive}/articles/{ids[_TRANSLATED]}",
        "the urgent one": f"{archive}/articles/{ids[_URGENT]}",
        "corrected": f"{archive}/articles/{ids[_CORRECTED]}",
        "its versions": f"{archive}/articles/{ids[_CORRECTED]}/history",
        "retracted (410)": f"{archive}/articles/{ids[_RETRACTED]}",
        "after a minute": f"{archive}/articles/{ids[_EMBARGOED]}",
        "RSS": f"{syndicate}/feeds/latest.rss",
        "Atom": f"{syndicate}/feeds/latest.atom",
        "JSON Feed": f"{syndicate}/feeds/latest.json",
        "a unit's feed": f"{syndicate}/feeds/units/HQKV21.atom",
        "without marks": f"{archive}/search?q=cang+vinh+tra",
        "the API": f"{ingest}/docs",
    }
