"""Outgoing calls cost no more than they may, and go nowhere that they must not, on real sockets."""

import asyncio
import gzip
import ssl
import time
from contextlib import AbstractAsyncContextManager
from ipaddress import ip_network

import pytest
import trustme

from services.common.network import Resolve
from services.common.outgoing import (
    BadStatus,
    Limits,
    Outgoing,
    OutgoingFailure,
    TargetRefused,
    TooLarge,
    TooSlow,
    TransportFailed,
)
from tests.common.sites import Site, ok, reply, serving

LOOPBACK = [ip_network("127.0.0.0/8")]
HERE = "127.0.0.1"


def naming(**names: list[list[str]]) -> Resolve:
    """Resolve as told, a list of answers a name; the last one stays."""

    async def resolve(host, port):
        answers = names[host.replace(".", "_")]
        return answers.pop(0) if len(answers) > 1 else answers[0]

    return resolve


def redirecting(target: str) -> AbstractAsyncContextManager[Site]:
    return serving(reply("302 Found", b"", f"Location: {target}"))


@pytest.fixture
async def calls():
    async with Outgoing(LOOPBACK) as outgoing:
        yield outgoing


async def test_an_answer_is_read_whole():
    async with serving(ok(b"hello", 'ETag: "1"')) as site, Outgoing(LOOPBACK) as calls:
        got = await calls.call("GET", site.url("/x?y=1"), headers={"If-None-Match": '"0"'})

    assert (got.status, got.content, got.headers["etag"]) == (200, b"hello", '"1"')
    assert site.heads[0].startswith("GET /x?y=1 ")
    assert site.header("If-None-Match") == '"0"'
    assert site.header("User-Agent") == "tinbai/1"


async def test_loopback_is_called_only_where_it_is_allowed():
    async with serving(ok()) as site, Outgoing() as calls:
        for host in (HERE, "localhost", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]", "127.1"):
            with pytest.raises(TargetRefused):
                await calls.call("GET", site.url(host=host))

    assert site.heads == []


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/", "file:///etc/passwd", "//x/", "gopher://x/"])
async def test_only_http_is_spoken(calls, url):
    with pytest.raises((TargetRefused, TransportFailed)):
        await calls.call("GET", url)


@pytest.mark.parametrize(
    "host",
    [
        "a..b",
        "*",
        "x" * 64,
        ".",
        "[::1",
        "[fe80::1%25eth0]",
        "1.2.3.4.5",
        "a:99999",
        "đ" * 80,
        "a b",
    ],
)
async def test_what_is_no_host_is_a_failure_like_any_other(calls, host):
    with pytest.raises(OutgoingFailure):
        await calls.call("GET", f"http://{host}/", limits=Limits(seconds=5))


async def test_a_name_with_one_address_of_ours_among_public_ones_is_refused():
    resolve = naming(site_test=[["8.8.8.8", HERE]])
    async with serving(ok()) as site, Outgoing(resolve=resolve) as calls:
        with pytest.raises(TargetRefused):
            await calls.call("GET", site.url(host="site.test"))

    assert site.heads == []


async def test_a_name_that_moves_to_loopback_between_two_calls_is_refused():
    resolve = naming(site_test=[["127.0.0.2"], ["127.9.9.9"]])
    async with (
        serving(ok()) as site,
        Outgoing([ip_network("127.0.0.0/29")], resolve=resolve) as calls,
    ):
        # The server listens at 127.0.0.1 only: what was checked is what is connected to.
        with pytest.raises(TransportFailed):
            await calls.call("GET", site.url(host="site.test"))
        with pytest.raises(TargetRefused):
            await calls.call("GET", site.url(host="site.test"))

    assert site.heads == []


async def test_the_call_goes_to_the_address_that_was_checked_and_keeps_the_name():
    resolve = naming(site_test=[["127.0.0.5", HERE]])
    async with serving(ok(b"x")) as site, Outgoing(LOOPBACK, resolve=resolve) as calls:
        got = await calls.call("GET", site.url(host="site.test"))

    assert got.content == b"x"  # the second address, as the first takes no connection
    assert site.header("Host") == f"site.test:{site.port}"


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


async def test_the_certificate_must_be_for_the_name_not_for_the_address(authority):
    serves, trusts = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    authority.issue_cert("site.test").configure_cert(serves)
    authority.configure_trust(trusts)
    names = []
    serves.sni_callback = lambda _, name, __: names.append(name)
    resolve = naming(site_test=[[HERE]], other_test=[[HERE]])
    async with (
        serving(ok(b"x"), serves) as site,
        Outgoing(LOOPBACK, resolve=resolve, verify=trusts) as calls,
    ):
        got = await calls.call("GET", site.url(host="site.test", scheme="https"))
        with pytest.raises(TransportFailed, match="certificate"):
            await calls.call("GET", site.url(host="other.test", scheme="https"))

    assert got.content == b"x"
    assert names == ["site.test", "other.test"]


async def test_a_redirect_is_a_failure_unless_the_call_follows_it(calls):
    async with serving(ok(b"end")) as end, redirecting(end.url("/e")) as site:
        with pytest.raises(BadStatus) as failed:
            await calls.call("GET", site.url())
        followed = await calls.call("GET", site.url(), limits=Limits(redirects=3))

    assert failed.value.status == 302
    assert (followed.content, followed.url) == (b"end", end.url("/e"))
    assert len(end.heads) == 1


@pytest.mark.parametrize("target", ["http://127.9.9.9/", "http://[::1]/", "file:///etc/passwd"])
async def test_a_redirect_to_where_we_may_not_call_is_refused(target):
    async with (
        redirecting(target) as site,
        Outgoing([ip_network("127.0.0.1/32")]) as calls,
    ):
        with pytest.raises(TargetRefused):
            await calls.call("GET", site.url(), limits=Limits(redirects=3))


async def test_redirects_without_end_are_given_up(calls):
    async with redirecting("/again") as site:
        with pytest.raises(BadStatus):
            await calls.call("GET", site.url(), limits=Limits(redirects=3))

    assert len(site.heads) == 4


async def test_a_key_of_ours_does_not_follow_a_redirect_to_another_site(calls):
    async with serving(ok()) as end, redirecting(end.url()) as site:
        await calls.call(
            "GET", site.url(), headers={"Authorization": "x"}, limits=Limits(redirects=1)
        )

    assert site.header("Authorization") == "x"
    assert end.header("Authorization") is None


async def test_an_answer_that_drips_ends_at_the_deadline(calls):
    async def drip(_, writer):
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.05)

    async with serving(drip) as site:
        began = time.monotonic()
        with pytest.raises(TooSlow):
            await calls.call("GET", site.url(), limits=Limits(seconds=0.5))

    assert time.monotonic() - began < 3


async def test_a_name_server_that_does_not_answer_ends_at_the_deadline():
    async def never(host, port):
        await asyncio.Event().wait()

    async with Outgoing(LOOPBACK, resolve=never) as calls:
        with pytest.raises(TooSlow):
            await calls.call("GET", "http://site.test/", limits=Limits(seconds=0.2))


async def test_an_answer_that_is_too_large_is_not_read_to_its_end(calls):
    sent = 0

    async def pour(_, writer):
        nonlocal sent
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(bytes(65536))
            await writer.drain()
            sent += 65536

    async with serving(pour) as site:
        with pytest.raises(TooLarge):
            await calls.call("GET", site.url(), limits=Limits(size=1_000_000))

    assert sent < 20_000_000  # what the sockets between us hold


async def test_a_small_answer_that_unpacks_to_a_large_one_is_refused(calls):
    bomb = gzip.compress(bytes(200_000_000), 9)
    async with serving(ok(bomb, "Content-Encoding: gzip")) as site:
        with pytest.raises(TooLarge):
            await calls.call("GET", site.url())


async def test_codings_upon_codings_are_refused_before_any_is_unpacked(calls):
    packed = gzip.compress(gzip.compress(bytes(1000)))
    async with serving(ok(packed, "Content-Encoding: gzip, gzip")) as site:
        with pytest.raises(TransportFailed):
            await calls.call("GET", site.url())


async def test_a_packed_answer_is_unpacked(calls):
    async with serving(ok(gzip.compress(b"hello"), "Content-Encoding: gzip")) as site:
        assert (await calls.call("GET", site.url())).content == b"hello"


async def test_headers_without_end_are_cut_off(calls):
    async def headers(_, writer):
        writer.write(b"HTTP/1.1 200 OK\r\n")
        while True:
            writer.write(b"X-More: " + b"x" * 1000 + b"\r\n")
            await writer.drain()

    async with serving(headers) as site:
        with pytest.raises(TransportFailed):
            await calls.call("GET", site.url())


async def test_words_before_an_answer_that_never_comes_are_cut_off(calls):
    async def hints(_, writer):
        while True:
            writer.write(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 1000)
            await writer.drain()

    async with serving(hints) as site:
        with pytest.raises(TransportFailed, match="too long"):
            await calls.call("GET", site.url())


async def test_an_answer_in_crumbs_is_not_picked_up_to_its_end(calls):
    async def crumbs(_, writer):
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            writer.write(b"1\r\nx\r\n" * 1000)
            await writer.drain()

    async with serving(crumbs) as site:
        with pytest.raises(TooLarge, match="parts"):
            await calls.call("GET", site.url())
        async with Outgoing(LOOPBACK, idle=4) as keeping:
            got = await keeping.call("POST", site.url(), content=b"", limits=Limits(size=None))
    assert got.status == 200


@pytest.mark.parametrize("answer", [b"", b"not http at all\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent"])
async def test_what_is_not_http_is_a_failure_of_transport(calls, answer):
    async with serving(answer) as site:
        with pytest.raises(TransportFailed):
            await calls.call("GET", site.url())


async def test_an_answer_cut_short_is_no_answer(calls):
    async with serving(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf") as site:
        with pytest.raises(TransportFailed):
            await calls.call("GET", site.url())


async def test_another_status_is_told_with_its_headers(calls):
    async with serving(reply("503 Busy", b"", "Retry-After: 7")) as site:
        with pytest.raises(BadStatus) as failed:
            await calls.call("POST", site.url(), content=b"{}")

    assert (failed.value.status, failed.value.headers["retry-after"]) == (503, "7")


async def test_proxies_of_the_environment_are_passed_by(monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    async with serving(ok(b"direct")) as site, Outgoing(LOOPBACK) as calls:
        assert (await calls.call("GET", site.url())).content == b"direct"


async def test_no_cookie_is_kept(calls):
    async with serving(ok(b"", "Set-Cookie: a=b")) as site:
        await calls.call("GET", site.url())
        await calls.call("GET", site.url())

    assert site.header("Cookie") is None


async def test_a_body_that_nobody_wants_is_not_read(calls):
    async with serving(ok(b"x" * 1000, "Content-Encoding: br")) as site:
        got = await calls.call("POST", site.url(), content=b"", limits=Limits(size=None))

    assert (got.status, got.content) == (200, b"")
