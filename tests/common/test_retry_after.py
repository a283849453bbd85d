"""How long others want to be left alone."""

from datetime import timedelta

import pytest

from services.common.retry_after import wish_of
from tests.factories import NOON


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120),
        (" 0 ", 0),
        ("9" * 400, 999_999_999),
        ("Mon, 02 Mar 2026 05:10:00 GMT", 600),
        ("Mon, 02 Mar 2026 12:10:00 +0700", 600),
        ("Mon, 02 Mar 2026 05:10:00 -0000", 600),
        ("Mon, 02 Mar 2026 04:50:00 GMT", -600),
    ],
)
def test_it_is_seconds_or_a_date(header, seconds):
    assert wish_of(header, NOON) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "soon",
        "-5",
        "1.5",
        "12²",
        "Mon, 99 Mar 2026 x",
        "Mon, 99 Mar 2026 05:10:00 GMT",
        "Mon, 02 Mar 2026 99999999999999999999:00:00 GMT",
    ],
)
def test_anything_else_is_no_wish(header):
    assert wish_of(header, NOON) is None
