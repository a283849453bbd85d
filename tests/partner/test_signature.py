"""Webhooks that are signed as Standard Webhooks has it, by its own library."""

from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook

from partner.signature import TOLERANCE, BadSignature, verified

SECRET, OLD = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_c2VjcmV0LW9mLWJlZm9yZQ=="
NOW = datetime(2026, 3, 2, 5, tzinfo=UTC)
BODY = '{"seq": 1, "reason": "đính chính"}'


def headers(*secrets: str, body: str = BODY, at: datetime = NOW) -> dict[str, str]:
    return {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(Webhook(each).sign("msg_1", at, body) for each in secrets),
    }


def check(given: dict[str, str], *secrets: str, body: str = BODY) -> str:
    return verified(body.encode(), given, secrets or [SECRET], now=NOW.timestamp())


def test_what_the_standards_own_library_signs_is_right():
    assert check(headers(SECRET)) == "msg_1"


def test_while_a_secret_is_changed_either_of_the_two_will_do():
    assert check(headers(OLD, SECRET)) == "msg_1"
    assert check(headers(OLD), SECRET, OLD) == "msg_1"


@pytest.mark.parametrize(
    "bad",
    [
        headers(OLD),
        headers(),
        headers(SECRET, body="{}"),
        headers(SECRET) | {"webhook-id": "msg_2"},
        headers(SECRET) | {"webhook-id": ""},
        headers(SECRET) | {"webhook-timestamp": "yesterday"},
        headers(SECRET) | {"webhook-timestamp": "9" * 400},
        headers(SECRET) | {"webhook-signature": "v1,%%% v1a,AAAA v1 ,"},
        headers(SECRET, at=NOW - timedelta(seconds=TOLERANCE + 1)),
        headers(SECRET, at=NOW + timedelta(seconds=TOLERANCE + 1)),
        {},
    ],
)
def test_all_else_is_refused(bad):
    with pytest.raises(BadSignature):
        check(bad)
