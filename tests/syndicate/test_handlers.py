from collections.abc import Collection

import pytest

from services.common.consuming import Batch, Received
from services.common.database import Database
from services.syndicate import handlers
from services.syndicate.feeds.site import Site
from services.syndicate.history.pages import Pages
from services.syndicate.rendering.press import Press
from services.syndicate.serving.shelf import Shelf
from tests.archive.articles.test_changes import FakeRecord
from tests.factories import article, event
from tests.syndicate.partners_at_work import intake_of


class Told(Press):
    """A press that only notes whether it was told of a backlog."""

    def __init__(self, database: Database, site: Site) -> None:
        super().__init__(database, Shelf(site), site, feed_size=50)
        self.backlog: list[bool] = []

    def tell_changed(self, first: Collection[str] = (), *, backlog: bool = False) -> None:
        self.backlog.append(backlog)


async def test_full_batches_one_after_the_other_are_a_backlog(
    database: Database, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handlers, "_AT_ONCE", 2)
    press = Told(database, site)
    intake = intake_of(database, press, Pages(database, site, 50), site)
    for count in (2, 2, 1, 2, 2, 2, 2, 1):
        items = [Received(FakeRecord(b""), event(article())) for _ in range(count)]
        await intake.take_articles(Batch(items, {}))
    assert press.backlog == [False] * 5 + [True, True, False]
