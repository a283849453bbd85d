"""Another unit's article looks exactly like one that does not exist, on every path there is."""

import re

import pytest

from services.common.ids import new_id
from tests.ingest.media.samples import jpeg
from tests.integration.doors import Door, open_door

TRACES = {"x-request-id", "traceparent", "date", "ratelimit", "content-length"}
ARTICLE = {"headline": "Tin của A", "body": "<p>Nội dung.</p>"}
SENT: list[dict] = [
    {},
    {"content": b"no JSON"},
    {"json": ARTICLE, "headers": {"If-Match": "*"}},
    {"json": {"reason": "Sai.", "notice": "Đã gỡ."}, "headers": {"If-Match": '"1"'}},
]


@pytest.fixture(scope="module")
def door(tmp_path_factory):
    with open_door(tmp_path_factory.mktemp("door")) as it:
        yield it


@pytest.fixture(scope="module")
def owned(door):
    """What unit A has, by the name of the parameter that takes its id."""
    held = {**ARTICLE, "embargoed_until": "2999-01-01T00:00:00Z"}
    published, waiting, retracted = (
        door.made("HQA", "/v1/articles", json=body)["id"]
        for body in (ARTICLE | {"external_id": "A-1"}, held, ARTICLE | {"headline": "Tin sai"})
    )
    end = {"reason": "Sai.", "notice": "Đã gỡ."}
    ended = door.call("HQA", "POST", f"/v1/articles/{retracted}/retraction", json=end)
    assert ended.status_code == 200
    picture = {"content": jpeg(), "headers": {"Content-Type": "image/jpeg"}}
    file = door.made("HQA", "/v1/media", **picture)["id"]
    return {"article": [published, waiting, retracted], "media_id": [file]}


def test_on_every_path_that_takes_its_id(door, owned):
    paths = paths_with_ids(door)
    assert {("GET", "/v1/articles/{article}"), ("GET", "/v1/media/{media_id}")} <= set(paths)

    for method, path in paths:
        parameter = next(name for name in owned if f"{{{name}}}" in path)
        for theirs in owned[parameter]:
            unknown = str(new_id())
            for sent in SENT:
                answers = [
                    seen(door, method, path, parameter, each, sent) for each in (theirs, unknown)
                ]
                assert answers[0] == answers[1], (method, path)
                assert answers[0][0] in (403, 404), (method, path)


@pytest.mark.parametrize("name", ["translation_of", "replaces"])
def test_in_what_is_handed_in(door, owned, name):
    foreign, unknown = (
        door.call("HQB", "POST", "/v1/articles", json=ARTICLE | {name: each})
        for each in (owned["article"][0], str(new_id()))
    )

    assert foreign.status_code == unknown.status_code == 422
    assert foreign.json() == unknown.json()


def test_in_lists_and_by_its_external_id(door, owned):
    assert door.call("HQB", "GET", "/v1/articles?unit=HQA").json()["items"] == []

    answer = door.call("HQB", "POST", "/v1/articles", json=ARTICLE | {"external_id": "A-1"})

    assert answer.status_code == 201
    assert answer.json()["id"] not in owned["article"]


def test_its_owner_has_it_on_the_same_paths(door, owned):
    for article in owned["article"]:
        answer = door.call("HQA", "GET", f"/v1/articles/{article}")
        head = door.call("HQA", "HEAD", f"/v1/articles/{article}")
        assert answer.status_code == head.status_code == 200
        assert head.headers["content-length"] == str(len(answer.content))
        assert head.content == b""


def paths_with_ids(door: Door) -> list[tuple[str, str]]:
    """Look them up in the document, so that a new call is looked at by itself."""
    paths = door.call("HQB", "GET", "/openapi.json").json()["paths"]
    return [
        (method.upper(), path)
        for path, methods in paths.items()
        for method in [*methods, *(["head"] if "get" in methods else [])]
        if re.search(r"\{(article|media_id)\}", path)
    ]


def seen(door: Door, method: str, path: str, parameter: str, id_: str, sent: dict) -> tuple:
    address = re.sub(r"\{\w+\}", "1", path.replace(f"{{{parameter}}}", id_))
    answer = door.call("HQB", method, address, **sent)
    headers = {name: each for name, each in answer.headers.items() if name not in TRACES}
    return answer.status_code, answer.content, headers
