import asyncio
from collections.abc import Mapping, Sequence

import pytest
from sqlalchemy import Connection

from services.common.database import Database
from services.syndicate.feeds.binding import Document
from services.syndicate.feeds.site import Site
from services.syndicate.rendering import feed_store, saving
from services.syndicate.rendering.feed_store import Proof
from services.syndicate.rendering.saving import Saving
from services.syndicate.serving.moments import Moment
from services.syndicate.serving.shelf import Shelf


def proof(feed: str, revision: int) -> Proof:
    document = Document(f"/feeds/{feed}.rss", "text/plain", f'"{revision}"', b"text")
    return Proof(feed, revision, [document])


async def kept(database: Database) -> dict[str, int]:
    return {each.feed: each.revision for each in await database.read(feed_store.proofs)}


async def test_what_is_rendered_again_while_it_is_saved_is_saved_too(
    database: Database, site: Site
) -> None:
    slowly = Saving(database, Shelf(site))
    slowly.add(proof("latest", 1))
    task = asyncio.create_task(slowly.save())
    await asyncio.sleep(0)  # it has begun
    slowly.add(proof("latest", 2))
    await task
    assert await kept(database) == {"latest": 1}
    await slowly.save()
    assert await kept(database) == {"latest": 2}


async def test_a_feed_that_cannot_be_saved_holds_up_no_other(
    database: Database, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saving, "_EVERY", 0)
    attempts: list[str] = []
    real = feed_store.save_proofs

    def fragile(
        connection: Connection, made: Sequence[Proof], went_live: Mapping[str, Moment]
    ) -> None:
        attempts.extend(each.feed for each in made)
        if attempts == ["bad"]:
            raise ValueError("cannot be kept")
        real(connection, made, went_live)

    monkeypatch.setattr(feed_store, "save_proofs", fragile)
    slowly = Saving(database, Shelf(site))
    for feed in ("bad", "one", "two"):
        slowly.add(proof(feed, 1))
    task = asyncio.create_task(slowly.run())
    async with asyncio.timeout(10):
        while len(await kept(database)) < 3:
            await asyncio.sleep(0.005)
    assert attempts == ["bad", "one", "two", "bad"]
    task.cancel()
    await asyncio.wait([task])
