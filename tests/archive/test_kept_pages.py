"""Pages are made once for many readers, and are right for each of them."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse
from starlette.middleware import Middleware
from starlette.responses import Response

from schemas.article import Article
from schemas.events import UnitChanged
from schemas.registry import Unit
from services.archive.serving.kept import Kept
from services.archive.serving.making import KeptPages
from services.archive.serving.pages import Pages
from services.common.ids import new_id
from tests.archive.conftest import Archive
from tests.factories import NOON, TRACE, article, erasure, retraction

SHOWN = UUID(int=7)


class Paper:
    """An application with one kind of page; it counts what it makes."""

    def __init__(self) -> None:
        self.now = 0.0
        self.pages = Pages(Kept(most=100_000, fresh_for=1.0, old_for=30.0, clock=lambda: self.now))
        self.made = 0
        self.status = 200
        self.headers: dict[str, str] = {}
        self.text = "x" * 500
        self.goes_on = asyncio.Event()
        self.goes_on.set()
        app = FastAPI()

        @app.get("/pages/{name}")
        async def page(name: str, request: Request) -> Response:
            self.made += 1
            text = f"<a href='/articles/{SHOWN}'>{name} {request.query_params} {self.text}</a>"
            answer = text, self.status, self.headers
            await self.goes_on.wait()
            return HTMLResponse(*answer)

        kept = Middleware(KeptPages, routes=list(app.routes), pages=lambda _: self.pages)
        app.user_middleware.append(kept)
        transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
        self.http = httpx2.AsyncClient(transport=transport, base_url="http://paper.test")

    async def get(self, path: str = "/pages/a", **headers: str) -> httpx2.Response:
        return await self.http.get(path, headers=headers)


@pytest.fixture
async def paper():
    paper = Paper()
    async with paper.http:
        yield paper


async def test_a_thousand_readers_at_once_have_it_made_once(paper):
    paper.goes_on.clear()
    readers = [asyncio.create_task(paper.get()) for _ in range(1000)]
    await asyncio.sleep(0)
    paper.goes_on.set()
    answers = await asyncio.gather(*readers)
    assert {answer.status_code for answer in answers} == {200}
    assert paper.made == 1


async def test_a_reader_who_leaves_takes_it_from_nobody(paper):
    paper.goes_on.clear()
    first, second = (asyncio.create_task(paper.get()) for _ in range(2))
    while not paper.made:
        await asyncio.sleep(0)
    first.cancel()
    paper.goes_on.set()
    assert (await second).status_code == 200
    assert paper.made == 1


async def test_what_changes_while_it_is_made_is_made_again(paper):
    paper.goes_on.clear()
    reader = asyncio.create_task(paper.get())
    while not paper.made:
        await asyncio.sleep(0)
    paper.pages.kept.changed({SHOWN})
    paper.text = "new" * 200
    paper.goes_on.set()
    assert "newnew" in (await reader).text
    assert paper.made == 2


async def test_who_comes_after_a_change_is_not_given_what_was_begun_before_it(paper):
    paper.goes_on.clear()
    paper.status = 404
    early = asyncio.create_task(paper.get())
    while not paper.made:
        await asyncio.sleep(0)
    paper.pages.kept.changed({SHOWN})
    paper.status = 200
    late = asyncio.create_task(paper.get())
    for _ in range(100):
        await asyncio.sleep(0)
    paper.goes_on.set()
    assert ((await early).status_code, (await late).status_code) == (404, 200)


async def test_a_question_mark_in_a_path_is_no_query(paper):
    assert "a b=1" in (await paper.get("/pages/a?b=1")).text
    assert "a?b=1" in (await paper.get("/pages/a%3Fb=1")).text
    assert "a%3Fb=1" in (await paper.get("/pages/a%253Fb=1")).text


async def test_while_one_old_page_is_made_anew_the_others_are_given_as_they_are(paper):
    for name in "abc":
        await paper.get(f"/pages/{name}")
    paper.pages.kept.changed({uuid4()})
    paper.now, paper.text = 2.0, "new" * 200
    paper.goes_on.clear()
    renewing = asyncio.create_task(paper.get("/pages/a"))
    while paper.made == 3:
        await asyncio.sleep(0)
    for name in "abc":
        assert "newnew" not in (await paper.get(f"/pages/{name}")).text
    paper.goes_on.set()
    assert "newnew" in (await renewing).text
    assert "newnew" in (await paper.get("/pages/a")).text
    assert paper.made == 4


async def test_a_page_that_is_no_more_is_not_given_as_an_old_one(paper):
    await paper.get()
    paper.pages.kept.changed({uuid4()})
    paper.now, paper.status = 2.0, 404
    for _ in range(2):
        assert (await paper.get()).status_code == 404


async def test_what_others_add_to_an_address_makes_no_other_page(paper):
    await paper.get("/pages/a?b=1")
    for added in ("fbclid=1", "utm_source=zalo&utm_medium=x", "gclid=", "zarsrc=31"):
        assert "b=1" in (await paper.get(f"/pages/a?{added}&b=1")).text
    assert paper.made == 1
    await paper.get("/pages/a?b=2")
    assert paper.made == 2


@pytest.mark.parametrize(
    "answer",
    [{"status": 404}, {"status": 500}, {"headers": {"Vary": "Cookie"}}],
    ids=["missing", "failed", "personal"],
)
async def test_what_is_no_page_for_all_is_not_kept(paper, answer):
    for name, value in answer.items():
        setattr(paper, name, value)
    for number in range(3):
        await paper.get(f"/pages/{number}")
        await paper.get(f"/pages/{number}")
    assert paper.made == 6
    assert paper.pages.kept._size == 0


async def test_it_goes_out_in_the_coding_that_the_reader_takes(paper):
    plain = await paper.get(**{"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.headers["vary"] == "Accept-Encoding"
    for coding in ("gzip", "br", "zstd"):
        coded = await paper.get(**{"Accept-Encoding": coding})
        assert coded.headers["content-encoding"] == coding
        assert int(coded.headers["content-length"]) < len(plain.content)
        assert coded.text == plain.text
        assert coded.headers["etag"] != plain.headers["etag"]
        known = await paper.get(**{"If-None-Match": coded.headers["etag"]})
        assert (known.status_code, known.content) == (304, b"")
        assert known.headers["etag"] == coded.headers["etag"]
    assert paper.made == 1


async def test_a_notice_is_kept_and_never_answered_with_what_the_reader_has(paper):
    paper.status = 410
    etag = (await paper.get()).headers["etag"]
    answer = await paper.get(**{"If-None-Match": etag})
    assert answer.status_code == 410
    assert answer.content
    assert paper.made == 1


async def test_a_fault_is_told_to_all_who_wait_and_not_kept(paper):
    paper.status = 99  # no status: the server fails
    paper.headers = {"bad": "\u1ea1"}
    first, second = await asyncio.gather(paper.get(), paper.get())
    assert (first.status_code, second.status_code) == (500, 500)
    paper.status, paper.headers = 200, {}
    assert (await paper.get()).status_code == 200


def corrected(of: Article, **changes: Any) -> Article:
    return article(id=of.id, version=of.version + 1, **changes)


async def texts(archive: Archive, *of: Article) -> list[str]:
    paths = ["/", *(f"/articles/{each.id}" for each in of)]
    return [(await archive.get(path, Accept="text/html")).text for path in paths]


async def test_a_correction_is_on_every_page_with_the_commit_that_brought_it(archive):
    first, other = article(headline="Mở 12 làn xe"), article()
    archive.take(first, other)
    assert all("Mở 12 làn xe" in page for page in await texts(archive, first, other))
    archive.take(corrected(first, headline="Mở 21 làn xe"))
    for page in await texts(archive, first, other):
        assert "Mở 21 làn xe" in page
        assert "Mở 12 làn xe" not in page


@pytest.mark.parametrize("how", ["retracted", "withheld", "erased"])
async def test_what_has_ended_is_on_no_page_any_more(archive, how):
    secret = "Ngọc Bích Thủy Tiên thông quan"
    gone, other = article(headline=secret), article(headline="Thủy Tiên thông quan Ngọc Bích")
    archive.take(gone, other)
    assert all(secret in page for page in await texts(archive, gone, other))
    ends = {
        "retracted": retraction(gone.id),
        "withheld": corrected(gone, headline=secret, pub_status="withheld"),
        "erased": erasure(gone.id),
    }
    archive.take(ends[how])
    assert not [page for page in await texts(archive, gone, other) if secret in page]
    assert (await archive.page(gone)).status_code == 410


async def test_no_question_is_proposed_any_more_that_only_what_has_ended_answers(archive):
    archive.take(gone := article(headline="Bắt giữ ngà voi", body="<p>Ngà voi.</p>"))
    page = await archive.get("/search?q=ngaf voii", Accept="text/html")
    assert "/search?q=nga+voi" in page.text
    archive.take(retraction(gone.id))
    again = await archive.get("/search?q=ngaf voii", Accept="text/html")
    assert "nga+voi" not in again.text


async def test_an_address_that_was_empty_has_a_page_once_there_is_an_article(archive):
    shown = article()
    assert (await archive.page(shown)).status_code == 404
    archive.take(shown)
    assert (await archive.page(shown)).status_code == 200


async def test_a_unit_that_is_renamed_is_so_on_pages_that_were_made(archive):
    archive.take(shown := article())
    assert (await archive.page(shown)).status_code == 200
    unit = Unit(code="HQHP", name="Hải quan khu vực III")
    archive.name(UnitChanged(id=new_id(), time=NOON, producer="ingest", trace=TRACE, unit=unit))
    assert unit.name in (await archive.page(shown)).text


async def test_a_page_is_asked_for_anew_and_seldom_sent_again(archive):
    archive.take(shown := article(body=f"<p>{'Lô hàng đầu năm. ' * 100}</p>"))
    page = await archive.page(shown)
    assert page.headers["cache-control"] == "no-cache"
    again = await archive.get(
        f"/articles/{shown.id}", **{"If-None-Match": page.headers["etag"], "Accept": "text/html"}
    )
    assert (again.status_code, again.headers["cache-control"]) == (304, "no-cache")
    assert again.headers["x-request-id"]
    head = await archive.http.head(f"/articles/{shown.id}", headers={"Accept-Encoding": "gzip"})
    assert (head.status_code, head.content) == (200, b"")
    whole = await archive.get(f"/articles/{shown.id}", **{"Accept-Encoding": "gzip"})
    assert head.headers["content-length"] == whole.headers["content-length"]
    assert int(head.headers["content-length"]) < len(whole.content)


async def test_pages_of_other_sites_may_search_it(archive):
    answer = await archive.get("/v1/search?q=cang", Origin="https://x.test")
    assert answer.headers["access-control-allow-origin"] == "*"
    refused = await archive.get(f"/v1/articles/{uuid4()}", Origin="https://x.test")
    assert refused.headers["access-control-allow-origin"] == "*"
