"""Whoever has the same articles has the same feeds, pages and ETags, byte for byte."""

from collections.abc import Mapping
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from random import Random

from schemas.article import Article, PubStatus
from services.syndicate.change import Change, Tombstone
from services.syndicate.feeds.site import Site
from tests.factories import NOON, article, erasure, event, retraction
from tests.syndicate.history.conftest import Paper, opened
from tests.syndicate.history.walking import EXTENSIONS, walk
from tests.syndicate.test_store import named

MINUTE = timedelta(minutes=1)
RENAMED = [named("A", "Hải quan A"), named("B", "Hải quan B"), named("A", "Hải quan khu vực A")]


def events() -> list[Change]:
    """Make a paper's past, with everything that can become of an article."""
    at = [NOON + MINUTE * n for n in (*range(12), 500, 501, 90_000)] + [NOON] * 6
    first = [
        article(unit="AB"[n % 2], column="kt" if n % 3 else "pl", published=t, updated=t)
        for n, t in enumerate(at)
    ]
    later = NOON + timedelta(days=100)

    def corrected(of: Article, **changes: object) -> Article:
        return of.model_copy(update={"version": 2, "updated": later, **changes})

    def gone(of: Article) -> Article:
        return retraction(of.id, unit=of.unit, published=of.published, updated=later)

    versions = [
        *first,
        *(corrected(each, correction_note="Số đúng là 102.") for each in first[::7]),
        corrected(first[1], column="pl", language="en"),
        corrected(first[2], pub_status=PubStatus.WITHHELD),
        gone(first[3]),
        gone(first[12]),
        erasure(first[4].id),
        article(audience="partner:x", unit="C"),
    ]
    return [*map(event, versions), Tombstone(first[4].id, 1)]


async def everything(paper: Paper) -> Mapping[str, tuple[str, bytes]]:
    """Give every list, every feed, and every page that the walk from it leads to, with ETags."""
    await paper.press.open()
    answers = [await paper.get(path) for path in paper.shelf.answers]
    for path in paper.shelf.answers:
        if path.startswith("/feeds/"):
            answers += [page async for page in walk(paper.client, path)]
    return {str(each.url): (each.headers["etag"], each.content) for each in answers}


async def test_in_any_order_in_any_batches_and_however_often_they_come(
    tmp_path: Path, site: Site
) -> None:
    past = events()
    async with opened(tmp_path / "once", site) as paper:
        for change in past:
            await paper.apply([change])
        await paper.rename(RENAMED)
        once = await everything(paper)
    pages = [url for url in once if "/history/" in url]
    assert len(pages) > 20 * len(EXTENSIONS)

    for seed in (1, 2):
        random = Random(seed)
        again = [*past, *random.choices(past, k=len(past) // 2)]
        random.shuffle(again)
        cuts = sorted(random.sample(range(1, len(again)), 5))
        async with opened(tmp_path / str(seed), site) as paper:
            for number, (start, end) in enumerate(pairwise([0, *cuts, len(again)])):
                await paper.apply(again[start:end])
                if number < len(RENAMED):
                    await paper.rename([RENAMED[number]])
                if number == 3:
                    await everything(paper)  # what was made in between leaves no trace
            assert await everything(paper) == once
