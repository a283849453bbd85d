"""Walks back from a feed by what stands in its bytes, as a reader of each format does."""

import json
from collections.abc import AsyncIterator

import httpx2
from lxml import etree

_LINK = "{http://www.w3.org/2005/Atom}link"
EXTENSIONS = ("rss", "atom", "json")


def links(answer: httpx2.Response) -> dict[str, str]:
    """Give the addresses that a feed names, by relation."""
    if "json" in answer.headers["content-type"]:
        document = json.loads(answer.content)
        named = {
            "self": document.get("_tinbai", {}).get("archive") or document["feed_url"],
            "current": document["feed_url"],
            "prev-archive": document.get("next_url"),
        }
        return {relation: url for relation, url in named.items() if url}
    root = etree.fromstring(answer.content)
    channel = root.find("channel")
    return {
        link.get("rel", ""): link.get("href", "")
        for link in (root if channel is None else channel).iterfind(_LINK)
    }


def entries(answer: httpx2.Response) -> list[str]:
    """Give the ids of the articles in a feed, in its order."""
    if "json" in answer.headers["content-type"]:
        return [item["id"] for item in json.loads(answer.content)["items"]]
    root = etree.fromstring(answer.content)
    ids = [*root.iterfind("channel/item/guid"), *root.iterfind("{*}entry/{*}id")]
    return [each.text or "" for each in ids]


async def walk(client: httpx2.AsyncClient, url: str) -> AsyncIterator[httpx2.Response]:
    """Give a feed and every page behind it."""
    following: str | None = url
    while following:
        answer = await client.get(following)
        assert answer.status_code == 200, following
        yield answer
        following = links(answer).get("prev-archive")
