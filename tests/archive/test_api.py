"""Articles as JSON, and how archive says that it is well."""

from uuid import uuid4

from tests.factories import article, retraction


async def test_an_article_is_given_without_what_only_partners_read(archive):
    archive.take(shown := article(ed_note="Chỉ cho biên tập", approved_by="Trưởng phòng"))
    answer = await archive.json(f"/v1/articles/{shown.id}")
    assert answer["headline"] == shown.headline
    assert answer["url"] == f"https://bao.test/articles/{shown.id}"
    assert not {"ed_note", "approved_by", "audience", "external_id"} & answer.keys()


async def test_a_retracted_article_is_given_with_its_notice(archive):
    archive.take(end := retraction(article().id))
    assert end.retraction
    answer = await archive.json(f"/v1/articles/{end.id}")
    assert answer["pub_status"] == "canceled"
    assert answer["retraction"]["notice"] == end.retraction.notice
    assert "reason" not in answer["retraction"]


async def test_history_has_all_versions_the_newest_first(archive):
    first = article()
    archive.take(article(id=first.id, version=4), first, article(id=first.id, version=2))
    history = await archive.json(f"/v1/articles/{first.id}/history")
    assert [version["version"] for version in history["items"]] == [4, 2, 1]
    assert history["next"] is None


async def test_what_is_not_there_is_a_problem(archive):
    for path in ("", "/history", "/related"):
        answer = await archive.get(f"/v1/articles/{uuid4()}{path}")
        assert answer.status_code == 404
        assert answer.json()["type"] == "urn:tinbai:problem:not-found"


async def test_it_is_ready_without_kafka(archive):
    archive.take(article())
    answer = await archive.json("/readyz")
    assert answer == {"ready": True, "kafka": "down", "lag": {}, "articles": 1}


async def test_it_is_not_ready_when_its_index_cannot_be_written(archive):
    archive.engine.index.fault = "no space left"
    answer = await archive.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["index"] == "no space left"
