"""Ways of every kind side by side, pushed to by the engine."""

from collections.abc import AsyncIterator
from functools import partial
from ipaddress import ip_network
from pathlib import Path

import pytest

from schemas.partner import Format
from services.common.instants import now
from services.common.outgoing import Outgoing
from services.syndicate.ways import store as ways
from services.syndicate.ways.mail.server import MailServer
from services.syndicate.ways.other_ways import KINDS, Allowed, OtherWays
from services.syndicate.ways.store import NewWay
from tests.factories import article, erasure, retraction
from tests.syndicate.deliveries.conftest import Desk
from tests.syndicate.partners_at_work import SITE
from tests.syndicate.ways.mail_room import MailRoom, mail_room

NETWORKS = [ip_network("127.0.0.0/8")]
MAILBOX = "toasoan@vtv.example"


@pytest.fixture
async def room() -> AsyncIterator[MailRoom]:
    async with mail_room() as room:
        yield room


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "partners" / "vtv").mkdir(parents=True)
    return tmp_path / "partners" / "vtv"


@pytest.fixture
def others(desk: Desk, folder: Path, room: MailRoom) -> OtherWays:
    server = MailServer.read(f"smtp://127.0.0.1:{room.port}?tls=no", "tin@haiquan.example")
    return OtherWays(desk.database, SITE, Allowed([folder.parent], NETWORKS, server))


async def pushed_to(desk: Desk, kind: str, target: str, format_: Format = Format.JSON) -> None:
    """Have a way of the partner, which there is by then."""
    new = NewWay("vtv", kind, format_, target, host=target)
    await desk.database.write(partial(ways.add, new=new, at=now()))


def names(folder: Path) -> list[str]:
    return [each.name for each in sorted(folder.iterdir())]


async def test_there_is_a_sender_for_every_kind(others):
    async with Outgoing() as outgoing:
        assert set(others.senders(outgoing)) == set(KINDS)


async def test_one_way_that_fails_touches_no_other(desk, others, folder, room):
    room.answers["RCPT"] = "550 no such user"
    await desk.partner("vtv")
    await pushed_to(desk, "folder", str(folder), Format.NEWSML)
    await pushed_to(desk, "folder", str(folder / "none"))
    await pushed_to(desk, "email", MAILBOX)
    first = article()
    async with desk.pushing(others.senders):
        await desk.release(first)
        rows = await desk.until(lambda rows: all(row.attempts for row in rows))

    assert [row.state for row in rows] == ["delivered", "waiting", "waiting"]
    assert [row.error for row in rows] == [None, "no_such_folder", "recipient_refused_550"]
    assert names(folder) == [f"000000000001-published-{first.id}-v1.xml"]


async def test_a_retraction_reaches_folder_and_mailbox(desk, others, folder, room):
    await desk.partner("vtv")
    await pushed_to(desk, "folder", str(folder), Format.NINJS)
    await pushed_to(desk, "email", MAILBOX, Format.NEWSML)
    first = article()
    async with desk.pushing(others.senders):
        await desk.release(first)
        await desk.until_ended()
        await desk.release(retraction(first.id))
        await desk.until_ended()

    assert names(folder) == [f"000000000002-retracted-{first.id}-v2.json"]
    assert '"canceled"' in (folder / names(folder)[0]).read_text()
    told, taken_back = (mail.message for mail in room.mails)
    assert taken_back["In-Reply-To"] == told["Message-ID"]
    assert [part.get_filename() for part in taken_back.iter_attachments()] == [
        f"000000000002-retracted-{first.id}-v2.xml"
    ]


async def test_what_was_retracted_before_it_went_out_is_never_sent(desk, others, folder, room):
    await desk.partner("vtv")
    await pushed_to(desk, "folder", str(folder))
    await pushed_to(desk, "email", MAILBOX)
    first = article()
    await desk.release(first)
    await desk.release(retraction(first.id))
    async with desk.pushing(others.senders):
        await desk.until_ended()

    assert names(folder) == [f"000000000002-retracted-{first.id}-v2.json"]
    assert [mail.message["X-Tinbai-Kind"] for mail in room.mails] == ["retracted"]


async def test_an_erasure_takes_the_text_out_of_the_folder(desk, others, folder, room):
    await desk.partner("vtv")
    await pushed_to(desk, "folder", str(folder), Format.NEWSML)
    first = article()
    async with desk.pushing(others.senders):
        await desk.release(first)
        await desk.until_ended()
        await desk.release(erasure(first.id))
        await desk.until_ended()

    assert first.headline not in "".join(each.read_text() for each in folder.iterdir())
    assert names(folder) == [f"000000000002-retracted-{first.id}-v2.xml"]
