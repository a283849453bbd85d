import json

from stack.follow import select
from stack.logs import ArticleFilter, Line, merge, parse, parse_all, readable
from stack.tail import Tail


def a_line(second: int, **fields) -> str:
    return json.dumps({"timestamp": f"2026-11-22T08:00:{second:02}.000000Z", **fields})


def lines(*raws: str) -> list[Line]:
    return list(parse_all(raws))


def test_lines_of_several_services_merge_in_time_order():
    ingest = lines(a_line(1, event="a"), a_line(4, event="d"))
    archive = lines(a_line(2, event="b"), a_line(3, event="c"))
    assert [line.fields["event"] for line in merge([ingest, archive])] == ["a", "b", "c", "d"]


def test_a_line_that_is_not_ours_stays_after_the_one_before_it():
    crash = lines(a_line(1, event="a"), "Segmentation fault", a_line(5, event="c"))
    other = lines(a_line(3, event="b"))
    assert [line.fields["event"] for line in merge([crash, other])] == [
        "a",
        "Segmentation fault",
        "b",
        "c",
    ]


def test_json_that_is_no_log_line_is_shown_as_it_is():
    assert parse("[1, 2]").fields == {"event": "[1, 2]"}
    assert parse('{"x": 1}').fields == {"event": '{"x": 1}'}


def test_the_article_filter_keeps_the_whole_request_of_an_article():
    wanted = ArticleFilter("A")
    first = parse(a_line(1, event="request", request_id="r1"))
    stored = parse(a_line(2, event="stored", request_id="r1", article="A"))
    other = parse(a_line(3, event="request", request_id="r2"))
    for line in (first, stored, other):
        wanted.learn(line)
    assert [wanted.keeps(line) for line in (first, stored, other)] == [True, True, False]


def test_a_batch_shows_no_lines_on_its_other_articles():
    wanted = ArticleFilter("A")
    wanted.learn(parse(a_line(1, request_id="batch", article="A")))
    assert not wanted.keeps(parse(a_line(2, request_id="batch", article="B")))


def test_history_goes_through_the_rotated_files_oldest_first(tmp_path):
    for name, second in (("ingest.log.2", 1), ("ingest.log.1", 2), ("ingest.log", 3)):
        (tmp_path / name).write_text(a_line(second, event=name) + "\n")
    found = select(tmp_path, ["ingest"], article=None, follow=False)
    assert [line.fields["event"] for line in found] == [
        "ingest.log.2",
        "ingest.log.1",
        "ingest.log",
    ]


def test_lines_of_a_request_before_its_article_had_an_id_are_found(tmp_path):
    written = [
        a_line(1, event="request", request_id="r1"),
        a_line(2, event="stored", request_id="r1", article="A"),
        a_line(3, event="stored", request_id="r2", article="B"),
    ]
    (tmp_path / "ingest.log").write_text("\n".join(written) + "\n")
    found = select(tmp_path, ["ingest", "archive"], article="A", follow=False)
    assert [line.raw for line in found] == written[:2]


def test_a_tail_gives_whole_lines_only(tmp_path):
    log = tmp_path / "ingest.log"
    tail = Tail(log)
    assert list(tail.new_lines()) == []
    log.write_text("one\ntw")
    assert list(tail.new_lines()) == ["one"]
    with log.open("a") as file:
        file.write("o\n")
    assert list(tail.new_lines()) == ["two"]


def test_a_tail_loses_nothing_when_the_file_is_rotated(tmp_path):
    log = tmp_path / "ingest.log"
    log.write_text("one\n")
    tail = Tail(log)
    assert list(tail.new_lines()) == ["one"]
    with log.open("a") as file:
        file.write("two\n")
    log.rename(tmp_path / "ingest.log.1")
    log.write_text("three\n")
    assert list(tail.new_lines()) == ["two", "three"]


def test_a_value_from_outside_cannot_move_the_terminals_cursor():
    line = parse(a_line(1, event="refused", level="info", service="ingest", reason="\x1b[2J"))
    assert "\x1b[2J" not in readable(line)
    assert "\\x1b[2J" in readable(line)
