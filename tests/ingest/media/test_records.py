"""What is known of uploads, and whose they are, on both kinds of database."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, select

from services.common.database import Database
from services.common.instants import now
from services.common.problems import Problem
from services.ingest.media import records
from services.ingest.media.found import Found, Rendition
from services.ingest.submission import GivenMedia
from services.ingest.tables import media, media_owners, tables

FILM = Found("video/mp4", 3_000_000_000, 1920, 1080, 61.25)
PICTURE = Found("image/jpeg", 4000, 700, 500, None, (Rendition(320, 229, 900),))


@pytest.fixture
async def database(database_url):
    opened = Database(database_url, tables.create_all, "ingest")
    yield opened
    await opened.close()


async def add(database: Database, found: Found, unit: str | None) -> UUID:
    media_id = uuid4()
    await database.write(lambda conn: records.add(conn, media_id, found, unit, now()))
    return media_id


@pytest.mark.parametrize("found", [FILM, PICTURE])
async def test_an_upload_is_known_again_as_it_was(database, found):
    media_id = await add(database, found, "HQKV3")

    assert await database.read(lambda conn: records.find(conn, media_id)) == found


async def test_a_unit_knows_its_own_and_the_newsroom_all(database):
    media_id = await add(database, FILM, "HQKV3")

    async def knows(unit: str | None) -> bool:
        return await database.read(lambda conn: records.find_own(conn, media_id, unit)) is not None

    assert [await knows(unit) for unit in ("HQKV3", "HQKV2", None)] == [True, False, True]

    await database.write(lambda conn: records.add(conn, media_id, FILM, "HQKV2", now()))
    assert await knows("HQKV2")


async def test_a_unit_claims_its_own_only_and_gets_what_the_newsroom_gives(database):
    media_id = await add(database, FILM, None)
    given = [GivenMedia(id=media_id)]

    with pytest.raises(Problem):
        await database.write(lambda conn: records.claim(conn, given, "HQKV3", "HQKV3", now()))

    await database.write(lambda conn: records.claim(conn, given, None, "HQKV3", now()))
    await database.write(lambda conn: records.claim(conn, given, "HQKV3", "HQKV3", now()))


async def test_an_upload_that_is_forgotten_has_no_owner_left(database):
    media_id = await add(database, FILM, "HQKV3")

    await database.write(lambda conn: conn.execute(delete(media)))

    left = select(media_owners).where(media_owners.c.media_id == str(media_id))
    assert await database.read(lambda conn: conn.execute(left).all()) == []
