"""Mails handed in, to a real server on loopback."""

import asyncio
import ssl

import pytest
import trustme

from services.common.instants import now
from services.syndicate.ways.mail.message import trial
from services.syndicate.ways.mail.sender import Mailing, Post
from services.syndicate.ways.mail.server import MailServer
from services.syndicate.ways.sending import NotTaken
from tests.factories import article, retraction
from tests.syndicate.partners_at_work import SITE
from tests.syndicate.ways.mail_room import MailRoom, mail_room
from tests.syndicate.ways.parcels import released, way

FROM = "Báo Hải quan <tin@haiquan.example>"
TO = "toasoan@vtv.example"
AUTHORITY = trustme.CA()


def server_tls() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    AUTHORITY.issue_cert("localhost").configure_cert(context)
    return context


def client_tls() -> ssl.SSLContext:
    context = ssl.create_default_context()
    AUTHORITY.configure_trust(context)
    return context


def post(room: MailRoom, url: str = "smtp://localhost:{}?tls=no") -> Post:
    return Post(MailServer.read(url.format(room.port), FROM), client_tls())


def trial_by(at: Post) -> bytes:
    return trial("vtv", way("email", TO).id, TO, at.server.sender, now()).as_bytes()


async def hand_in(room: MailRoom, url: str = "smtp://localhost:{}?tls=no") -> None:
    at = post(room, url)
    await at.hand_in(trial_by(at), TO)


async def test_a_mail_is_handed_in_with_its_envelope():
    async with mail_room() as room:
        await hand_in(room)

    [mail] = room.mails
    assert (mail.sender, mail.to) == ("tin@haiquan.example", [TO])
    assert mail.message["To"] == TO
    assert not room.logins


@pytest.mark.parametrize(("scheme", "from_start"), [("smtps", True), ("smtp", False)])
async def test_a_password_is_said_within_tls_only(scheme, from_start):
    async with mail_room(server_tls(), from_start=from_start) as room:
        await hand_in(room, f"{scheme}://tinbai:m%E1%BA%ADt@localhost:{{}}")

    assert room.logins == ["\0tinbai\0mật"]
    assert len(room.mails) == 1


async def test_a_server_that_offers_no_tls_gets_neither_password_nor_mail():
    async with mail_room() as room:
        with pytest.raises(NotTaken):
            await hand_in(room, "smtp://tinbai:secret@localhost:{}")

    assert not room.logins
    assert not room.mails


async def test_a_certificate_that_nobody_vouches_for_is_not_good_enough():
    async with mail_room(server_tls()) as room:
        at = Post(MailServer.read(f"smtp://u:p@localhost:{room.port}", FROM))
        with pytest.raises(NotTaken, match="mail_server"):
            await at.hand_in(trial_by(at), TO)

    assert not room.logins


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ({"RCPT": "550 5.1.1 no such user"}, "recipient_refused_550"),
        ({"RCPT": "450 4.2.0 greylisted"}, "recipient_refused_450"),
        ({"MAIL": "451 later"}, "mail_server_451"),
        ({".": "554 looks like tin of yours"}, "mail_server_554"),
        ({".": "452 full"}, "mail_server_452"),
        ({"EHLO": "421 away", "HELO": "421 away"}, "mail_server"),
    ],
)
async def test_a_refusal_is_told_by_its_number(answers, reason):
    async with mail_room() as room:
        room.answers = answers
        with pytest.raises(NotTaken, match=reason) as failure:
            await hand_in(room)

    assert not room.mails
    assert " " not in failure.value.reason
    assert bool(failure.value.retry_after) == (reason == "recipient_refused_550")


async def test_a_server_that_is_away_or_not_set_is_said():
    async with mail_room() as room:
        pass
    with pytest.raises(NotTaken, match="mail_server_away"):
        await hand_in(room)
    with pytest.raises(NotTaken, match="no_mail_server"):
        _ = Post(None).server


async def test_a_wrong_password_is_no_fault_of_the_partners():
    async with mail_room(server_tls(), AUTH="535 no") as room:
        with pytest.raises(NotTaken, match="mail_server_login"):
            await hand_in(room, "smtp://tinbai:wrong@localhost:{}")


@pytest.mark.parametrize(
    "url",
    [
        "http://mail.example",
        "smtp://",
        "smtp://mail.example/path",
        "smtp://mail.example?tls=maybe",
        "smtps://mail.example?tls=no",
        "smtp://user:password@mail.example?tls=no",
    ],
)
def test_a_server_that_cant_be_meant_is_refused_without_repeating_it(url):
    with pytest.raises(ValueError, match=r"must|may") as error:
        MailServer.read(url, FROM)

    assert "password@" not in str(error.value)


@pytest.mark.parametrize("sender", ["", "tin", "a@b\r\nBcc: c@d", "a@b.example, c@d.example"])
def test_a_sender_is_one_address(sender):
    with pytest.raises(ValueError, match="address"):
        MailServer.read("smtp://mail.example", sender)


async def test_an_article_and_its_end_make_a_thread(database):
    to = way("email", TO)
    first = article()
    async with mail_room() as room:
        mailing = Mailing(database, SITE, post(room))
        for parcel in await released(database, to, first, retraction(first.id)):
            await mailing.send(parcel)

    told, taken_back = (mail.message for mail in room.mails)
    assert told["Subject"] == first.headline
    assert str(taken_back["Subject"]).startswith("RÚT TIN: ")
    assert taken_back["In-Reply-To"] == told["Message-ID"]
    plain = taken_back.get_body(("plain",))
    assert plain
    assert "số liệu sai" in plain.get_content()


async def test_only_so_many_talk_to_the_server_at_once():
    most = now_talking = 0
    busy = asyncio.Event()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal most, now_talking
        now_talking += 1
        most = max(most, now_talking)
        if now_talking == 8:
            busy.set()
        await busy.wait()
        writer.write(b"421 too many\r\n")
        now_talking -= 1
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    async with server:
        room = MailRoom(server.sockets[0].getsockname()[1])
        at = post(room)
        tries = [at.hand_in(trial_by(at), TO) for _ in range(20)]
        results = await asyncio.gather(*tries, return_exceptions=True)

    assert all(isinstance(each, NotTaken) for each in results)
    assert most == 8
