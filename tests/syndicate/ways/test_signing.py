"""Whoever verifies by the Standard Webhooks library takes our webhooks, and no forged ones."""

import base64

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from services.common.instants import now
from services.syndicate.ways.signing import new_secret, signed

BODY = '{"reason": "sửa số liệu"}'.encode()


def test_a_secret_has_enough_random_bytes():
    first, second = new_secret(), new_secret()
    assert first != second
    assert first.startswith("whsec_")
    assert 24 <= len(base64.b64decode(first.removeprefix("whsec_"))) <= 64


def test_the_library_verifies_what_was_signed():
    secret = new_secret()
    headers = signed("msg_1", now(), BODY, [secret])
    assert headers["webhook-id"] == "msg_1"
    Webhook(secret).verify(BODY, headers)


def test_while_a_secret_rotates_both_verify():
    old, new = new_secret(), new_secret()
    headers = signed("msg_1", now(), BODY, [new, old])
    Webhook(old).verify(BODY, headers)
    Webhook(new).verify(BODY, headers)


@pytest.mark.parametrize(
    "changed",
    [
        {"webhook-id": "msg_2"},
        {"webhook-timestamp": str(int(now().timestamp()) + 60)},
        {"webhook-signature": "v1," + base64.b64encode(bytes(32)).decode()},
    ],
)
def test_a_changed_header_does_not_verify(changed):
    secret = new_secret()
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(BODY, signed("msg_1", now(), BODY, [secret]) | changed)


def test_a_changed_body_does_not_verify():
    secret = new_secret()
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(BODY + b" ", signed("msg_1", now(), BODY, [secret]))
