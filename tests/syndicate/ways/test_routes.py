"""What the newsroom sets of ways beside webhooks, over HTTP."""

import logging
from collections.abc import AsyncIterator, Mapping
from functools import partial
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import asyncssh
import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import select, update

from schemas.partner import Product
from services.common import problems
from services.common.auth import AdminKey
from services.common.database import Database
from services.syndicate.partner_tables import PARTNER, WAY
from services.syndicate.ways import routes as way_routes
from services.syndicate.ways.mail.server import MailServer
from services.syndicate.ways.other_ways import Allowed, OtherWays
from tests.syndicate.partners_at_work import SITE, add_partner, office_of
from tests.syndicate.ways.mail_room import MailRoom, mail_room

ADMIN = {"Authorization": "Bearer admin's"}
WAYS = "/v1/admin/partners/vtv/ways"
KEY = asyncssh.generate_private_key("ssh-ed25519")
PRIVATE = KEY.export_private_key().decode()
SFTP = {
    "kind": "sftp",
    "target": "sftp://tinbai@sftp.vtv.example/in",
    "format": "newsml",
    "known_hosts": f"sftp.vtv.example {KEY.export_public_key().decode().strip()}",
}
STORE = {
    "kind": "object_store",
    "target": "s3://vtv/in",
    "format": "ninjs",
    "region": "ap-southeast-1",
    "access_key_id": "AKID",
    "secret_access_key": "THE-SECRET",
}
EMAIL = {"kind": "email", "target": "toasoan@vtv.example"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "partners" / "vtv").mkdir(parents=True)
    return tmp_path / "partners" / "vtv"


@pytest.fixture
async def room() -> AsyncIterator[MailRoom]:
    async with mail_room() as room:
        yield room


@pytest.fixture
def app(database: Database, tmp_path: Path, folder: Path, room: MailRoom) -> FastAPI:
    (tmp_path / "admin.key").write_text("admin's")
    app = FastAPI()
    problems.install(app)
    app.include_router(way_routes.router)
    app.state.office = office_of(database, AdminKey(tmp_path / "admin.key"))
    server = MailServer.read(f"smtp://127.0.0.1:{room.port}?tls=no", "tin@haiquan.example")
    networks = [ip_network("127.0.0.0/8")]
    app.state.other_ways = OtherWays(database, SITE, Allowed([folder.parent], networks, server))
    return app


@pytest.fixture
async def http(app: FastAPI, database: Database) -> AsyncIterator[httpx2.AsyncClient]:
    await database.write(partial(add_partner, code="vtv", product=Product()))
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(
        transport=transport, base_url="http://syndicate.test", headers=ADMIN
    ) as http:
        yield http


async def made(http: httpx2.AsyncClient, given: Mapping[str, Any]) -> dict[str, Any]:
    answer = await http.post(WAYS, json=given)
    assert answer.status_code == 201, answer.text
    assert answer.headers["Location"] == f"{WAYS}/{answer.json()['id']}"
    body: dict[str, Any] = answer.json()
    return body


async def test_every_kind_is_made_listed_and_told_without_its_secrets(http, folder):
    given = [
        {"kind": "folder", "target": str(folder), "format": "newsml"},
        STORE,
        SFTP | {"password": "THE-SECRET"},
        SFTP | {"target": SFTP["target"] + "/2", "private_key": PRIVATE},
        EMAIL,
    ]
    told = [await made(http, each) for each in given]
    listed = (await http.get(WAYS)).json()

    assert listed == {"items": told, "next": None}
    assert [each["kind"] for each in told] == [each["kind"] for each in given]
    assert [each["on"] for each in told] == [True] * len(given)
    assert told[1]["settings"] == {
        "endpoint": "https://s3.ap-southeast-1.amazonaws.com",
        "region": "ap-southeast-1",
        "access_key_id": "AKID",
    }
    assert (await http.get(f"{WAYS}/{told[0]['id']}")).json() == told[0]
    assert "THE-SECRET" not in str(listed)
    assert "PRIVATE KEY" not in str(listed)


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ({}, "/kind"),
        ({"kind": "webhook", "target": "https://vtv.example", "format": "json"}, "/kind"),
        ({"kind": "folder", "target": "/etc", "format": "json"}, "/target"),
        ({"kind": "folder", "target": "/etc"}, "/format"),
        ({"kind": "folder", "target": "/etc", "format": "pdf"}, "/format"),
        ({"kind": "folder", "target": "/etc", "format": "json", "password": "x"}, "/password"),
        (EMAIL | {"target": "a@b.example\r\nBcc: c@d.example"}, "/target"),
        (STORE | {"endpoint": "http://user@169.254.169.254"}, "/endpoint"),
        (SFTP, ""),
        (SFTP | {"private_key": "no key"}, "/private_key"),
    ],
)
async def test_what_cant_be_meant_is_refused_field_by_field(http, given, pointer):
    answer = await http.post(WAYS, json=given)

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


async def test_a_refusal_repeats_no_secret_and_reads_in_vietnamese(http):
    given = SFTP | {"known_hosts": "other.example ssh-ed25519 AAAA", "password": "THE-SECRET"}
    answer = await http.post(WAYS, json=given)

    assert answer.status_code == 422
    assert "THE-SECRET" not in answer.text


async def test_a_format_must_be_in_the_contract_but_a_mail_needs_none(http, database):
    formats = update(PARTNER).values(formats='["newsml"]')
    await database.write(lambda connection: connection.execute(formats) and None)

    refused = await http.post(WAYS, json=STORE)
    assert refused.json()["errors"][0]["pointer"] == "/format"
    await made(http, EMAIL)
    await made(http, STORE | {"format": "newsml"})


async def test_the_same_target_twice_is_a_conflict(http):
    await made(http, EMAIL)

    assert (await http.post(WAYS, json=EMAIL)).status_code == 409


async def test_two_partners_may_share_a_mailbox_but_no_folder(http, database):
    await database.write(partial(add_partner, code="vov", product=Product()))
    others = "/v1/admin/partners/vov/ways"
    for given, status in ((EMAIL, 201), (STORE, 409)):
        await made(http, given)
        assert (await http.post(others, json=given)).status_code == status
    elsewhere = STORE | {"endpoint": "https://store.vov.example"}
    assert (await http.post(others, json=elsewhere)).status_code == 201


async def test_a_way_is_turned_off_and_on_and_forgotten(http, database):
    way = f"{WAYS}/{(await made(http, SFTP | {'password': 'THE-SECRET'}))['id']}"

    off = await http.patch(way, json={"on": False})
    assert (off.json()["on"], off.json()["off"]) == (False, "admin")
    assert (await http.patch(way, json={"on": False})).json() == off.json()
    on = await http.patch(way, json={"on": True})
    assert (on.json()["on"], on.json()["off"]) == (True, None)
    assert (await http.patch(way, json={"on": "yes"})).status_code == 422

    assert (await http.delete(way)).status_code == 204
    assert (await http.get(way)).status_code == 404
    assert (await http.delete(way)).status_code == 404
    assert not await database.read(lambda connection: connection.execute(select(WAY)).all())


async def test_only_the_newsroom_comes_in(http):
    way = f"{WAYS}/{(await made(http, EMAIL))['id']}"
    calls = [("GET", WAYS), ("POST", WAYS), ("GET", way), ("PATCH", way), ("DELETE", way)]

    for method, path in [*calls, ("POST", f"{way}/test")]:
        for key in ("", "Bearer wrong"):
            answer = await http.request(method, path, headers={"Authorization": key})
            assert answer.status_code == 401, (method, path)


async def test_unknown_partners_and_ways_of_others_are_not_found(http, database):
    await database.write(partial(add_partner, code="vov", product=Product()))
    way = (await made(http, EMAIL))["id"]

    for path in ("/v1/admin/partners/nobody/ways", f"/v1/admin/partners/vov/ways/{way}"):
        assert (await http.get(path)).status_code == 404
    assert (await http.post("/v1/admin/partners/nobody/ways", json={})).status_code == 404


async def test_a_folder_is_tried_out_and_left_as_it_was(http, folder):
    way = await made(http, {"kind": "folder", "target": str(folder), "format": "json"})
    test = f"{WAYS}/{way['id']}/test"

    well = (await http.post(test)).json()
    folder.rmdir()
    badly = (await http.post(test)).json()

    assert (well["ok"], well["error"]) == (True, None)
    assert (badly["ok"], badly["error"]) == (False, "no_such_folder")
    assert well["seconds"] >= 0


async def test_a_mailbox_is_tried_out_by_a_mail_that_says_so(http, room):
    way = await made(http, EMAIL)
    answer = (await http.post(f"{WAYS}/{way['id']}/test")).json()
    room.answers["RCPT"] = "550 no such user"
    refused = (await http.post(f"{WAYS}/{way['id']}/test")).json()

    assert answer["ok"]
    assert room.mails[0].to == [EMAIL["target"]]
    assert "[THỬ]" in str(room.mails[0].message["Subject"])
    assert refused["error"] == "recipient_refused_550"


async def test_a_server_that_is_away_is_said(http):
    target = "sftp://tinbai@127.0.0.1:1/in"
    known_hosts = SFTP["known_hosts"].replace("sftp.vtv.example", "127.0.0.1")
    way = await made(
        http, SFTP | {"target": target, "known_hosts": known_hosts, "password": "THE-SECRET"}
    )

    assert (await http.post(f"{WAYS}/{way['id']}/test")).json()["error"] == "no_answer"


async def test_no_secret_is_logged(http, caplog):
    with caplog.at_level(logging.DEBUG):
        way = await made(http, SFTP | {"password": "THE-SECRET"})
        await http.post(f"{WAYS}/{way['id']}/test")

    assert "THE-SECRET" not in caplog.text
