from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import httpx2
import pytest

from schemas.article import Article
from services.common.database import Database
from services.common.instants import now
from services.syndicate.explaining import what_if
from services.syndicate.partner_tables import SUCCESSION
from tests.factories import article, retraction
from tests.syndicate.explaining.conftest import at_desk
from tests.syndicate.partners_at_work import Desk

NOW = now()


def ago(days: float = 0, **changes: Any) -> Article:
    at: datetime = NOW - timedelta(days=days)
    return article(published=at, updated=at, **changes)


async def release(database: Database, *versions: Article) -> None:
    await at_desk(database, lambda desk: desk.release(*versions))


async def asked(admin: httpx2.AsyncClient, product: dict[str, Any], **more: Any) -> dict[str, Any]:
    partner = more.pop("partner", None)
    path = f"/v1/admin/partners/{partner}/what-if" if partner else "/v1/admin/what-if"
    answer = await admin.post(path, json=product, params=more)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_it_says_what_would_come_and_go(
    admin: httpx2.AsyncClient, database: Database
) -> None:
    economy = ago(1, column="kinh-te", headline="Kinh tế")
    society = ago(2, column="xa-hoi")
    both = ago(3, column="phap-luat")
    neither = ago(4)
    await at_desk(database, lambda desk: desk.partner("bao", columns=["kinh-te", "phap-luat"]))
    await release(database, economy, society, both, neither)

    found = await asked(admin, {"columns": ["xa-hoi", "phap-luat"]}, partner="bao")

    assert {name: _ids(found[name]) for name in ("comes", "goes", "stays_in", "stays_out")} == {
        "comes": [str(society.id)],
        "goes": [str(economy.id)],
        "stays_in": [str(both.id)],
        "stays_out": [str(neither.id)],
    }
    assert (found["looked_at"], found["complete"]) == (4, True)
    gone = found["goes"]["articles"][0]
    assert (gone["headline"], gone["clause"]["pointer"]) == ("Kinh tế", "/columns")
    assert gone["clause"]["sentence"].endswith("it has the column kinh-te.")


def _ids(side: dict[str, Any]) -> list[str]:
    assert side["count"] == len(side["articles"])
    return [each["id"] for each in side["articles"]]


async def test_for_a_partner_that_there_is_not_yet_everything_comes(
    admin: httpx2.AsyncClient, database: Database
) -> None:
    await release(database, ago(1, column="kinh-te"), ago(2))
    found = await asked(admin, {"columns": ["kinh-te"]})
    assert (found["comes"]["count"], found["stays_out"]["count"]) == (1, 1)


async def test_only_the_newest_version_of_an_article_counts(
    admin: httpx2.AsyncClient, database: Database
) -> None:
    of = ago(3, column="kinh-te")
    moved = of.model_copy(
        update={"version": 2, "column": "xa-hoi", "updated": NOW - timedelta(days=1)}
    )
    await release(database, of, moved)
    found = await asked(admin, {"columns": ["kinh-te"]})
    assert (found["comes"]["count"], found["looked_at"]) == (0, 1)


async def test_what_has_ended_or_is_a_test_neither_comes_nor_goes(
    admin: httpx2.AsyncClient, database: Database
) -> None:
    of = ago(2)
    end = retraction(of.id, published=of.published, updated=NOW - timedelta(days=1))
    over = ago(1, pub_status="withheld")
    await release(database, of, end, over, ago(1, audience="partner:bao"))
    found = await asked(admin, {})
    counts = Counter({name: found[name]["count"] for name in ("comes", "stays_out")})
    assert not counts.total()


async def test_what_is_older_is_not_looked_at(
    admin: httpx2.AsyncClient, database: Database
) -> None:
    await release(database, ago(1), ago(10))
    assert (await asked(admin, {}, days=7))["looked_at"] == 1
    assert (await asked(admin, {}, days=30))["looked_at"] == 2


async def test_the_newest_are_named_and_all_are_counted(
    admin: httpx2.AsyncClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(what_if, "_AT_ONCE", 2)
    versions = [ago(number / 2) for number in range(5)]
    at_once = ago(1)  # as one of the others
    await release(database, at_once, *versions)
    found = await asked(admin, {}, limit=1)
    assert found["comes"]["count"] == found["looked_at"] == 6
    assert [each["id"] for each in found["comes"]["articles"]] == [str(versions[0].id)]


async def test_where_there_are_too_many_the_oldest_are_left_out(
    admin: httpx2.AsyncClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(what_if, "_AT_ONCE", 2)
    monkeypatch.setattr(what_if, "_MOST", 4)
    versions = [ago(number) for number in range(5)]
    await release(database, *versions)
    found = await asked(admin, {})
    assert (found["complete"], found["looked_at"]) == (False, 4)
    assert datetime.fromisoformat(found["since"]) == versions[3].updated


async def test_successors_are_those_of_today(admin: httpx2.AsyncClient, database: Database) -> None:
    await release(database, ago(1, unit="KV3"))
    row = {"unit": "KV3", "succeeds": '["HQHP"]'}

    def succeed(desk: Desk) -> None:
        desk.connection.execute(SUCCESSION.insert().values(row))

    await at_desk(database, succeed)
    found = await asked(admin, {"units": ["HQHP"]})
    assert found["comes"]["articles"][0]["clause"]["fits"] == [
        {"field": "units", "wanted": "HQHP", "has": "KV3"}
    ]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/v1/admin/partners/nobody/what-if", {}, 404),
        ("/v1/admin/what-if", {"column": ["kinh-te"]}, 422),
        ("/v1/admin/what-if", {"exclude": {"max_urgency": 10}}, 422),
        ("/v1/admin/what-if?days=0", {}, 422),
    ],
)
async def test_what_makes_no_sense_is_refused(
    admin: httpx2.AsyncClient, path: str, body: dict[str, Any], status: int
) -> None:
    assert (await admin.post(path, json=body)).status_code == status


async def test_only_the_newsroom_may_ask(http: httpx2.AsyncClient) -> None:
    assert (await http.post("/v1/admin/what-if", json={})).status_code == 401
