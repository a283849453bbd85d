"""The way of an article: from a unit's call to feed, page, search and related news."""

import json
from datetime import UTC, datetime, timedelta

import httpx2
import pytest

from tests.integration.stacks import Stack
from tests.stack.processes import until

pytestmark = pytest.mark.xdist_group("shared")


@pytest.fixture(scope="module")
def way(shared: Stack) -> Stack:
    shared.add_unit("WAY")
    return shared


def test_an_article_stands_in_the_feeds_on_its_page_and_in_search_a_moment_later(way):
    made = way.submit("WAY", headline="Cảng Lạch Huyện đón tàu mẹ", keywords=["cảng biển"])

    until(lambda: made["id"] in way.feed_ids() and made["id"] in way.feed_ids("units/WAY"))
    until(lambda: way.get("archive", f"/v1/articles/{made['id']}").status_code == 200)

    page = httpx2.get(made["url"])
    assert page.status_code == 200
    assert "Cảng Lạch Huyện đón tàu mẹ" in page.text
    found = way.get("archive", "/v1/search?q=lach+huyen").json()["items"]
    assert made["id"] in [hit["id"] for hit in found]


def test_a_correction_takes_the_place_of_what_it_corrects(way):
    made = way.submit("WAY", headline="Thông quan 120 xe")
    until(lambda: made["id"] in way.feed_ids())
    before = way.feed_ids()

    corrected = {
        "headline": "Thông quan 102 xe",
        "body": "<p>102 xe.</p>",
        "correction_note": "Số đúng là 102.",
    }
    answer = way.ask("PUT", f"/v1/articles/{made['id']}", corrected, If_Match='"1"')
    assert answer.status_code == 200

    until(lambda: "Thông quan 102 xe" in [item["title"] for item in way.feed()])
    assert way.feed_ids() == before
    assert "120 xe" not in way.get("syndicate", "/feeds/latest.rss").text
    until(lambda: "102 xe" in httpx2.get(made["url"]).text)


def test_a_retraction_leaves_the_notice_and_nothing_of_the_old_text(way):
    old = {"headline": "Tít gây nhầm", "lead": "Sapo gây nhầm", "body": "<p>Thân gây nhầm</p>"}
    made = way.submit("WAY", **old)
    until(lambda: made["id"] in way.feed_ids())
    until(lambda: httpx2.get(made["url"]).status_code == 200)

    why = {"reason": "Hồ sơ của lô khác.", "notice": "Tin đã được rút vì không đúng."}
    assert way.ask("POST", f"/v1/articles/{made['id']}/retraction", why).status_code == 200

    until(
        lambda: (
            way.feed_ids()[0] == made["id"]
            and "đã được rút vì" in json.dumps(way.feed()[0], ensure_ascii=False)
        )
    )
    until(lambda: httpx2.get(made["url"]).status_code == 410)
    shown = [way.get("syndicate", f"/feeds/latest.{form}").text for form in ("rss", "atom", "json")]
    shown += [
        httpx2.get(made["url"]).text,
        way.get("archive", f"/v1/articles/{made['id']}").text,
        way.get("archive", f"/v1/articles/{made['id']}/history").text,
        way.get("archive", "/v1/search?q=nham").text,
        way.get("archive", "/").text,
    ]
    for text in shown:
        assert "gây nhầm" not in text
        assert "lô khác" not in text
    assert "đã được rút vì" in shown[0]


def test_an_article_without_marks_finds_its_related_news(way):
    story = "Hệ thống VASSCM tại cảng Nam Đình Vũ gián đoạn, doanh nghiệp làm thủ tục thủ công"
    first = way.submit("WAY", headline=story, body=f"<p>{story}. Sự cố kéo dài hai giờ.</p>")
    second = way.submit(
        "WAY",
        headline="Cảng Nam Đình Vũ khôi phục hệ thống VASSCM sau sự cố",
        body="<p>Hệ thống VASSCM tại cảng Nam Đình Vũ đã hoạt động lại, doanh nghiệp "
        "không còn phải làm thủ tục thủ công.</p>",
    )

    def related() -> list[str]:
        answer = way.get("archive", f"/v1/articles/{first['id']}/related")
        return [item["id"] for item in answer.json()["items"]] if answer.is_success else []

    until(lambda: second["id"] in related())
    assert first["id"] not in related()
    until(lambda: second["id"] in httpx2.get(first["url"]).text)


def test_an_embargoed_article_is_nowhere_before_its_time(way):
    held = way.submit("WAY", headline="Chưa đến giờ", embargoed_until="2999-01-01T00:00:00Z")
    assert held["status"] == "embargoed"
    later = way.submit("WAY", headline="Tin sau")
    until(lambda: later["id"] in way.feed_ids())
    way.until_settled()

    assert held["id"] not in way.feed_ids()
    assert way.get("archive", f"/v1/articles/{held['id']}").status_code == 404

    lifted = {"headline": "Đã đến giờ", "body": "<p>Nội dung.</p>"}
    assert way.ask("PUT", f"/v1/articles/{held['id']}", lifted, If_Match='"1"').is_success
    until(lambda: held["id"] in way.feed_ids())


def test_an_embargo_ends_by_itself(way):
    from datetime import UTC, datetime, timedelta

    at = datetime.now(UTC) + timedelta(seconds=1.5)
    held = way.submit("WAY", headline="Đúng giờ", embargoed_until=at.isoformat())
    assert held["status"] == "embargoed"

    until(lambda: held["id"] in way.feed_ids())

    released = way.ask("GET", f"/v1/articles/{held['id']}").json()["published"]
    assert datetime.fromisoformat(released) >= at


def test_the_request_id_of_the_call_stands_in_the_log_lines_of_all_three_services(way):
    answer = way.ask(
        "POST",
        "/v1/articles?unit=WAY",
        {"headline": "Theo dấu", "body": "<p>x</p>"},
        X_Request_ID="follow-me-1",
    )
    article = answer.json()["id"]
    until(lambda: article in way.feed_ids())
    until(lambda: way.get("archive", f"/v1/articles/{article}").status_code == 200)

    def services() -> set[str]:
        lines = way.tinbai("logs", "--article", article).stdout.splitlines()
        logged = [json.loads(line) for line in lines]
        return {line["service"] for line in logged if line.get("request_id") == "follow-me-1"}

    until(lambda: services() == {"ingest", "syndicate", "archive"})


def test_what_is_not_for_the_public_is_nowhere(way):
    made = way.submit(
        "WAY",
        headline="Tin có ghi chú",
        contact="Lan 0900111222",
        ed_note="Chỉ cho các báo bạn",
        approved_by="Trưởng phòng Nghiệp vụ",
    )
    until(lambda: made["id"] in way.feed_ids())
    until(lambda: way.get("archive", f"/v1/articles/{made['id']}").status_code == 200)

    shown = [way.get("syndicate", f"/feeds/latest.{form}").text for form in ("rss", "atom", "json")]
    shown += [httpx2.get(made["url"]).text, way.get("archive", f"/v1/articles/{made['id']}").text]
    for text in shown:
        assert "0900111222" not in text
        assert "Chỉ cho các báo bạn" not in text
        assert "Trưởng phòng Nghiệp vụ" not in text
    for log in (way.data / "logs").glob("*.log"):
        assert "0900111222" not in log.read_text()


def test_an_article_whose_time_is_over_leaves_feeds_page_search_and_related(way):
    ends = (datetime.now(UTC) + timedelta(seconds=8)).isoformat()
    made = way.submit("WAY", headline="Thông báo tạm thời đường nhánh", expires=ends)
    until(lambda: made["id"] in way.feed_ids() and httpx2.get(made["url"]).status_code == 200)

    until(lambda: made["id"] not in way.feed_ids() and httpx2.get(made["url"]).status_code == 410)

    stands = way.ask("GET", f"/v1/articles/{made['id']}").json()
    assert (stands["status"], stands["version"]) == ("expired", 2)
    for name, path in (
        ("syndicate", "/feeds/latest.rss"),
        ("syndicate", "/feeds/units/WAY.atom"),
        ("archive", f"/articles/{made['id']}"),
        ("archive", "/v1/search?q=duong+nhanh"),
        ("archive", "/v1/latest"),
    ):
        assert "Thông báo tạm thời" not in way.get(name, path).text, path
