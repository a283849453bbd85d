"""What a subscriber sends is understood, or refused with a reason."""

from ipaddress import ip_network
from urllib.parse import urlencode

import pytest

from services.common.problems import Problem
from services.syndicate.hub.addresses import with_query
from services.syndicate.hub.wish import FORM, Leases, Mode, Rules, form_of, wish_of

TOPIC = "https://feeds.example/feeds/latest.atom"
RULES = Rules({TOPIC: "/feeds/latest.atom"}.get, Leases(300, 1000, 2000), ())
GOOD = {"mode": "subscribe", "topic": TOPIC, "callback": "https://you.example/a?b=c"}


def asked(**changes: str):
    form = {f"hub.{name}": value for name, value in (GOOD | changes).items()}
    return wish_of(form_of(urlencode(form).encode(), FORM), RULES)


def test_a_wish_is_understood():
    wish = asked(secret="s", lease_seconds="0500")
    assert (wish.mode, wish.topic, wish.host) == (
        Mode.SUBSCRIBE,
        "/feeds/latest.atom",
        "you.example",
    )
    assert (wish.callback, wish.secret, wish.lease) == ("https://you.example/a?b=c", "s", 500)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("mode", "publish"),
        ("mode", "denied"),
        ("mode", ""),
        ("topic", ""),
        ("topic", "https://feeds.example/feeds/unknown.atom"),
        ("topic", "http://feeds.example/feeds/latest.atom"),
        ("callback", ""),
        ("callback", "you.example/a"),
        ("callback", "ftp://you.example/a"),
        ("callback", "https://"),
        ("callback", "https://you.example/a#b"),
        ("callback", "https://you.example/a b"),
        ("callback", "https://you.example/\n"),
        ("callback", "https://you.example/tin-bài"),
        ("callback", "https://you.example:port/"),
        ("callback", "https://[1::2/"),
        ("callback", "https://you.example/" + "a" * 2000),
        ("callback", "http://127.0.0.1/"),
        ("callback", "http://[::ffff:10.0.0.1]:80/"),
        ("lease_seconds", "0"),
        ("lease_seconds", "-1"),
        ("lease_seconds", "1.5"),
        ("lease_seconds", "one"),
        ("lease_seconds", "²"),
        ("secret", "x" * 200),
        ("secret", "ữ" * 67),
        ("secret", "a\0b"),
    ],
)
def test_what_is_wrong_is_named(field, value):
    with pytest.raises(Problem) as refusal:
        asked(**{field: value})
    assert refusal.value.status == 422
    assert [error.pointer for error in refusal.value.errors] == [f"/hub.{field}"]


def test_all_that_is_wrong_is_named_at_once():
    with pytest.raises(Problem) as refusal:
        wish_of(form_of(b"hub.lease_seconds=x", FORM), RULES)
    assert [error.pointer for error in refusal.value.errors] == [
        "/hub.mode",
        "/hub.topic",
        "/hub.callback",
        "/hub.lease_seconds",
    ]


@pytest.mark.parametrize("secret", ["x" * 199, "ữ" * 66])
def test_a_secret_may_have_199_bytes(secret):
    assert asked(secret=secret).secret == secret


def test_what_is_left_empty_is_not_there():
    wish = asked(secret="", lease_seconds="")
    assert (wish.secret, wish.lease) == (None, 1000)


def test_a_lease_does_not_matter_to_who_leaves():
    assert asked(mode="unsubscribe", lease_seconds="nonsense").mode is Mode.UNSUBSCRIBE


def test_needless_escapes_make_no_other_address():
    wish = asked(
        topic=TOPIC.replace("latest", "%6Catest"), callback="https://you.example/%7Ea%2Fb?c=%2d"
    )
    assert wish.topic == "/feeds/latest.atom"
    assert wish.topic_url == TOPIC.replace("latest", "%6Catest"), "told in the same letters"
    assert wish.callback == "https://you.example/~a%2Fb?c=-"


def test_a_parameter_that_nobody_knows_is_ignored():
    body = urlencode({f"hub.{n}": v for n, v in GOOD.items()}) + "&hub.verify=sync&hub.verify=async"
    assert wish_of(form_of(body.encode(), FORM), RULES) == asked()


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"{}", "application/json", 415),
        (b"a=b", None, 415),
        (b"hub.topic=%ff", FORM, 400),
        (b"\xff=1", FORM, 400),
        (b"a=1&" * 200, FORM, 400),
        (b"hub.topic=a&hub.topic=b", f"{FORM}; charset=utf-8", 422),
    ],
)
def test_what_is_no_form_is_refused(body, content_type, status):
    with pytest.raises(Problem) as refusal:
        form_of(body, content_type)
    assert refusal.value.status == status


@pytest.mark.parametrize(("allowed", "refused"), [((), True), ((ip_network("10.0.0.0/8"),), False)])
def test_an_address_inside_is_called_only_where_it_is_allowed(allowed, refused):
    rules = Rules(RULES.topic_of, RULES.leases, allowed)
    form = {f"hub.{n}": v for n, v in (GOOD | {"callback": "http://10.1.2.3/"}).items()}
    if refused:
        with pytest.raises(Problem):
            wish_of(form, rules)
    else:
        assert wish_of(form, rules).host == "10.1.2.3"


@pytest.mark.parametrize(
    ("callback", "whole"),
    [
        ("https://a.example", "https://a.example?hub.mode=x%26%20y"),
        ("https://a.example/?b=%20+c", "https://a.example/?b=%20+c&hub.mode=x%26%20y"),
    ],
)
def test_parameters_are_appended_to_those_of_the_callback(callback, whole):
    assert with_query(callback, {"hub.mode": "x& y"}) == whole
