"""One Chromium and one paper for all tests of a worker."""

from collections.abc import Iterator

import pytest

from tests.browser.cases import hard_cases
from tests.browser.chromium import Chromium, Tab, running
from tests.browser.paper import Paper, printed


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    with running() as started:
        yield started


@pytest.fixture(scope="session")
def paper() -> Iterator[Paper]:
    with printed(hard_cases(), draw=["ship", "patrol"]) as started:
        yield started


@pytest.fixture
def tab(chromium: Chromium) -> Iterator[Tab]:
    with chromium.tab() as opened:
        yield opened
