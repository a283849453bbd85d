"""The partner's client, against a tinbai that fails."""

import json
from collections.abc import Callable

import httpx2
import pytest

from partner.client import LONGEST_WAIT, Client, Refused, Unavailable, WentBack
from partner.following import followed
from tests.partner.history import History

TWO = History(((1, "published"), (2, "published")))
DOWN = httpx2.ConnectError("refused")


class Tinbai:
    """Gives its answers in order, and remembers what was asked and waited for."""

    def __init__(self, *answers: httpx2.Response | Exception) -> None:
        self.answers = list(answers)
        self.requests: list[httpx2.Request] = []
        self.waits: list[float] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def client(self, attempts: int = 3) -> Client:
        transport = httpx2.MockTransport(self)
        return Client(
            "http://tinbai.test",
            "bao",
            "k",
            attempts=attempts,
            transport=transport,
            sleep=self.waits.append,
        )


def page(*seqs: int, last: int | None = None) -> httpx2.Response:
    items = [TWO.told(seq, 2).as_json() for seq in seqs]
    return httpx2.Response(200, json={"items": items, "last": last or (seqs or [0])[-1]})


def test_what_fails_in_passing_is_asked_again():
    tinbai = Tinbai(DOWN, httpx2.Response(503), page(1, 2))

    assert [entry.seq for entry in tinbai.client().changes(0, wait=5)] == [1, 2]
    assert len(tinbai.waits) == 2
    assert {request.url.params["wait"] for request in tinbai.requests} == {"5"}
    assert tinbai.requests[0].headers["authorization"] == "Bearer k"


def test_all_pages_are_read_to_the_end():
    tinbai = Tinbai(page(1), page(2), page(last=2))

    assert [[e.seq for e in each] for each in tinbai.client().all_changes()] == [[1], [2]]
    assert [request.url.params["after"] for request in tinbai.requests] == ["0", "1", "2"]


def test_it_waits_as_long_as_it_is_asked_to_but_not_for_ever():
    patient = Tinbai(httpx2.Response(429, headers={"Retry-After": "7"}), page(1))
    patient.client().changes()
    assert patient.waits == [7.0]

    too_long = str(int(LONGEST_WAIT) + 1)
    gives_up = Tinbai(httpx2.Response(503, headers={"Retry-After": too_long}))
    with pytest.raises(Unavailable):
        gives_up.client().changes()
    assert gives_up.waits == []


def test_it_gives_up_after_some_attempts_and_says_why():
    tinbai = Tinbai(DOWN, DOWN, DOWN)

    with pytest.raises(Unavailable, match="failed 3 times, at last with ConnectError"):
        tinbai.client().changes()
    assert len(tinbai.waits) == 2


def test_a_refusal_is_not_asked_again():
    problem = {"title": "A valid key is needed", "detail": "Send it."}
    tinbai = Tinbai(httpx2.Response(401, json=problem), httpx2.Response(403, text="<html>"))

    with pytest.raises(Refused, match=r"401 A valid key is needed: Send it\."):
        tinbai.client().changes()
    with pytest.raises(Refused, match="403"):
        tinbai.client().acknowledge("x", 1, "applied")
    assert tinbai.waits == []


def test_a_tinbai_that_was_restored_from_a_backup_is_noticed():
    with pytest.raises(WentBack):
        Tinbai(page(last=100)).client().changes(120)


@pytest.mark.parametrize(
    "ask",
    [lambda c: c.changes(), lambda c: list(c.manifest_days()), lambda c: list(c.manifests("d"))],
)
def test_what_is_not_json_is_no_answer(ask: Callable[[Client], object]):
    with pytest.raises(Unavailable):
        ask(Tinbai(httpx2.Response(200, text="<html>Sign in</html>")).client())


def test_who_follows_goes_on_after_tinbai_was_away():
    tinbai = Tinbai(page(1), DOWN, page(last=1), page(2))
    complaints: list[Unavailable] = []

    pages = followed(tinbai.client(attempts=1), 0, complaints.append)

    assert [[entry.seq for entry in next(pages)] for _ in range(2)] == [[1], [2]]
    assert len(complaints) == 1


def test_days_and_parts_of_days_are_read_to_the_end():
    days = [{"items": [{"date": "d1"}], "next": "d2"}, {"items": [{"date": "d2"}], "next": None}]
    parts = [{"last": 5, "next": 5}, {"last": 9, "next": None}]
    tinbai = Tinbai(*(httpx2.Response(200, json=each) for each in [*days, *parts]))
    client = tinbai.client()

    assert list(client.manifest_days()) == ["d1", "d2"]
    assert [part["last"] for part in client.manifests("d1")] == [5, 9]
    assert [dict(request.url.params) for request in tinbai.requests] == [
        {},
        {"cursor": "d2"},
        {},
        {"after": "5"},
    ]


def test_a_feed_that_is_still_the_same_is_not_read_again():
    tinbai = Tinbai(
        httpx2.Response(200, content=b"<rss/>", headers={"ETag": '"1"'}), httpx2.Response(304)
    )
    client = tinbai.client()

    first = client.feed("rss")
    assert first
    assert (first.body, first.etag) == (b"<rss/>", '"1"')
    assert client.feed("rss", first.etag) is None
    assert tinbai.requests[1].headers["if-none-match"] == '"1"'


def test_an_acknowledgement_says_what_and_where():
    tinbai = Tinbai(httpx2.Response(201))

    tinbai.client().acknowledge("0198", 2, "removed", "https://bao.example/1")

    assert tinbai.requests[0].url.path == "/partners/bao/acknowledgements"
    assert json.loads(tinbai.requests[0].content) == {
        "id": "0198",
        "version": 2,
        "state": "removed",
        "url": "https://bao.example/1",
    }
