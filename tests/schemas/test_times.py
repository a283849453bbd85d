"""Times have an offset, and an embargo never ends early for how it was written."""

from datetime import UTC, datetime

import pytest
from pydantic import TypeAdapter, ValidationError

from schemas.times import Time

TIME: TypeAdapter[datetime] = TypeAdapter(Time)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-03-02T08:00:00+07:00", datetime(2026, 3, 2, 1, tzinfo=UTC)),
        ("2026-03-02t01:00:00z", datetime(2026, 3, 2, 1, tzinfo=UTC)),
        ("2026-03-02T01:00Z", datetime(2026, 3, 2, 1, tzinfo=UTC)),
        ("2028-02-29T23:59:59.5Z", datetime(2028, 2, 29, 23, 59, 59, 500_000, tzinfo=UTC)),
        ("2026-03-02T01:00:00.0000001Z", datetime(2026, 3, 2, 1, 0, 0, 1, tzinfo=UTC)),
        ("2026-03-02T01:00:59.9999999Z", datetime(2026, 3, 2, 1, 1, tzinfo=UTC)),
    ],
)
def test_a_time_is_kept_in_utc_rounded_up(written, meant):
    assert TIME.validate_python(written) == meant


@pytest.mark.parametrize(
    "written",
    [
        "2026-03-02T08:00:00",
        "2026-03-02",
        "20300101",
        "2030",
        "-1",
        "2027-02-29T00:00:00Z",
        "2026-03-02T24:00:01Z",
        "9999-12-31T23:59:59-23:59",
        "9999-12-31T23:59:59.9999999Z",
        "0001-01-01T00:00:00+23:59",
        "2026-03-02T08:00:00+99:00",
        1_900_000_000,
        None,
    ],
)
def test_anything_else_is_refused(written):
    with pytest.raises(ValidationError):
        TIME.validate_python(written)
