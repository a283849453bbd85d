"""What becomes of a correction and a retraction in readers, and in what they keep."""

import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from schemas.article import Article
from services.common.ids import new_id
from tests.factories import NOON, article, retraction
from tests.readers.every import Reads
from tests.readers.paper import Paper
from tests.readers.parsed import Feedparser
from tests.readers.programs import SFEED_MERGE, Newsboat, Rss2email, Sfeed
from tests.readers.shown import Item
from tests.stack.processes import until

pytestmark = pytest.mark.xdist_group("readers")

OLD, NEW, NOTICE = "Bản đầu", "Bản đúng", "Bài viết đã được thu hồi"
ATTEMPTS = 20


def _versions() -> tuple[Article, Article, Article]:
    """Give an article as it is published, corrected and retracted."""
    first = article(id=new_id(), headline=OLD, lead=f"Sapo: {OLD}", body=f"<p>{OLD}.</p>")
    corrected = article(
        id=first.id,
        version=2,
        headline=NEW,
        body=f"<p>{NEW}.</p>",
        correction_note="Đã sửa số liệu.",
        updated=NOON + timedelta(hours=1),
    )
    return first, corrected, retraction(first.id, version=3, updated=NOON + timedelta(hours=2))


def _texts(items: Sequence[Item]) -> list[str]:
    return [f"{item.title} {item.summary} {item.content}" for item in items]


@pytest.mark.parametrize("form", ["rss", "atom"])
@pytest.mark.parametrize("make", [Feedparser, Newsboat, Rss2email])
def test_a_correction_then_a_retraction_take_the_place_of_the_text(
    paper: Paper, make: Callable[[Path], Reads], form: str, tmp_path: Path
):
    reads = make(tmp_path)
    for version, shows, hides in zip(
        _versions(), (OLD, "Đã sửa số liệu.", NOTICE), (NEW, OLD, NEW), strict=True
    ):
        paper.publish(version)

        [text] = _texts(reads.read(paper.url(form)))

        assert shows in text
        assert hides not in text


def test_rss2email_does_not_mail_a_change_unless_it_is_told_to(paper: Paper, tmp_path: Path):
    first, *changes = _versions()
    reads = Rss2email(tmp_path, changes=False)
    paper.publish(first)
    assert len(reads.read(paper.url("rss"))) == 1

    for change in changes:
        paper.publish(change)
        assert reads.read(paper.url("rss")) == []


def test_sfeed_keeps_the_old_text_unless_it_merges_by_id_alone(paper: Paper, tmp_path: Path):
    by_default, by_id = Sfeed(tmp_path / "default"), Sfeed(tmp_path / "id", SFEED_MERGE)
    for version in _versions():
        paper.publish(version)
        kept, shown = (_texts(reads.read(paper.url("rss"))) for reads in (by_default, by_id))

    assert len(kept) == 3
    assert OLD in " ".join(kept)
    assert len(shown) == 1
    assert NOTICE in shown[0]


def test_rsstail_prints_the_changes_of_atom_only(paper: Paper):
    first, corrected, retracted = _versions()
    at = retracted.updated + timedelta(hours=1)
    paper.publish(first)

    with _tail(paper.url("rss")) as rss, _tail(paper.url("atom")) as atom:
        assert (next(rss), next(atom)) == (OLD, OLD)
        paper.publish(corrected)
        assert next(atom) == NEW
        paper.publish(retracted, article(headline="Tin sau", published=at, updated=at))
        assert next(rss) == "Tin sau"
        assert {next(atom), next(atom)} == {"Tin sau", "Tin đã được rút"}


@contextmanager
def _tail(url: str) -> Iterator[Iterator[str]]:
    """Give the titles that rsstail prints, which looks every second."""
    command = ["stdbuf", "-oL", "rsstail", "-i", "1", "-u", url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as rsstail:
        assert rsstail.stdout
        lines = (line.strip() for line in rsstail.stdout)
        try:
            yield (line.removeprefix("Title: ") for line in lines if line)
        finally:
            rsstail.kill()


@pytest.mark.parametrize("make", [Newsboat, Rss2email])
def test_two_changes_within_one_second_are_both_seen(
    paper: Paper, make: Callable[[Path], Reads], tmp_path: Path
):
    one = article(headline="Lần 0")
    paper.publish(one)
    reads = make(tmp_path)

    def change(number: int) -> tuple[str, int]:
        """Publish a version; give its headline, and the second in which that was."""
        headline = f"Lần {number}"
        new = {"version": number + 1, "headline": headline, "correction_note": headline}
        paper.publish(one.model_copy(update=new))
        return headline, int(time.time())

    def titles() -> list[str]:
        return [item.title for item in reads.read(paper.url("rss"))]

    assert titles() == ["Lần 0"]
    with ThreadPoolExecutor(1) as thread:
        for number in range(1, ATTEMPTS, 2):
            time.sleep(1 - time.time() % 1)  # from the beginning of a second
            first, second = change(number)
            answered = paper.answered + 1
            reading = thread.submit(titles)
            until(partial(paper.has_answered, answered))
            next_one, same = change(number + 1)  # just after it was given the first
            assert reading.result() == [first]
            assert titles() == [next_one]
            if second == same:
                return
    pytest.fail("the reader was never fast enough to be changed twice within one second")
