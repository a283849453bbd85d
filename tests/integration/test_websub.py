"""Flask-WebSub, which nobody here wrote, as a subscriber of ours.

It takes secrets only for a hub behind TLS; so what ends TLS stands in front, as in production.
"""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import flask
import pytest
import requests
import trustme
from flask_websub.subscriber import (
    SQLite3SubscriberStorage,
    SQLite3TempSubscriberStorage,
    Subscriber,
    discover,
)
from werkzeug.serving import make_server

from tests.integration.services import Place
from tests.integration.stacks import PORTS, Stack
from tests.integration.tls import ending_tls
from tests.stack.processes import DEADLINE, free_port_base, until

pytestmark = pytest.mark.xdist_group("shared")


@dataclass
class Outlet:
    """A newspaper with Flask-WebSub."""

    app: flask.Flask
    subscriber: Subscriber
    got: list[tuple[str, bytes]] = field(default_factory=list)
    """By callback; what has no good signature does not come so far."""
    done: list[str] = field(default_factory=list)

    def subscribe(self, feed: str, **wishes: object) -> str:
        with self.app.app_context():
            callback: str = self.subscriber.subscribe(**discover(feed), **wishes)
            return callback

    def unsubscribe(self, callback_id: str) -> None:
        with self.app.app_context():
            self.subscriber.unsubscribe(callback_id)


@dataclass(frozen=True)
class Feeds:
    """A syndicate behind TLS."""

    url: str
    log: Path

    def read(self, name: str) -> str:
        answer = requests.get(f"{self.url}/feeds/{name}", timeout=DEADLINE)
        return answer.text if answer.status_code == 200 else ""


@pytest.fixture
def outlet(tmp_path: Path) -> Iterator[Outlet]:
    app = flask.Flask("outlet")
    subscriber = Subscriber(
        SQLite3SubscriberStorage(str(tmp_path / "kept.db")),
        SQLite3TempSubscriberStorage(str(tmp_path / "asked.db")),
    )
    app.register_blueprint(subscriber.build_blueprint(url_prefix="/callbacks"))
    outlet = Outlet(app, subscriber)
    subscriber.add_listener(lambda topic, callback, body: outlet.got.append((callback, body)))
    subscriber.add_success_handler(lambda topic, callback, mode: outlet.done.append(mode))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    app.config["SERVER_NAME"] = f"127.0.0.1:{server.server_port}"
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    yield outlet
    server.shutdown()
    serving.join()
    server.server_close()


@pytest.fixture
def feeds(shared: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Feeds]:
    authority = trustme.CA()
    bundle = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(bundle))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(bundle))
    place = Place(tmp_path / "data", free_port_base())
    with ending_tls(authority, place.base + PORTS["syndicate"]) as url:
        service = place.service(
            "syndicate",
            kafka_bootstrap=shared.bootstrap(),
            syndicate_url=url,
            allowed_targets="127.0.0.0/8",
        )
        with service:
            yield Feeds(url, place.logs / "syndicate.log")


def test_flask_websub_discovers_subscribes_is_pushed_to_and_unsubscribes(shared, feeds, outlet):
    shared.add_unit("HUB")
    article = shared.submit("HUB", headline="Tin trước khi sửa")
    until(lambda: article["id"] in feeds.read("units/HUB.atom"))
    topic = f"{feeds.url}/feeds/units/HUB.atom"

    leaves = outlet.subscribe(topic, lease_seconds=600)
    stays = outlet.subscribe(topic)
    until(lambda: outlet.done == ["subscribe"] * 2)

    corrected = {"headline": "Tin sau khi sửa", "body": "<p>Đúng.</p>", "correction_note": "Sửa."}
    shared.ask("PUT", f"/v1/articles/{article['id']}", corrected, If_Match='"1"')
    until(lambda: len(outlet.got) == 2)
    now = feeds.read("units/HUB.atom")
    assert "Tin sau khi sửa" in now
    assert {callback: body.decode() for callback, body in outlet.got} == {leaves: now, stays: now}

    outlet.unsubscribe(leaves)
    until(lambda: outlet.done[2:] == ["unsubscribe"])
    outlet.got.clear()
    why = {"reason": "Sai.", "notice": "Chúng tôi rút tin này."}
    shared.ask("POST", f"/v1/articles/{article['id']}/retraction", why)
    until(lambda: outlet.got)
    ((callback, body),) = outlet.got
    assert callback == stays
    assert "Chúng tôi rút tin này." in body.decode()
    assert "Tin sau khi sửa" not in body.decode()

    secret = outlet.subscriber.storage[stays]["secret"]
    log = feeds.log.read_text()
    assert "hub_handshake" in log
    assert not [word for word in (secret, stays, leaves) if word in log]
