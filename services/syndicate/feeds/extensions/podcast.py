"""What podcast programs look for: the tags of iTunes and of the podcast namespace."""

from uuid import UUID, uuid5

from lxml.etree import _Element

from schemas.article import Genre
from services.syndicate.feeds.attachments import first_of
from services.syndicate.feeds.entry import Entry
from services.syndicate.feeds.extensions.elements import ITUNES, PODCAST, add
from services.syndicate.feeds.format import Head

_FEED = f"genres/{Genre.PODCAST}"
_GUIDS = UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")


def add_to_channel(channel: _Element, head: Head, address: str) -> None:
    """Say that the feed of podcasts is one. `address` is its own."""
    if head.name != _FEED:
        return
    add(channel, f"{{{ITUNES}}}type", "episodic")
    add(channel, f"{{{ITUNES}}}explicit", "false")
    add(channel, f"{{{ITUNES}}}category").set("text", "News")
    add(channel, f"{{{PODCAST}}}medium", "podcast")
    add(channel, f"{{{PODCAST}}}guid", feed_guid(address))


def feed_guid(address: str) -> str:
    """Name a feed as https://podcasting2.org/docs/podcast-namespace/tags/guid wants it."""
    return str(uuid5(_GUIDS, address.partition("://")[2].rstrip("/")))


def add_to_item(item: _Element, entry: Entry) -> None:
    """Make an episode of an article that is a podcast and has its sound.

    Neither `itunes:author` nor `itunes:summary`: news readers show a second author for the one,
    and take the other for the text.
    """
    sound = first_of("audio", entry.attachments)
    if entry.genre != Genre.PODCAST or sound is None:
        return
    add(item, f"{{{ITUNES}}}title", entry.title)
    add(item, f"{{{ITUNES}}}episodeType", "full")
    add(item, f"{{{ITUNES}}}explicit", "false")
    if sound.duration:
        add(item, f"{{{ITUNES}}}duration", str(round(sound.duration)))
    if cover := first_of("image", entry.attachments):
        add(item, f"{{{ITUNES}}}image", href=cover.url)
    for author in entry.authors:
        if author != entry.unit.label:
            add(item, f"{{{PODCAST}}}person", author, role="reporter", group="cast")
    for guest in entry.contributors:
        add(item, f"{{{PODCAST}}}person", guest, role="guest", group="cast")
