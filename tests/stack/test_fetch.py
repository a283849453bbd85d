from hashlib import sha256

import pytest

from stack import fetch
from stack.errors import StackError
from stack.lock import Jar, locked_jars, parse

GOOD = Jar("org.example:good:1.0", sha256(b"good").hexdigest())


@pytest.fixture(autouse=True)
def an_empty_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("TINBAI_CACHE", str(tmp_path))
    monkeypatch.setattr(fetch, "locked_jars", lambda: [GOOD])


def maven_gives(monkeypatch, content: bytes) -> None:
    def from_maven(jar, repository):
        repository.mkdir(exist_ok=True)
        (repository / "download").write_bytes(content)
        return repository / "download"

    monkeypatch.setattr(fetch, "_from_maven", from_maven)


def test_the_lock_names_each_jar_with_its_digest():
    jars = locked_jars()
    assert "kafka_2.13-4.1.1.jar" in {jar.file_name for jar in jars}
    assert all(len(jar.sha256) == 64 for jar in jars)


def test_comments_in_the_lock_are_left_out():
    assert parse("# made by hand\nabc  g:a:1\n") == [Jar("g:a:1", "abc")]


def test_jars_that_fit_the_lock_are_kept(monkeypatch):
    maven_gives(monkeypatch, b"good")
    assert [path.read_bytes() for path in fetch.ensure_jars()] == [b"good"]


def test_jars_are_fetched_once(monkeypatch):
    maven_gives(monkeypatch, b"good")
    fetch.ensure_jars()
    maven_gives(monkeypatch, b"changed since")
    assert [path.read_bytes() for path in fetch.ensure_jars()] == [b"good"]


def test_a_jar_that_was_changed_is_refused_and_nothing_stays(monkeypatch, tmp_path):
    maven_gives(monkeypatch, b"evil")
    with pytest.raises(StackError, match=r"good-1\.0\.jar is refused"):
        fetch.ensure_jars()
    assert [path.name for path in tmp_path.iterdir()] == ["lock"]


def test_without_a_network_the_first_start_says_so(monkeypatch, tmp_path):
    def from_maven(jar, repository):
        raise ConnectionError

    monkeypatch.setattr(fetch, "_from_maven", from_maven)
    with pytest.raises(StackError, match=r"\(ConnectionError\): the first start needs the network"):
        fetch.ensure_jars()
    assert [path.name for path in tmp_path.iterdir()] == ["lock"]


def test_a_cache_that_cannot_be_written_is_said_in_a_sentence(monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("TINBAI_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.raises(StackError, match="set TINBAI_CACHE"):
        fetch.ensure_jars()
