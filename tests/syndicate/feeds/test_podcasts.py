from uuid import UUID

import feedparser

from services.syndicate.feeds.extensions.podcast import feed_guid
from tests.factories import article
from tests.syndicate.reading import attributes, bodies, found, rss, texts
from tests.syndicate.samples import SAMPLES

PODCAST = SAMPLES["podcast"]
FEED = "genres/podcast"
SOUND = {"href": "https://cdn.example/a.mp3"}


def test_the_feed_of_podcasts_says_that_it_is_one() -> None:
    channel = rss(PODCAST, name=FEED)
    assert texts(channel, "itunes:explicit") == ["false"]
    assert attributes(channel, "itunes:category") == [{"text": "News"}]
    assert texts(channel, "podcast:medium") == ["podcast"]
    [guid] = texts(channel, "podcast:guid")
    assert UUID(guid).version == 5
    other = rss(PODCAST, name="latest")
    assert found(other, "itunes:category") == found(other, "podcast:guid") == []


def test_the_guid_of_a_feed_is_made_as_the_namespace_says() -> None:
    # The example in its specification: podnews.net/rss gives 9b024349-ccf0-5f69-a609-6b82873eab3c.
    assert feed_guid("https://podnews.net/rss") == "9b024349-ccf0-5f69-a609-6b82873eab3c"


def test_an_episode_has_its_sound_first_its_length_in_seconds_and_a_cover() -> None:
    [item] = found(rss(PODCAST, name=FEED), "item")
    first = attributes(item, "enclosure")[0]
    assert (first["type"], first["length"]) == ("audio/mpeg", "29353984")
    assert texts(item, "itunes:duration") == ["1835"]
    assert texts(item, "itunes:title") == [PODCAST.headline]
    assert attributes(item, "itunes:image") == [{"href": PODCAST.media[0].href}]
    people = [(each.get("role"), each.text) for each in found(item, "podcast:person")]
    assert people == [("reporter", "Thu Hà"), ("guest", "Ông Lê Văn C")]


def test_an_episode_reads_the_same_in_every_feed_it_is_in() -> None:
    [one], [other] = (found(rss(PODCAST, name=name), "item") for name in (FEED, "latest"))
    assert [each.tag for each in one] == [each.tag for each in other]
    assert [each.text for each in one] == [each.text for each in other]


def test_news_readers_find_each_author_of_an_episode_once() -> None:
    [entry] = feedparser.parse(bodies(PODCAST)["rss"]).entries
    assert [author.name for author in entry.authors] == ["Thu Hà"]


def test_without_sound_or_another_genre_there_is_no_episode() -> None:
    silent = article(genre="podcast", media=[{"href": "https://cdn.example/a.jpg"}])
    for each in (silent, article(media=[SOUND])):
        assert found(rss(each), "item/itunes:episodeType") == []


def test_a_unit_is_no_person() -> None:
    [item] = found(rss(article(genre="podcast", media=[SOUND])), "item")
    assert found(item, "podcast:person") == []
