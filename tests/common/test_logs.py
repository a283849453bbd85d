"""A line is written by another thread, with all that was known where it was said."""

import json
import logging

import pytest
import structlog

from services.common.logs import configure_logging
from services.common.trace import taken_over_or_made, tracing


@pytest.fixture
def lines(tmp_path):
    configure_logging("test", tmp_path)

    def written() -> list[dict]:
        logging.shutdown()
        return [json.loads(line) for line in (tmp_path / "test.log").read_text().splitlines()]

    yield written
    logging.basicConfig(handlers=[], force=True)
    structlog.reset_defaults()


def test_an_exception_is_told_with_its_traceback(lines):
    log = structlog.get_logger()
    try:
        raise ValueError("no such thing")  # noqa: TRY301
    except ValueError:
        log.exception("failed", place=3)

    [line] = lines()
    assert line["event"] == "failed"
    assert line["place"] == 3
    assert "ValueError: no such thing" in line["exception"]


def test_a_librarys_exception_is_told_too(lines):
    try:
        raise ValueError("inside")  # noqa: TRY301
    except ValueError:
        logging.getLogger("library").exception("it failed")

    [line] = lines()
    assert "ValueError: inside" in line["exception"]


def test_a_line_has_the_request_id_of_whoever_said_it(lines):
    with tracing(taken_over_or_made("asked-1", None)):
        structlog.get_logger().info("said")

    assert lines()[0]["request_id"] == "asked-1"


def test_all_lines_are_written_in_order_before_the_process_ends(lines):
    log = structlog.get_logger()
    for number in range(2000):
        log.info("said", number=number)

    assert [line["number"] for line in lines()] == list(range(2000))
