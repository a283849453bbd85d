from pathlib import Path

import pytest

from stack.layout import Layout


@pytest.fixture(autouse=True)
def no_settings(monkeypatch):
    for name in ("KAFKA_BOOTSTRAP", "INGEST_URL", "SYNDICATE_URL", "ARCHIVE_URL"):
        monkeypatch.delenv(f"TINBAI_{name}", raising=False)


def layout(host: str = "127.0.0.1") -> Layout:
    return Layout(Path("/data"), host, 18000)


def test_ports_follow_the_base():
    assert layout().own_ports == {
        "page": 18000,
        "ingest": 18001,
        "syndicate": 18002,
        "archive": 18003,
    }
    assert layout().broker_ports == {"broker": 18092, "controller": 18093}


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "paper.example"])
def test_the_broker_is_never_open_to_the_network(host):
    assert layout(host).broker_host == "127.0.0.1"


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.9", "localhost"])
def test_the_broker_follows_a_loopback_host(host):
    assert layout(host).bootstrap == f"{host}:18092"


def test_an_address_that_means_all_is_reached_by_loopback():
    assert layout("0.0.0.0").url("ingest") == "http://127.0.0.1:18001"
    assert layout("::").url("ingest") == "http://[::1]:18001"


def test_a_public_address_that_the_user_set_stands(monkeypatch):
    monkeypatch.setenv("TINBAI_SYNDICATE_URL", "https://feeds.example")
    assert layout().public_url("syndicate") == "https://feeds.example"
    assert layout().url("syndicate") == "http://127.0.0.1:18002"


def test_with_a_cluster_of_the_users_there_is_no_broker(monkeypatch):
    monkeypatch.setenv("TINBAI_KAFKA_BOOTSTRAP", "kafka.example:9092")
    assert layout().bootstrap == "kafka.example:9092"
    assert layout().broker_ports == {}
