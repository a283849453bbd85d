"""What can't be meant is refused before anything is opened."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from services.syndicate.settings import SyndicateSettings


@pytest.mark.parametrize(
    "absurd",
    [
        {"feed_size": 0},
        {"feed_age": 0},
        {"publication": "Tin\x0bb\u00e0i"},
        {"hub_lease_most": 100},
        {"hub_lease_least": 864_001},
        {"hub_lease_most": 10**12},
        {"hub_pause": float("inf")},
        {"hub_patience": 10**15},
    ],
    ids=str,
)
def test_absurd_settings_are_refused(absurd):
    with pytest.raises(ValidationError):
        SyndicateSettings(data=Path(), **absurd)


def test_what_is_given_by_default_is_taken():
    assert SyndicateSettings(data=Path()).hub_lease_default == 864_000
