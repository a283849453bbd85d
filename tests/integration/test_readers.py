"""The feeds as programs read them that nobody here wrote."""

import json
import sqlite3
import subprocess
from functools import partial
from pathlib import Path

import feedparser
import pytest

from tests.integration.stacks import Stack
from tests.stack.processes import until

pytestmark = pytest.mark.xdist_group("shared")
TIMEOUT = 60


@pytest.fixture(scope="module")
def unit(shared: Stack) -> str:
    """Give the feed of a unit with everything that a reader may stumble over."""
    shared.add_unit("READ", name="Hải quan cửa khẩu <Nà & Phiêng>")
    shared.submit(
        "READ",
        headline='Xuất khẩu "vải thiều" & nhãn: tăng <20%>',
        lead="Sapo có & và <dấu>.",
        body="<p>Thân bài với <strong>chữ đậm</strong> &amp; dấu.</p><p>Đoạn hai 🙂 ]]&gt;</p>",
        byline=["Thu Hà", "Minh Quân"],
        keywords=["vải thiều"],
        media=[{"href": "https://example.org/anh.jpg?a=1&b=2", "caption": "Vải & nhãn"}],
    )
    corrected = shared.submit("READ", headline="Bản sai")
    shared.ask(
        "PUT",
        f"/v1/articles/{corrected['id']}",
        {"headline": "Bản đúng", "body": "<p>Đúng.</p>", "correction_note": "Đã sửa số liệu."},
        If_Match='"1"',
    )
    retracted = shared.submit("READ", headline="Tít đã rút", body="<p>Thân đã rút.</p>")
    why = {"reason": "Sai.", "notice": "Chúng tôi rút tin này."}
    shared.ask("POST", f"/v1/articles/{retracted['id']}/retraction", why)
    until(lambda: len(shared.feed("units/READ")) == 3)
    until(lambda: shared.feed("units/READ")[0]["id"].endswith(retracted["id"]))
    until(lambda: shared.feed("units/READ")[1]["title"] == "Bản đúng")
    return "units/READ"


TITLES = ["Tin đã được rút", "Bản đúng", 'Xuất khẩu "vải thiều" & nhãn: tăng <20%>']


@pytest.mark.parametrize("form", ["rss", "atom"])
def test_xmllint_finds_it_well_formed(shared, unit, form, tmp_path):
    file = tmp_path / f"feed.{form}"
    file.write_bytes(shared.get("syndicate", f"/feeds/{unit}.{form}").content)

    lint = subprocess.run(["xmllint", "--noout", file], capture_output=True, timeout=TIMEOUT)

    assert (lint.returncode, lint.stderr) == (0, b"")


def test_feedparser_finds_the_same_in_rss_and_atom(shared, unit):
    rss, atom = (
        feedparser.parse(shared.get("syndicate", f"/feeds/{unit}.{form}").content)
        for form in ("rss", "atom")
    )

    assert not rss.bozo
    assert not atom.bozo
    assert rss.feed.title == atom.feed.title
    assert [entry.id for entry in rss.entries] == [entry.id for entry in atom.entries]
    assert [entry.link for entry in rss.entries] == [entry.link for entry in atom.entries]
    assert [e.content[0].value for e in rss.entries] == [e.content[0].value for e in atom.entries]
    assert [e.published_parsed for e in rss.entries] == [e.published_parsed for e in atom.entries]
    enclosures = [[link.href for link in entry.enclosures] for entry in rss.entries]
    assert enclosures == [[link.href for link in entry.enclosures] for entry in atom.entries]
    assert enclosures[2] == ["https://example.org/anh.jpg?a=1&b=2"]


@pytest.mark.parametrize("form", ["rss", "atom"])
def test_sfeed_reads_titles_links_and_ids(shared, unit, form):
    feed = shared.get("syndicate", f"/feeds/{unit}.{form}").content

    read = subprocess.run(["sfeed"], input=feed, capture_output=True, timeout=TIMEOUT, check=True)

    # TAB-separated: time, title, link, content, content type, id, author, enclosure, category.
    lines = [line.split("\t") for line in read.stdout.decode().splitlines()]
    items = shared.feed(unit)
    assert [line[1] for line in lines] == TITLES
    assert [line[2] for line in lines] == [item["url"] for item in items]
    assert [line[5] for line in lines] == [item["id"] for item in items]
    assert lines[2][7] == "https://example.org/anh.jpg?a=1&b=2"
    assert "Thân đã rút" not in read.stdout.decode()


class Newsboat:
    """A newsboat with a cache of its own."""

    def __init__(self, folder: Path, url: str) -> None:
        self.cache = folder / "cache.db"
        (folder / "urls").write_text(f"{url}\n")
        (folder / "config").write_text("")
        self.command: list[str | Path] = [
            "newsboat",
            "-u",
            folder / "urls",
            "-C",
            folder / "config",
        ]

    def reload(self) -> None:
        command = [*self.command, "-c", self.cache, "-x", "reload"]
        subprocess.run(command, check=True, capture_output=True, timeout=TIMEOUT)

    def items(self) -> dict[str, tuple[str, str]]:
        """Give title and content by id."""
        with sqlite3.connect(self.cache) as database:
            rows = database.execute("SELECT guid, title, content FROM rss_item").fetchall()
        return {guid: (title, content) for guid, title, content in rows}


@pytest.mark.parametrize("form", ["rss", "atom"])
def test_newsboat_shows_the_articles_and_replaces_what_was_retracted(shared, unit, form, tmp_path):
    boat = Newsboat(tmp_path, f"{shared.url('syndicate')}/feeds/{unit}.{form}")

    boat.reload()

    shown = boat.items()
    assert {title for title, _ in shown.values()} == set(TITLES)
    assert "Thân đã rút" not in json.dumps(list(shown.values()), ensure_ascii=False)


def test_newsboat_sees_two_changes_within_one_second(shared, tmp_path):
    shared.add_unit("FAST")
    made = shared.submit("FAST", headline="Lần một")
    until(lambda: made["id"] in shared.feed_ids("units/FAST"))
    boat = Newsboat(tmp_path, f"{shared.url('syndicate')}/feeds/units/FAST.rss")

    def shows(headline: str) -> bool:
        return shared.feed("units/FAST")[0]["title"] == headline

    def titles() -> set[str]:
        boat.reload()
        return {title for title, _ in boat.items().values()}

    assert titles() == {"Lần một"}
    for version, headline in ((1, "Lần hai"), (2, "Lần ba")):
        body = {"headline": headline, "body": "<p>x</p>", "correction_note": "Sửa."}
        path = f"/v1/articles/{made['id']}"
        assert shared.ask("PUT", path, body, If_Match=f'"{version}"').is_success
        until(partial(shows, headline))
        assert titles() == {headline}


def test_a_reader_that_has_the_feed_is_told_so_in_304(shared, unit):
    first = shared.get("syndicate", f"/feeds/{unit}.rss")

    again = shared.get(
        "syndicate", f"/feeds/{unit}.rss", **{"If-None-Match": first.headers["etag"]}
    )

    assert (again.status_code, again.content) == (304, b"")
