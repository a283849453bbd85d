"""Files in an object store that speaks S3, on real sockets."""

from ipaddress import ip_network

import pytest

from services.common.outgoing import Outgoing
from services.syndicate.ways.filing.files import File, lay_down
from services.syndicate.ways.filing.object_store import ObjectStores
from services.syndicate.ways.sending import NotTaken, Way
from tests.common.sites import Site, ok, reply, serving
from tests.syndicate.ways.parcels import way

LOOPBACK = [ip_network("127.0.0.0/8")]
TIN = File("000000000001-published-x-v1.xml", b"<tin/>", "application/xml")


def bucket(site: Site, target: str = "s3://vtv/in/tin") -> Way:
    settings = {"endpoint": site.url("").rstrip("/"), "region": "vn-1", "access_key_id": "AKID"}
    return way("object_store", target, settings=settings, secrets=("THE-SECRET",))


async def put(site: Site, target: str = "s3://vtv/in/tin") -> None:
    async with (
        Outgoing(LOOPBACK) as outgoing,
        ObjectStores(outgoing).open(bucket(site, target)) as place,
    ):
        await place.put(TIN)


async def test_a_file_is_put_under_the_folder_and_signed():
    async with serving(ok(b"")) as site:
        await put(site)

    line = site.heads[0].splitlines()[0]
    assert line.startswith(f"PUT /vtv/in/tin/{TIN.name}?X-Amz-Algorithm=AWS4-HMAC-SHA256&")
    assert "X-Amz-Credential=AKID%2F" in line
    assert "%2Fvn-1%2Fs3%2F" in line
    assert "X-Amz-Signature=" in line
    assert "THE-SECRET" not in site.heads[0]
    assert site.header("Content-Type") == "application/xml"
    assert site.header("Content-Length") == str(len(TIN.content))


async def test_a_bucket_without_a_folder_takes_files_too():
    async with serving(ok(b"")) as site:
        await put(site, "s3://vtv")

    assert site.heads[0].startswith(f"PUT /vtv/{TIN.name}?")


@pytest.mark.parametrize("status", ["204 No Content", "404 Not Found"])
async def test_older_files_are_removed_if_they_are_there(status):
    async def answer(head: str, writer) -> None:
        writer.write(ok(b"") if head.startswith("PUT") else reply(status, b""))

    async with (
        serving(answer) as site,
        Outgoing(LOOPBACK) as outgoing,
        ObjectStores(outgoing).open(bucket(site)) as place,
    ):
        await lay_down(place, TIN, ["old.xml"])

    assert site.heads[1].startswith("DELETE /vtv/in/tin/old.xml?")


@pytest.mark.parametrize("status", ["403 Forbidden", "503 Slow Down"])
async def test_a_refusal_is_told_by_its_number(status):
    async with serving(reply(status, b"<Error>tin</Error>")) as site:
        with pytest.raises(NotTaken) as failure:
            await put(site)

    assert failure.value.reason == f"status_{status[:3]}"


async def test_no_redirect_is_followed():
    async with serving(ok(b"")) as elsewhere:
        location = f"Location: {elsewhere.url()}"
        async with serving(reply("307 Temporary Redirect", b"", location)) as site:
            with pytest.raises(NotTaken, match="status_307"):
                await put(site)

    assert not elsewhere.heads


async def test_a_store_inside_is_not_called_unless_it_is_allowed():
    async with (
        serving(ok(b"")) as canary,
        Outgoing() as outgoing,
        ObjectStores(outgoing).open(bucket(canary)) as place,
    ):
        with pytest.raises(NotTaken, match="address_refused"):
            await place.put(TIN)

    assert not canary.heads


async def test_nothing_of_our_own_store_is_taken_from_the_environment(monkeypatch):
    async with serving(ok(b"")) as site, serving(ok(b"")) as ours:
        monkeypatch.setenv("AWS_ENDPOINT", ours.url())
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "OURS")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "OURS")
        monkeypatch.setenv("AWS_SESSION_TOKEN", "OURS")
        monkeypatch.setenv("AWS_DEFAULT_REGION", "ours")
        monkeypatch.setenv("AWS_SKIP_SIGNATURE", "true")
        await put(site)

    assert not ours.heads
    assert "OURS" not in site.heads[0]
    assert "X-Amz-Signature" in site.heads[0]
