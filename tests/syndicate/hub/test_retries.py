from datetime import datetime, timedelta

import pytest

from services.syndicate.hub.retries import next_try
from tests.factories import NOON


def seconds(until: datetime) -> float:
    return (until - NOON).total_seconds()


@pytest.mark.parametrize(
    ("failures", "pause"), [(1, 5), (2, 30), (4, 600), (7, 10_800), (500, 10_800)]
)
def test_pauses_grow_to_three_hours_and_are_spread(failures, pause):
    pauses = {seconds(next_try(NOON, failures)) for _ in range(20)}
    assert len(pauses) > 1
    assert all(0.8 * pause <= each <= 1.2 * pause for each in pauses)


@pytest.mark.parametrize(
    ("wish", "least", "most"),
    [(120, 120, 120), (1, 4, 6), (999_999_999, 86_400, 86_400), (-600, 4, 6)],
)
def test_what_the_subscriber_asks_for_is_obeyed_within_reason(wish, least, most):
    assert least <= seconds(next_try(NOON, 1, timedelta(seconds=wish))) <= most
