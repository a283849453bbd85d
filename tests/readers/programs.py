"""Feed readers as people run them, each with a folder of its own for what it keeps."""

import html
import mailbox
import os
import re
import sqlite3
import subprocess
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parseaddr, parsedate_to_datetime
from pathlib import Path

from tests.readers.shown import Item

TIMEOUT = 60  # seconds, for one run
_SEEN_AT_ONCE = 50  # rsstail's own limit


def run(*command: str | Path, **environment: str) -> str:
    """Run a program to its end, without the user's own settings; give what it prints."""
    settings = {"PATH": os.environ["PATH"], **environment}
    done = subprocess.run(command, capture_output=True, timeout=TIMEOUT, env=settings)
    assert done.returncode == 0, (command, done.stderr.decode())
    return done.stdout.decode()


_ENCLOSURE = re.compile(r'Enclosure: <a href="([^"]*)"')  # in rss2email's mails


class Newsboat:
    """newsboat, with its cache."""

    def __init__(self, folder: Path) -> None:
        self._urls = folder / "urls"
        self._config = folder / "config"
        self._cache = folder / "cache.db"
        self._config.write_text("")

    def read(self, url: str) -> list[Item]:
        """Reload, and give what its list of articles is made from, in its default order."""
        self._urls.write_text(f"{url}\n")
        files = ("-u", self._urls, "-C", self._config, "-c", self._cache)
        run("newsboat", *files, "-x", "reload", HOME=str(self._cache.parent))
        with sqlite3.connect(self._cache) as database:
            rows = database.execute(
                "SELECT guid, title, url, content, pubDate, author, enclosure_url FROM rss_item"
                " WHERE deleted = 0 ORDER BY pubDate DESC, id DESC"
            ).fetchall()
        return [
            Item(
                id=guid,
                title=title,
                link=link,
                content=content,
                published=datetime.fromtimestamp(at, UTC),
                authors=_listed(author),
                enclosures=_listed(enclosure),
            )
            for guid, title, link, content, at, author, enclosure in rows
        ]


SFEED_MERGE = """merge() { sort -t '\t' -u -s -k6,6 "$3" "$2"; }
"""
"""For sfeedrc: of items with one id the newest stays; by default each headline is an item."""


class Sfeed:
    """sfeed, by sfeed_update, with its file of items (sfeed(5))."""

    def __init__(self, folder: Path, rules: str = "") -> None:
        self._folder = folder
        self._rules = rules

    def read(self, url: str) -> list[Item]:
        """Update, and give every item that it keeps."""
        self._folder.mkdir(exist_ok=True)
        config = self._folder / "sfeedrc"
        feeds = f"feeds() {{ feed paper '{url}'; }}\n"
        config.write_text(f"sfeedpath='{self._folder}/feeds'\n{self._rules}{feeds}")
        run("sfeed_update", config)
        lines = (self._folder / "feeds" / "paper").read_text().splitlines()
        return [self._item(*line.split("\t")) for line in lines]

    @staticmethod
    def _item(
        at: str, title: str, link: str, content: str, _kind: str, of: str, author: str,
        enclosure: str, category: str,
    ) -> Item:  # fmt: skip
        return Item(
            id=of,
            title=title,
            link=link,
            content=content.replace("\\n", "\n").replace("\\t", "\t").replace("\\\\", "\\"),
            published=datetime.fromtimestamp(int(at), UTC),
            authors=_listed(author),
            enclosures=_listed(enclosure),
            categories=tuple(filter(None, category.split("|"))),
        )


class Rsstail:
    """rsstail, which prints and keeps nothing."""

    _HEADINGS = re.compile(r"^(Title|Link|Description|Pub\.date|Author): ", re.MULTILINE)

    def __init__(self, folder: Path) -> None:
        pass

    def read(self, url: str) -> list[Item]:
        """Give what it prints of each item."""
        printed = run("rsstail", "-1", "-l", "-d", "-p", "-a", "-n", str(_SEEN_AT_ONCE), "-u", url)
        return [self._item(f"Title: {part}") for part in printed.split("\nTitle: ")[1:]]

    def _item(self, printed: str) -> Item:
        _, *parts = self._HEADINGS.split(printed)
        said = {name: text.strip() for name, text in zip(parts[::2], parts[1::2], strict=True)}
        return Item(
            title=said["Title"],
            link=said.get("Link", ""),
            content=said.get("Description", ""),
            published=_mail_time(said.get("Pub.date")),
            authors=_listed(said.get("Author")),
        )


class Rss2email:
    """rss2email, which delivers into a maildir; `changes` are mailed if the user asks for that."""

    def __init__(self, folder: Path, changes: bool = True) -> None:
        self._folder = folder
        self._changes = changes

    def read(self, url: str) -> list[Item]:
        """Run, and give the mails that came, newest first."""
        config, data = self._folder / "rss2email.cfg", self._folder / "rss2email.json"
        config.write_text(
            "[DEFAULT]\n"
            "to = reader@example.org\n"
            "email-protocol = maildir\n"
            f"maildir-path = {self._folder}\n"
            "html-mail = True\n"
            "date-header = True\n"
            f"reply-changes = {self._changes}\n"
            f"[feed.paper]\nurl = {url}\n"
        )
        inbox = self._folder / "INBOX"
        before = set(mailbox.Maildir(inbox).keys())
        run("r2e", "-c", config, "-d", data, "run", HOME=str(self._folder))
        mails = mailbox.Maildir(inbox)
        new = sorted(set(mails.keys()) - before, key=_number, reverse=True)
        return [self._item(mails[key]) for key in new]

    @staticmethod
    def _item(mail: Message) -> Item:
        body = mail.get_payload(decode=True)
        assert isinstance(body, bytes)
        text = body.decode(mail.get_content_charset() or "ascii")
        sender, _ = parseaddr(mail["From"])
        return Item(
            id=_decoded(mail["X-RSS-ID"]),
            title=_decoded(mail["Subject"]),
            link=_decoded(mail["X-RSS-URL"]),
            content=text,
            published=_mail_time(mail["Date"]),
            authors=_listed(_decoded(sender).rpartition(": ")[2]),
            categories=tuple(filter(None, _decoded(mail["X-RSS-TAGS"]).split(","))),
            enclosures=tuple(map(html.unescape, _ENCLOSURE.findall(text))),
        )


def _number(key: str) -> int:
    """How many a process had delivered before: Python puts it into the name of a mail's file."""
    return int(re.findall(r"Q(\d+)\.", key)[0])


def _decoded(header: str | None) -> str:
    return str(make_header(decode_header(header))) if header else ""


def _mail_time(date: str | None) -> datetime | None:
    return parsedate_to_datetime(date).astimezone(UTC) if date else None


def _listed(text: str | None) -> tuple[str, ...]:
    return (text,) if text else ()
