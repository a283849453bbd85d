"""Request ids and trace contexts of callers are kept where they are well formed."""

import pytest

from services.common.trace import current_trace, taken_over_or_made, tracing

GOOD = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def test_what_is_well_formed_is_taken_over():
    trace = taken_over_or_made("abc-1", GOOD)

    assert (trace.request_id, trace.traceparent) == ("abc-1", GOOD)


@pytest.mark.parametrize("bad", [None, "", "a b", "x" * 129, "a\nb", "ấ"])
def test_a_bad_request_id_is_replaced(bad):
    assert taken_over_or_made(bad, GOOD).request_id not in ("", bad)


@pytest.mark.parametrize(
    "bad", [None, "00-xyz", GOOD.upper(), GOOD.replace("4bf9", "0000")[:3] + "0" * 32 + GOOD[35:]]
)
def test_a_bad_trace_context_is_replaced(bad):
    assert taken_over_or_made("r", bad).traceparent != bad


def test_inside_of_a_request_its_trace_is_the_current_one():
    trace = taken_over_or_made("r", GOOD)

    with tracing(trace):
        assert current_trace() == trace

    assert current_trace() != trace
