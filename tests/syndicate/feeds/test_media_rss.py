from typing import Any

import pytest

from services.syndicate.feeds.attachments import attachments_of
from tests.factories import article
from tests.syndicate.reading import atom, attributes, found, items, rss, texts
from tests.syndicate.samples import SAMPLES

URL = "https://cdn.example/"


def kinds(genre: str, *names: str, **roles: str) -> list[str]:
    media = [{"href": URL + name, "role": roles.get(name[0], "body")} for name in names]
    found = attachments_of(article(genre=genre, media=media))
    return [each.url.removeprefix(URL) for each in found]


def test_what_an_article_is_about_comes_first() -> None:
    files = "a.jpg", "b.mp3", "c.mp4"
    assert kinds("podcast", *files) == ["b.mp3", "a.jpg", "c.mp4"]
    assert kinds("video", *files) == ["c.mp4", "a.jpg", "b.mp3"]
    assert kinds("news", *files) == ["a.jpg", "b.mp3", "c.mp4"]
    assert kinds("news", *files, a="thumbnail", c="main") == ["c.mp4", "b.mp3", "a.jpg"]
    assert kinds("podcast", *files, a="main") == ["b.mp3", "a.jpg", "c.mp4"]


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("a.jpg?x=.mp3", "image/jpeg"),
        ("a.webp", "image/webp"),
        ("a.m4a", "audio/mp4"),
        ("a.opus", "audio/opus"),
        ("a.webm", "video/webm"),
        ("phat?id=1", "application/octet-stream"),
    ],
)
def test_the_name_of_a_file_tells_what_it_is_where_nobody_else_does(
    name: str, content_type: str
) -> None:
    [attachment] = attachments_of(article(media=[{"href": URL + name}]))
    assert attachment.content_type == content_type


def entries(name: str) -> list[Any]:
    return [*found(rss(SAMPLES[name]), "item"), *found(atom(SAMPLES[name]), "a:entry")]


@pytest.mark.parametrize("entry", entries("full"))
def test_the_sizes_of_one_picture_are_one_group(entry: Any) -> None:
    [group] = found(entry, "media:group")
    whole, *smaller = attributes(group, "media:content")
    assert whole == {
        "url": SAMPLES["full"].media[0].href,
        "type": "image/jpeg",
        "medium": "image",
        "fileSize": "1021",
        "width": "1600",
        "height": "1200",
        "isDefault": "true",
    }
    assert [(each["width"], each["type"]) for each in smaller] == [
        ("320", "image/webp"),
        ("640", "image/webp"),
        ("1280", "image/webp"),
    ]
    assert texts(group, "media:title") == texts(group, "media:description") == ["Vải & nhãn"]
    assert texts(group, "media:credit") == ["Ảnh: An"]


@pytest.mark.parametrize("entry", entries("video"))
def test_a_film_has_its_length_and_the_picture_that_is_meant_to_stand_for_it(entry: Any) -> None:
    [film] = attributes(entry, "media:content")
    assert (film["medium"], film["duration"], film["fileSize"]) == ("video", "61", "9000000")
    [thumbnail] = attributes(entry, "media:thumbnail")
    assert (thumbnail["url"], thumbnail["width"]) == (
        f"{SAMPLES['video'].media[0].href}?w=320",
        "320",
    )


def test_every_picture_of_a_gallery_is_an_enclosure_with_its_own_caption() -> None:
    gallery = SAMPLES["gallery"]
    hrefs = [media.href for media in gallery.media]
    assert [e["url"] for e in attributes(rss(gallery), "item/enclosure")] == hrefs
    links = attributes(atom(gallery), "a:entry/a:link[@rel='enclosure']")
    assert [(link["href"], link["title"]) for link in links] == [
        (media.href, media.caption) for media in gallery.media
    ]
    for entry in entries("gallery"):
        captions = texts(entry, "media:group/media:description")
        assert captions == [media.caption for media in gallery.media]


def test_json_feed_tells_sizes_credits_and_renditions_too() -> None:
    [item] = items(SAMPLES["full"])
    picture = item["attachments"][0]
    assert (picture["title"], picture["size_in_bytes"]) == ("Vải & nhãn", 1021)
    told = picture["_tinbai"]
    assert (told["credit"], told["width"], told["height"]) == ("Ảnh: An", 1600, 1200)
    assert [each["width"] for each in told["renditions"]] == [320, 640, 1280]


def test_a_picture_in_the_text_is_no_banner_above_it() -> None:
    body = f'<p>Chữ</p><img src="{URL}a.jpg">'
    media = [{"href": f"{URL}a.jpg", "role": "main"}]
    [shown, alone] = items(article(body=body, media=media), article(media=media))
    assert shown["image"] == alone["image"] == alone["banner_image"] == f"{URL}a.jpg"
    assert "banner_image" not in shown
