from pathlib import Path

import pytest

from stack.broker import Broker
from stack.java import Java


@pytest.fixture
def broker(tmp_path: Path) -> Broker:
    return Broker(tmp_path / "Tin bài, số 1", Java(()), port=18092, controller_port=18093)


def properties(broker: Broker) -> dict[str, str]:
    return dict(line.split("=", 1) for line in broker.properties("log").splitlines())


def test_the_broker_listens_where_it_is_told_and_nowhere_else(broker):
    assert properties(broker)["listeners"] == (
        "PLAINTEXT://127.0.0.1:18092,CONTROLLER://127.0.0.1:18093"
    )


def test_topics_are_made_by_us_only(broker):
    assert properties(broker)["auto.create.topics.enable"] == "false"


def test_no_record_goes_unless_its_topic_lets_it_go(broker):
    assert properties(broker)["log.retention.ms"] == "-1"


def test_the_folders_name_is_not_in_the_properties(broker):
    assert broker.properties("log").isascii()


def test_the_command_line_names_the_broker_and_its_folder(broker):
    assert broker.command[-1] == str(broker.folder / "server.properties")


def test_the_users_java_options_do_not_reach_the_broker(broker, monkeypatch):
    monkeypatch.setenv("JAVA_TOOL_OPTIONS", "-Xmx8g")
    assert "JAVA_TOOL_OPTIONS" not in broker.java.environment


def test_the_aot_cache_has_another_name_when_flags_change(monkeypatch):
    before = Java(()).aot_cache
    monkeypatch.setattr("stack.java.FLAGS", ("-Xmx512m",))
    assert Java(()).aot_cache != before
