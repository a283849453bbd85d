"""The same story handed in twice is noticed; nobody learns what another unit holds back."""

from contextlib import ExitStack
from datetime import timedelta
from functools import partial

import pytest

from services.common.instants import now
from services.ingest.likeness import likeness
from services.ingest.likeness.likening import Likening
from services.ingest.submission import Submission, draft
from services.ingest.tables import tables
from tests.ingest.conftest import make_unit, submission
from tests.ingest.paper import open_paper

STORY = (
    "<p>Sáng 2/3, Chi cục Hải quan khu vực III đã làm thủ tục thông quan cho lô hàng đầu tiên qua "
    "cảng nước sâu mới. Lô hàng gồm 102 container linh kiện điện tử của ba doanh nghiệp. Toàn bộ "
    "hồ sơ được nộp qua hệ thống điện tử, thời gian xử lý trung bình dưới ba phút mỗi tờ khai. "
    "Lãnh đạo chi cục cho biết đơn vị bố trí công chức trực suốt ngày đêm trong tháng đầu.</p>"
)
EDITED = STORY.replace("Sáng 2/3,", "Ngày 2/3 vừa qua,").replace("102", "hơn một trăm")
OTHER = (
    "<p>Hội nghị đối thoại với doanh nghiệp quý I diễn ra tại thành phố với sự tham gia của hơn "
    "hai trăm đại biểu. Các ý kiến tập trung vào chính sách thuế, phân loại hàng hóa và kiểm tra "
    "chuyên ngành, được trả lời ngay tại chỗ hoặc bằng văn bản sau mười ngày làm việc.</p>"
)


def sign(body: str) -> bytes:
    return likeness.sign(draft(Submission(headline="Tin", body=body)))


async def test_a_unit_is_told_of_the_same_story_of_its_own_in_the_answer(unit):
    first = (await unit.submit(body=STORY, embargoed_until="2999-01-01T00:00:00Z")).json()
    assert first["hints"] == []

    again = (await unit.submit(body=EDITED)).json()

    (hint,) = again["hints"]
    assert (hint["pointer"], hint["article"]) == ("/body", first["id"])
    seen = (await unit.call("GET", f"/v1/articles/{again['id']}")).json()
    assert seen["hints"] == again["hints"]


async def test_a_unit_is_told_of_the_same_story_that_another_has_published(unit, other_unit):
    published = (await other_unit.submit(body=STORY)).json()["id"]

    (hint,) = (await unit.submit(body=EDITED)).json()["hints"]

    assert hint["article"] == published


async def test_a_unit_learns_nothing_of_what_another_holds_back(admin, unit, other_unit):
    untrusted = await make_unit(admin, "NEW", trusted=False)
    await other_unit.submit(body=STORY, embargoed_until="2999-01-01T00:00:00Z")
    await untrusted.submit(body=STORY)
    gone = (await other_unit.submit(body=STORY)).json()["id"]
    why = {"reason": "Sai.", "notice": "Rút."}
    await other_unit.call("POST", f"/v1/articles/{gone}/retraction", why)

    answer = (await unit.submit(body=STORY)).json()

    assert answer["hints"] == []
    assert "similar" not in (await unit.call("GET", f"/v1/articles/{answer['id']}")).json()


async def test_the_newsroom_is_shown_all_that_is_alike(admin, unit):
    untrusted = await make_unit(admin, "NEW", trusted=False)
    held = (await unit.submit(body=STORY, embargoed_until="2999-01-01T00:00:00Z")).json()
    waiting = (await untrusted.submit(body=EDITED)).json()

    (listed,) = (await admin.call("GET", "/v1/articles?status=in_review")).json()["items"]
    seen = (await admin.call("GET", f"/v1/articles/{waiting['id']}")).json()

    assert [(s["id"], s["unit"]) for s in listed["similar"]] == [(held["id"], "HQKV3")]
    assert seen["similar"] == listed["similar"]
    assert 0.5 <= seen["similar"][0]["score"] <= 1


async def test_another_story_is_not_alike(unit):
    await unit.submit(body=STORY)

    assert (await unit.submit(body=OTHER)).json()["hints"] == []


async def test_a_repeated_call_gives_the_same_hints(unit):
    await unit.submit(body=STORY)
    body = {"headline": "Tin", "body": EDITED}
    first = await unit.call("POST", "/v1/articles", body, Idempotency_Key="k")
    again = await unit.call("POST", "/v1/articles", body, Idempotency_Key="k")

    assert len(first.json()["hints"]) == 1
    assert again.json() == first.json()


def test_in_a_crowd_signing_is_left_for_later():
    crowd = likeness.Crowd()
    with ExitStack() as served:
        calm = [served.enter_context(crowd.joined()) for _ in range(6)]
    with crowd.joined() as again:
        assert calm == [True] * 4 + [False] * 2
        assert again


async def test_signatures_are_forgotten_after_thirty_days(database_url):
    paper = await open_paper(database_url)
    article = await paper.submit(body=STORY)
    await paper.database.write(lambda conn: likeness.add(conn, article.id, sign(STORY)))
    for days, forgotten in ((29, 0), (31, 1)):
        at = now() + timedelta(days=days)
        job = partial(likeness.forget_old, at=at)
        assert await paper.database.write(job) == forgotten
    await paper.database.close()


def test_a_text_of_a_few_words_is_like_nothing():
    assert sign("<p>Xin chào.</p>") == b""


async def test_what_was_not_signed_with_the_answer_is_signed_later_once(database_url):
    paper = await open_paper(database_url)
    paper.now = now()
    first = await paper.submit(body=STORY)
    second = await paper.submit("NEW", body=EDITED)
    likening = Likening(paper.database)

    assert [await likening.look() for _ in range(2)] == [2, 0]
    signature = await paper.database.read(lambda conn: likeness.find(conn, second.id))
    found = await paper.database.read(lambda conn: likeness.alike(conn, second.id, signature, None))

    assert [each.article for each in found] == [first.id]
    assert await Likening(paper.database).look() == 0
    await paper.database.close()


@pytest.mark.parametrize("body", [STORY, "<p>Ngắn.</p>"])
async def test_a_signature_is_forgotten_with_its_bands(database_url, body):
    paper = await open_paper(database_url)
    article = await paper.submit(body=body)
    signature = sign(body)
    await paper.database.write(lambda conn: likeness.add(conn, article.id, signature))

    await paper.database.write(lambda conn: likeness.forget(conn, article.id))

    for name in ("signatures", "signature_bands"):
        rows = partial(_rows, query=tables.tables[name].select())
        assert await paper.database.read(rows) == []
    await paper.database.close()


def _rows(conn, query) -> list:
    return list(conn.execute(query))


async def test_a_unit_that_repeats_what_the_newsroom_sent_for_it_learns_no_more(
    admin, unit, other_unit
):
    secret = submission(body=STORY, headline="Mật", embargoed_until="2999-01-01T00:00:00Z")
    await other_unit.call("POST", "/v1/articles", secret)
    sent = submission(body=EDITED)
    told = await admin.call("POST", "/v1/articles?unit=HQKV3", sent, Idempotency_Key="1")
    assert "Mật" in told.json()["hints"][0]["detail"]

    repeated = await unit.call("POST", "/v1/articles", sent, Idempotency_Key="1")

    assert (repeated.json()["id"], repeated.json()["hints"]) == (told.json()["id"], [])
